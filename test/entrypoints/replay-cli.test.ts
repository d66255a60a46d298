import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { expect } from 'chai';
import { generateEvents, generateRecords } from '../../src/fleet/feed/generate.ts';
import { BUNDLED_CONTRAIL } from '../support/bundled-contrail.ts';
import { run as runNode } from '../support/command-line.ts';
import {
  icaoManufacturerRow,
  icaoTypeRow,
  icaoVariantRow,
  imageRecord,
  linkRecord,
  registrationRecord,
  rowRecord,
} from '../support/stream-records.ts';

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

  const run = (args: readonly string[], input = '', env: Record<string, string> = {}) =>
    runNode([...BUNDLED_CONTRAIL, ...args], input, { cwd: folder, env });

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
      rowRecord(icaoTypeRow('C172', { engine_count: 1 })),
      rowRecord(icaoManufacturerRow('CESSNA', { name: 'Cessna' })),
      rowRecord(icaoVariantRow('anything', { name: 'Skyhawk' })),
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
      rows: {},
      defaultImages: [{ org_id: 'SYSTEM', entity_type: 'REGISTRATION', entity_id: 'N1', image_id: 'A' }],
      matcher: [{ manufacturer: 'CESSNA', model: '172', type_designator: 'C172', count: 1 }],
      pointers: {
        'default-image': [
          {
            key: { org_id: 'SYSTEM', entity_type: 'REGISTRATION', entity_id: 'N1' },
            row: {
              org_id: 'SYSTEM',
              entity_type: 'REGISTRATION',
              entity_id: 'N1',
              image_id: 'A',
              url: 'https://images.example/A.jpg',
            },
          },
        ],
      },
      counts: {
        'matcher-tuple': [
          { key: { manufacturer: 'CESSNA', model: '172', type_designator: 'C172' }, value: 1 },
        ],
      },
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
      expect(err).to.equal('');
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
  // Of items of their own: a failure holds back what else there is of its item.
  let items = 0;
  const without = (part: string) => {
    const { dynamodb, ...envelope } = registrationRecord(`N8-${++items}`);
    const omit = (from: object) => Object.fromEntries(Object.entries(from).filter(([name]) => name !== part));
    return part === 'dynamodb' ? envelope : { ...omit(envelope), dynamodb: omit(dynamodb) };
  };
  const keyed = (pk: unknown, sk: unknown) => {
    const record = registrationRecord('N8');
    return { ...record, dynamodb: { ...record.dynamodb, Keys: { PK: pk, SK: sk }, NewImage: {} } };
  };
  const image = (attributes: object) => {
    const record = imageRecord('N1', `A${++items}`);
    Object.assign(record.dynamodb.NewImage!, attributes);
    return record;
  };
  const badRecords: [string, unknown, RegExp][] = [
    ['a null record', null, /received null; expected a DynamoDB stream record/],
    [
      'a record without dynamodb',
      without('dynamodb'),
      /received an object with the fields .*; expected a DynamoDB stream record/,
    ],
    ['a record without Keys', without('Keys'), /the record has no Keys$/m],
    ['a record without SequenceNumber', without('SequenceNumber'), /the record has no SequenceNumber$/m],
    [
      'a record without eventName',
      without('eventName'),
      /the record has no eventName; expected INSERT, MODIFY or REMOVE/,
    ],
    ['an unknown event name', { ...registrationRecord('N8'), eventName: 'UPSERT' }, /eventName is "UPSERT"/],
    [
      'keys that are not strings',
      keyed({ N: '1' }, { S: 'x' }),
      /the record's keys are PK \(N\) and SK \([SN]\); expected PK \(S\) and SK \(S\)/,
    ],
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
      /has no code; expected MFR_MDL_CODE#<code>#SN#<serial>/,
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
      'a number that is not a number',
      image({ width: { N: '12px' } }),
      /NewImage\.width is not a valid number: "12px"/,
    ],
    [
      'a number that is not a string',
      image({ width: { N: 1999 } }),
      /NewImage\.width is the number 1999, which must be a string in DynamoDB's JSON: .*\{"N":"1999"\}/,
    ],
    [
      'an undecodable attribute that no document holds',
      image({ extra: { M: { deep: { N: 'x' } } } }),
      /NewImage\.extra\.deep is not a valid number/,
    ],
  ];
  const badFiles: [string, string, RegExp][] = [
    ['no JSON', 'hello there\n', /expected a stream record, a Lambda event.*found "hello there"/],
    ['Records that are null', '{"Records":null}', /Records is null/],
    ['Records that are no list', '{"Records":{}}', /Records is .*array/],
    ['an object that is no event', '{"hello":1}', /.*neither a stream record nor an event/],
  ];

  describe('given what cannot be handled, each in a file of its own with what can be, when they are replayed', () => {
    const cases = [
      ...badRecords.map(([what, record, message], index) => ({
        ...{ what, message, line: 2, name: `bad-${index}.json` },
        content: `{"Records":[\n${JSON.stringify(record)},\n${JSON.stringify(registrationRecord(`N9-${index}`))}]}`,
        document: `FAA:N9-${index}`,
      })),
      ...badFiles.map(([what, content, message], index) => ({
        ...{ what, message, line: 1, name: `worse-${index}.json`, content, document: undefined },
      })),
    ];
    let state: State;

    before(async () => {
      for (const { name, content } of cases) await writeFile(join(folder, name), content);
      const names = cases.map(({ name }) => name);
      const { out, err, status } = await run(['replay', ...names, '--state', 'bad.out', '--report', 'json']);
      expect({ err, status }).to.deep.equal({ err: '', status: 1 });
      state = JSON.parse(await readFile(join(folder, 'bad.out'), 'utf8')) as State;
      expect(JSON.parse(out)).to.deep.include({ failures: state.failures });
    });

    it('then each fails once, in the order of the files', () => {
      const places = state.failures.map(({ error }) => /^[^:]+:\d+/.exec(error)?.[0]);
      expect(places).to.deep.equal(cases.map(({ name, line }) => `${name}:${line}`));
    });

    for (const [index, { what, message, document }] of cases.entries())
      it(`then it fails by its reason${document === undefined ? '' : ', and the rest is not lost'}: ${what}`, () => {
        expect(state.failures[index]?.error).to.match(message);
        if (document !== undefined) expect(state.search['registry']).to.have.property(document);
      });
  });

  it('given a key of no known kind, when replayed, then the record is counted as ignored and nothing fails', async () => {
    const records = [
      keyed({ S: 'PLAIN' }, { S: 'KEY' }),
      keyed({ S: 'AIRCRAFT#REGISTRY#FAA#MORE' }, { S: 'DETAIL#N1' }),
    ];
    const { status, report, err } = await replayed(ndjson(records));
    expect(status).to.equal(0);
    expect(report['outcomes']).to.deep.equal({ applied: 0, ignored: 2, duplicate: 0, failed: 0 });
    expect(err, 'where nothing was the fleet’s').to.match(
      /^contrail: there is no contrail\.config\.ts in this folder, so this is of an aircraft fleet: /,
    );
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

  it('given nothing, when replayed, then there are no records, and that is no failure', async () => {
    const { out } = await run(['generate', '--records', '0']);
    expect(out).to.equal('');
    const piped = await run(['replay', '-', '--verify', '--report', 'json'], out);
    expect({ status: piped.status, err: piped.err }).to.deep.equal({ status: 0, err: '' });
    expect(JSON.parse(piped.out)).to.deep.include({ records: 0, batches: 0, failures: [] });
    const { state, status } = await replayed('');
    expect(status).to.equal(0);
    expect(state.failures).to.deep.equal([]);
  });

  it('given files packed with gzip, when replayed, then they are read, from standard input too', async () => {
    const records = [...generateRecords({ seed: 3, records: 300 })];
    const expected = (await replayed(ndjson(records))).state;
    const packed = Buffer.concat([
      gzipSync(`${ndjson(records.slice(0, 100))}\n`),
      gzipSync(ndjson(records.slice(100))),
    ]);
    await writeFile(join(folder, 'feed.gz'), packed);
    const args = ['--state', '-', '--report', 'json'];
    const fromFile = await run(['replay', 'feed.gz', ...args]);
    expect(JSON.parse(fromFile.out)).to.deep.equal(expected);
    const piped = await runNode([...BUNDLED_CONTRAIL, 'replay', '-', ...args], packed);
    expect(JSON.parse(piped.out)).to.deep.equal(expected);
  });

  it('given a file in UTF-16, when replayed, then it says so, and others are read', async () => {
    await writeFile(join(folder, 'utf16.json'), Buffer.from(`\ufeff${JSON.stringify(good)}`, 'utf16le'));
    await writeFile(join(folder, 'utf8.json'), JSON.stringify(good));
    const { out, status } = await run(['replay', 'utf16.json', 'utf8.json']);
    expect(status).to.equal(1);
    expect(out)
      .to.match(/1 applied/)
      .and.to.match(/utf16\.json:1: the file is UTF-16/);
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
    ['a batch size of 0', ['replay', '-', '--batch-size', '0'], /integer from 1 to 10000/],
    ['a batch size that is not a number', ['replay', '-', '--batch-size', '1e2'], /integer from 1 to 10000/],
    ['an unknown backend', ['replay', '-', '--backend', 'oracle'], /Allowed choices are memory/],
    ['an unknown report', ['replay', '-', '--report', 'xml'], /Allowed choices are text, json/],
    ['an unknown option', ['replay', '-', '--fast'], /unknown option '--fast'/],
    ['an unknown command', ['replya'], /unknown command 'replya'[^]*Did you mean replay\?/],
    ['help for an unknown command', ['bogus', '--help'], /unknown command 'bogus'/],
    ['help for an unknown command, asked the other way', ['help', 'bogus'], /unknown command 'bogus'/],
    ['no command', [], /Usage: contrail/],
  ];
  for (const [what, args, message] of misuse)
    it(`given ${what}, when called, then it says so and exits with 2`, async () => {
      const { err, status, out } = await run(args);
      expect(err).to.match(message);
      expect(status).to.equal(2);
      expect(out).to.equal('');
    });

  it('given failures, when replayed, then they are in the report alone, and logged where that is asked for', async () => {
    await writeFile(join(folder, 'feed.json'), JSON.stringify({ ...good, eventName: 'UPSERT' }));
    const { err, out } = await run(['replay', 'feed.json']);
    expect(err).not.to.contain('UPSERT');
    expect(out.match(/UPSERT/g)).to.have.length(1);
    const logged = await run(['replay', 'feed.json'], '', { LOG_LEVEL: 'error' });
    expect(logged.err).to.contain('record failed').and.to.contain('DETAIL#N9').and.to.contain('stack');
  });

  describe('given several failures, when replayed', () => {
    const poison = (name: string, sequence: string) => {
      const record = registrationRecord(name, { sequence });
      Object.assign(record.dynamodb.NewImage!, { status: { X: name } });
      return record;
    };

    it('then they are in the order of the files, each with its line', async () => {
      const lines = Array.from({ length: 12 }, (_, n) =>
        n % 3 === 2 ? poison(`N${n}`, `${100 - n}`) : { bad: n },
      );
      await writeFile(join(folder, 'first.json'), JSON.stringify(poison('N99', '7')));
      const feed = ndjson(lines);
      await writeFile(join(folder, 'feed.json'), feed);
      for (const size of ['1', '5', '100']) {
        const { out } = await run([
          'replay',
          'first.json',
          'feed.json',
          '--report',
          'json',
          '--batch-size',
          size,
        ]);
        const { failures } = JSON.parse(out) as State;
        expect(failures.map(({ error }) => /^[^:]+:\d+/.exec(error)![0])).to.deep.equal([
          'first.json:1',
          ...lines.map((_, n) => `feed.json:${n + 1}`),
        ]);
      }
    });

    it('then those of one line tell which record of the line they are, with sequence number and event ID', async () => {
      const records = [poison('N1', '5'), good, poison('N2', '6')];
      const feed = `${JSON.stringify({ Records: records })}\n${JSON.stringify(poison('N3', '8'))}\n${JSON.stringify(good)} {"bad":1}\n`;
      const { state, report } = await replayed(feed);
      expect(state.failures.map(({ error }) => error.replace(/: (NewImage|neither).*/, ''))).to.deep.equal([
        'feed.json:1: record 1 of the line',
        'feed.json:1: record 3 of the line',
        'feed.json:2',
        'feed.json:3: after record 1 of the line',
      ]);
      expect(state.failures.map((failure) => [failure.sequenceNumber, failure.eventID])).to.deep.equal([
        ['5', 'event-5'],
        ['6', 'event-6'],
        ['8', 'event-8'],
        ['', ''],
      ]);
      expect(report['failures']).to.deep.equal(state.failures);
      const { out } = await run(['replay', 'feed.json']);
      expect(out).to.contain('[sequence number 6, event event-6, PK AIRCRAFT#REGISTRY#FAA, SK DETAIL#N2]');
    });

    it('then equal ones are one, with their count, and the total is that of the records and of what was no record', async () => {
      const record = poison('N1', '5');
      const feed = ndjson([record, { bad: 1 }, record, record, poison('N2', '6')]);
      for (const size of ['1', '2', '100']) {
        const { report, state } = await replayed(feed, '--batch-size', size);
        expect(state.failures).to.have.length(3);
        expect(report['outcomes']).to.include({ failed: 4 });
        expect((report['failures'] as { times?: number }[]).map(({ times }) => times)).to.deep.equal([
          3,
          undefined,
          undefined,
        ]);
      }
      await writeFile(join(folder, 'feed.json'), feed);
      const { out } = await run(['replay', 'feed.json']);
      expect(out)
        .to.match(/^5 failures:$/m)
        .and.to.match(/DETAIL#N1\] \(3 times\)$/m);
    });

    it('then equal ones that no keys or number tell apart are one only within a line', async () => {
      const nameless = { ...good, dynamodb: {} };
      const { report } = await replayed(ndjson([nameless, [nameless, nameless], good, nameless]));
      const failures = report['failures'] as { error: string; times?: number }[];
      expect(
        failures.map(({ error, times }) => [error.split(':').slice(0, 2).join(':'), times]),
      ).to.deep.equal([
        ['feed.json:1', undefined],
        ['feed.json:2', 2],
        ['feed.json:4', undefined],
      ]);
    });

    it('then those that the text leaves out are counted', async () => {
      const lines = Array.from({ length: 30 }, (_, n) => poison(`N${n}`, `${n + 1}`));
      await writeFile(join(folder, 'feed.json'), ndjson([...lines, lines[29]]));
      const { out } = await run(['replay', 'feed.json']);
      expect(out)
        .to.match(/^31 failures:$/m)
        .and.to.match(/^ {2}… and 11 more: --report json/m);
    });
  });

  it('given a wrong LOG_LEVEL, when called, then it says which are right and exits with 2', async () => {
    const { err, status } = await run(['replay', '-'], '', { LOG_LEVEL: 'loud' });
    expect(err).to.match(/LOG_LEVEL is "loud"; expected silent, error, warn, info, debug/);
    expect(status).to.equal(2);
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
