import { spawn } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';
import { generateEvents, generateRecords } from '../../src/feed/generate.ts';
import { imageRecord, linkRecord, registrationRecord, streamRecord } from '../support/records.ts';

const BIN = fileURLToPath(new URL('../../bin/contrail.js', import.meta.url));

interface State {
  search: Record<string, Record<string, Record<string, unknown>>>;
  searchActions: number;
  defaultImages: { org_id: string; entity_type: string; entity_id: string; image_id: string }[];
  matcher: { manufacturer: string; model: string; type_designator: string; count: number }[];
  failures: { sequenceNumber: string; eventID: string; pk: string; sk: string; error: string }[];
}

describe('contrail replay', function () {
  this.timeout(60_000);
  let folder: string;

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'contrail-'));
  });

  after(() => rm(folder, { recursive: true }));

  async function run(args: readonly string[], input = '', env: Record<string, string> = {}) {
    const child = spawn(process.execPath, [BIN, ...args], {
      cwd: folder,
      env: { PATH: process.env['PATH'], ...env },
    });
    child.stdin.on('error', () => undefined);
    child.stdin.end(input);
    const [out, err, status] = await Promise.all([
      text(child.stdout),
      text(child.stderr),
      new Promise<number | null>((resolve) => child.on('close', resolve)),
    ]);
    return { out, err, status };
  }

  /** Replays a text as a file, and reads the state that it leaves. */
  async function replayed(content: string, ...options: string[]) {
    await writeFile(join(folder, 'feed.json'), content);
    const result = await run([
      'replay',
      'feed.json',
      '--state',
      'state.json',
      '--report',
      'json',
      ...options,
    ]);
    const state = await readFile(join(folder, 'state.json'), 'utf8').then(
      (json) => JSON.parse(json) as State,
      () => undefined,
    );
    await rm(join(folder, 'state.json'), { force: true });
    return {
      ...result,
      state: state!,
      report: (result.out === '' ? {} : JSON.parse(result.out)) as Record<string, unknown>,
    };
  }

  const ndjson = (records: Iterable<unknown>) =>
    [...records].map((record) => JSON.stringify(record)).join('\n');

  it('given one record of each kind, when replayed, then the state is what the specification describes', async () => {
    const records = [
      registrationRecord('N1 #é', {
        after: { registration: 'N1 #é', year_manufactured: 1978, notes: 'not indexed' },
      }),
      imageRecord('N1', 'A'),
      linkRecord('7', ' 172 '),
      streamRecord({ pk: 'ICAO#AIRCRAFT', sk: 'TYPE#C172', after: { designator: 'C172', engine_count: 1 } }),
      streamRecord({ pk: 'ICAO#MANUFACTURERS', sk: 'MFR#CESSNA', after: { code: 'CESSNA', name: 'Cessna' } }),
      streamRecord({ pk: 'ICAO#VARIANTS', sk: 'anything', after: { name: 'Skyhawk' } }),
    ];
    const { state, status, err } = await replayed(ndjson(records));
    expect({ status, err }).to.deep.equal({ status: 0, err: '' });
    expect(state).to.deep.equal({
      search: {
        aircraft_images: {
          'N1:A': {
            id: 'N1:A',
            org_id: 'SYSTEM',
            entity_type: 'REGISTRATION',
            entity_id: 'N1',
            image_id: 'A',
            url: 'https://images.example/A.jpg',
          },
        },
        icao_aircraft: { C172: { id: 'C172', designator: 'C172', engine_count: 1 } },
        icao_manufacturers: { CESSNA: { id: 'CESSNA', code: 'CESSNA', name: 'Cessna' } },
        registry: {
          'FAA:N1%20%23%C3%A9': {
            id: 'FAA:N1%20%23%C3%A9',
            registry: 'FAA',
            registration: 'N1 #é',
            year_manufactured: 1978,
          },
        },
      },
      searchActions: 4,
      defaultImages: [{ org_id: 'SYSTEM', entity_type: 'REGISTRATION', entity_id: 'N1', image_id: 'A' }],
      matcher: [{ manufacturer: 'CESSNA', model: '172', type_designator: 'C172', count: 1 }],
      failures: [],
    });
  });

  it('given numbers of many digits, when replayed, then every digit is in the state', async () => {
    const record = registrationRecord('N1');
    Object.assign(record.dynamodb.NewImage!, {
      year_manufactured: { N: '12345678901234567890123456789012345678' },
    });
    await writeFile(join(folder, 'digits.json'), JSON.stringify(record));
    await run(['replay', 'digits.json', '--state', 'digits.out']);
    expect(await readFile(join(folder, 'digits.out'), 'utf8')).to.contain(
      '"year_manufactured":12345678901234567890123456789012345678',
    );
  });

  it('given a change to attributes that no document holds, when replayed, then nothing is sent', async () => {
    const row = { registration: 'N1' };
    const insert = registrationRecord('N1', { after: row });
    const touch = registrationRecord('N1', { before: row, after: { ...row, notes: 'seen' } });
    expect((await replayed(ndjson([insert, touch]), '--batch-size', '1')).state.searchActions).to.equal(1);
  });

  it('given any batch size, and the feed once or twice, when replayed, then search and matcher are the same and nothing drifts', async () => {
    const feed = ndjson(generateEvents({ seed: 11, records: 3_000 }));
    const first = await replayed(feed, '--verify');
    expect(first.status).to.equal(0);
    expect(first.report['drift']).to.deep.equal([]);
    for (const size of ['1', '7', '1000', '10000']) {
      const again = await replayed(feed, '--verify', '--batch-size', size);
      expect(again.status).to.equal(0);
      expect(again.state.search).to.deep.equal(first.state.search);
      expect(again.state.matcher).to.deep.equal(first.state.matcher);
    }
    expect((await replayed(`${feed}\n${feed}`)).state).to.deep.equal(first.state);
  });

  it('given the same records in each accepted form, when replayed, then the state is the same', async () => {
    const records = [...generateRecords({ seed: 3, records: 300 })];
    const bare = records.map((record) => ({ ...record, eventSourceARN: undefined }));
    const expected = (await replayed(ndjson(records))).state;
    const forms: Record<string, string> = {
      'a Lambda event': JSON.stringify({ Records: records }),
      'a pretty event': JSON.stringify({ Records: records }, null, 2),
      'an array': JSON.stringify(records),
      'NDJSON of events': ndjson([{ Records: records.slice(0, 100) }, { Records: records.slice(100) }]),
      'get-records output': JSON.stringify({ Records: bare, NextShardIterator: 'arn|1|x' }, null, 4),
      'an S3 on-failure object': JSON.stringify({
        version: '1.0',
        DDBStreamBatchInfo: { shardId: 'shardId-1' },
        payload: JSON.stringify({ Records: records }),
      }),
    };
    for (const [form, content] of Object.entries(forms)) {
      const options = form.startsWith('get-records') ? ['--stream-arn', records[0]!.eventSourceARN!] : [];
      const { state, status } = await replayed(content, ...options);
      expect(status, form).to.equal(0);
      expect(state, form).to.deep.equal(expected);
    }
  });

  it('given standard input, when replayed, then it is read', async () => {
    const { out, status } = await run(
      ['replay', '-', '--report', 'json'],
      ndjson([registrationRecord('N1')]),
    );
    expect(status).to.equal(0);
    expect(JSON.parse(out)).to.include({ records: 1 });
  });

  it('given a poison record, when replayed, then its item stays as it was, whatever the batch size, and others go on', async () => {
    const poison = registrationRecord('N1');
    Object.assign(poison.dynamodb.NewImage!, { status: { X: 'unknown type' } });
    const later = registrationRecord('N1', {
      before: { registration: 'N1' },
      after: { registration: 'N1', status: 'ok' },
    });
    const feed = ndjson([poison, later, registrationRecord('N2'), poison]);
    for (const size of ['1', '2', '100']) {
      const { state, status, err } = await replayed(feed, '--batch-size', size);
      expect(status).to.equal(1);
      expect(err).to.contain('record failed').and.to.contain('DETAIL#N1');
      expect(Object.keys(state.search['registry']!)).to.deep.equal(['FAA:N2']);
      expect(state.failures.map(({ sequenceNumber }) => sequenceNumber)).to.deep.equal(
        [poison, later].map(({ dynamodb }) => dynamodb.SequenceNumber),
      );
      const [first, second] = state.failures;
      expect(first).to.include({ pk: 'AIRCRAFT#REGISTRY#FAA', sk: 'DETAIL#N1', eventID: poison.eventID });
      expect(first!.error).to.equal('feed.json:1: NewImage.status has the unknown type "X"');
      expect(second!.error).to.match(/^feed\.json:2: held back: an earlier change of the same item failed/);
    }
  });

  const good = registrationRecord('N9');
  const without = (part: string) => {
    const { dynamodb, ...envelope } = registrationRecord('N8');
    const omit = (from: object) => Object.fromEntries(Object.entries(from).filter(([name]) => name !== part));
    return part === 'dynamodb' ? envelope : { ...omit(envelope), dynamodb: omit(dynamodb) };
  };
  const keyed = (pk: unknown, sk: unknown) => {
    const record = registrationRecord('N8');
    return { ...record, dynamodb: { ...record.dynamodb, Keys: { PK: pk, SK: sk }, NewImage: {} } };
  };
  const image = (attributes: object) => {
    const record = imageRecord('N1', 'A');
    Object.assign(record.dynamodb.NewImage!, attributes);
    return record;
  };
  const badRecords: [string, unknown, RegExp][] = [
    ['a null record', null, /feed\.json:2: the record is null, not an object/],
    ['a record without dynamodb', without('dynamodb'), /feed\.json:2: dynamodb is missing/],
    ['a record without Keys', without('Keys'), /feed\.json:2: Keys is missing/],
    ['a record without SequenceNumber', without('SequenceNumber'), /SequenceNumber is missing/],
    [
      'a record without eventName',
      without('eventName'),
      /eventName is missing; expected INSERT, MODIFY or REMOVE/,
    ],
    ['an unknown event name', registrationRecord('N8', { eventName: 'UPSERT' }), /eventName is "UPSERT"/],
    ['keys that are not strings', keyed({ N: '1' }, { S: 'x' }), /Keys\.PK is an object; expected \{"S"/],
    [
      'DETAIL# with nothing after it',
      keyed({ S: 'AIRCRAFT#REGISTRY#FAA' }, { S: 'DETAIL#' }),
      /SK "DETAIL#" has no registration/,
    ],
    [
      'an image key with an empty part',
      keyed({ S: 'IMAGES#ORG##ENTITY#ICAO#ID#1' }, { S: 'IMG#1' }),
      /has no org_id/,
    ],
    [
      'an image of an unknown entity type',
      keyed({ S: 'IMAGES#ORG#A#ENTITY#PLANE#ID#1' }, { S: 'IMG#1' }),
      /entity type "PLANE"; expected ICAO/,
    ],
    [
      'a link key without its serial',
      keyed({ S: 'FAA#LINKS' }, { S: 'MFR_MDL_CODE#1' }),
      /has no code where MFR_MDL_CODE#<code>#SN#<serial>/,
    ],
    [
      'an image that contradicts its key',
      image({ entity_id: { S: 'N2' } }),
      /contradicts its key: entity_id is "N2", the key says "N1"/,
    ],
    [
      'images missing for the view type',
      without('NewImage'),
      /NewImage is missing, although the stream's view type is NEW_AND_OLD_IMAGES/,
    ],
    [
      'an unknown attribute type',
      image({ caption: { Z: '?' } }),
      /NewImage\.caption has the unknown type "Z"/,
    ],
    [
      'a number that is no number',
      image({ width: { N: '12px' } }),
      /NewImage\.width is a number that is no number: "12px"/,
    ],
    [
      'an undecodable attribute that no document holds',
      image({ extra: { M: { deep: { N: 'x' } } } }),
      /NewImage\.extra\.deep is a number that is no number/,
    ],
  ];
  for (const [what, record, message] of badRecords)
    it(`given ${what}, when replayed, then it fails by place and reason, and the rest is not lost`, async () => {
      const events = `{"Records":[\n${JSON.stringify(record)},\n${JSON.stringify(good)}]}`;
      const { state, status } = await replayed(events);
      expect(status).to.equal(1);
      expect(state.failures).to.have.length(1);
      expect(state.failures[0]!.error).to.match(message);
      expect(state.search['registry']).to.have.property('FAA:N9');
    });

  it('given a key of no known kind, when replayed, then the record is counted as ignored and nothing fails', async () => {
    const records = [
      keyed({ S: 'PLAIN' }, { S: 'KEY' }),
      keyed({ S: 'AIRCRAFT#REGISTRY#FAA#MORE' }, { S: 'DETAIL#N1' }),
    ];
    const { status, report } = await replayed(ndjson(records));
    expect(status).to.equal(0);
    expect(report['outcomes']).to.deep.equal({ applied: 0, ignored: 2, duplicate: 0, failed: 0 });
  });

  it('given a stream without images, when replayed, then each record that needs them names the view type to set', async () => {
    const record = without('NewImage') as { dynamodb: object };
    Object.assign(record.dynamodb, { StreamViewType: 'KEYS_ONLY' });
    const { state, status } = await replayed(JSON.stringify([record]));
    expect(status).to.equal(1);
    expect(state.failures[0]!.error).to.match(
      /view type is KEYS_ONLY.*set the table's StreamViewType to NEW_AND_OLD_IMAGES/,
    );
  });

  it('given a tuple of blanks, when replayed, then nothing is counted', async () => {
    const { state, status } = await replayed(ndjson([linkRecord('1', '  ')]));
    expect(status).to.equal(0);
    expect(state.matcher).to.deep.equal([]);
  });

  it('given one sequence number twice, when replayed, then the same record is a duplicate and a different one fails', async () => {
    const record = linkRecord('1', '172');
    const different = {
      ...record,
      dynamodb: { ...record.dynamodb, NewImage: { ...record.dynamodb.NewImage, model: { S: '182' } } },
    };
    const same = await replayed(ndjson([record, record]));
    expect(same.report['outcomes']).to.include({ duplicate: 1, failed: 0 });
    const other = await replayed(ndjson([record, different]));
    expect(other.state.failures[0]!.error).to.match(
      /two different records of this item carry sequence number/,
    );
    expect(other.state.matcher).to.deep.equal(same.state.matcher);
  });

  const badFiles: [string, string, RegExp][] = [
    ['no JSON', 'hello there\n', /feed\.json:1: /],
    ['an empty file', '', /feed\.json:1: .*empty/],
    ['Records that are null', '{"Records":null}', /feed\.json:1: Records is null/],
    ['Records that are no list', '{"Records":{}}', /feed\.json:1: Records is .*list/],
    ['an object that is no event', '{"hello":1}', /feed\.json:1: .*neither a stream record nor an event/],
  ];
  for (const [what, content, message] of badFiles)
    it(`given ${what}, when replayed, then it fails with the file, the line and what is wrong`, async () => {
      const { state, status, report } = await replayed(content);
      expect(status).to.equal(1);
      expect(state.failures).to.have.length(1);
      expect(state.failures[0]!.error).to.match(message);
      expect(report['failures']).to.deep.equal(state.failures);
    });

  it('given half a file, when replayed, then what came before the break is applied and the break is named', async () => {
    const whole = JSON.stringify({ Records: [good, registrationRecord('N10')] });
    const { state, status } = await replayed(whole.slice(0, -60));
    expect(status).to.equal(1);
    expect(Object.keys(state.search['registry']!)).to.deep.equal(['FAA:N9']);
    expect(state.failures[0]!.error).to.match(/^feed\.json:1: /);
  });

  it('given a bad file among good ones, when replayed, then the good ones are applied', async () => {
    await writeFile(join(folder, 'a.json'), 'not json');
    await writeFile(join(folder, 'b.json'), JSON.stringify(good));
    const { out, status } = await run(['replay', 'a.json', 'b.json', '--report', 'json']);
    expect(status).to.equal(1);
    expect(JSON.parse(out)).to.have.nested.property('outcomes.applied', 1);
  });

  const misuse: [string, string[], RegExp][] = [
    ['no file', ['replay'], /missing required argument 'file'/],
    ['a file that is not there', ['replay', 'none.json'], /cannot read none\.json: ENOENT/],
    ['a folder', ['replay', '.'], /cannot read \.: it is a directory/],
    ['standard input twice', ['replay', '-', '-'], /only once/],
    ['a batch size of 0', ['replay', '-', '--batch-size', '0'], /whole number from 1 to 10000/],
    [
      'a batch size that is no number',
      ['replay', '-', '--batch-size', '1e2'],
      /whole number from 1 to 10000/,
    ],
    ['an unknown backend', ['replay', '-', '--backend', 'oracle'], /Allowed choices are memory/],
    ['an unknown report', ['replay', '-', '--report', 'xml'], /Allowed choices are text, json/],
    ['an unknown option', ['replay', '-', '--fast'], /unknown option '--fast'/],
    ['an unknown command', ['replya'], /unknown command 'replya'/],
    [
      'a state file in no folder',
      ['replay', '-', '--state', 'none/state.json'],
      /cannot write the state file none\/state\.json: ENOENT/,
    ],
    [
      'a state file that is a folder',
      ['replay', '-', '--state', '.'],
      /cannot write the state file \.: it is a directory/,
    ],
  ];
  for (const [what, args, message] of misuse)
    it(`given ${what}, when called, then it says so and exits with 2`, async () => {
      const { err, status, out } = await run(args);
      expect(err).to.match(message);
      expect(status).to.equal(2);
      expect(out).to.equal('');
    });

  it('given a wrong LOG_LEVEL, when called, then it says which are right and exits with 2', async () => {
    const { err, status } = await run(['replay', '-'], '', { LOG_LEVEL: 'loud' });
    expect(err).to.match(/LOG_LEVEL is "loud"; expected silent, error, warn, info, debug/);
    expect(status).to.equal(2);
  });

  it('given --help, when called, then every command explains itself and exits with 0', async () => {
    for (const args of [['--help'], ['replay', '--help'], ['generate', '--help'], ['help', 'replay']]) {
      const { out, status } = await run(args);
      expect(status).to.equal(0);
      expect(out).to.contain('Usage: contrail');
    }
  });

  it('given a state file that exists, when a replay cannot start, then it stays as it was and nothing is left beside it', async () => {
    await writeFile(join(folder, 'kept.json'), 'old');
    await run(['replay', 'none.json', '--state', 'kept.json']);
    expect(await readFile(join(folder, 'kept.json'), 'utf8')).to.equal('old');
    expect((await readdir(folder)).filter((name) => name.endsWith('.tmp'))).to.deep.equal([]);
  });

  it('given generate, when called twice, then the bytes are the same, and a replay of them verifies', async () => {
    const args = ['generate', '--seed', '9', '--records', '500'];
    const { out } = await run(args);
    expect((await run(args)).out).to.equal(out);
    expect((await run(['replay', '-', '--verify'], out)).status).to.equal(0);
  });
});
