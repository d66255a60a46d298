import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { BUNDLED_CONTRAIL } from '../support/bundled-contrail.ts';
import { run as runNode } from '../support/command-line.ts';
import { faaRow, linkRow, type StreamRecord, streamRecord } from '../support/stream-records.ts';

const HERE = 'arn:aws:dynamodb:us-east-1:111122223333:table/fleet';
const THERE = 'arn:aws:dynamodb:eu-west-1:111122223333:table/fleet';
const YOUNG = `${HERE}/stream/2026-06-01T00:00:00.000`;
const OLD = `${THERE}/stream/2026-05-01T00:00:00.000`;

const [counted, moved] = [
  linkRow('1', '1', ['CESSNA', '172', 'C172']),
  linkRow('1', '1', ['PIPER', '172', 'C172']),
];
const [valid, revoked] = [faaRow('N1', { status: 'valid' }), faaRow('N1', { status: 'revoked' })];

/** The table moves to its copy in another region, whose stream is the older one and whose numbers are lower. */
const failover = [
  streamRecord({ after: counted, sequence: 100, streamArn: YOUNG }),
  streamRecord({ after: valid, sequence: 101, streamArn: YOUNG }),
  streamRecord({ before: counted, after: moved, sequence: 7, streamArn: OLD }),
  streamRecord({ before: valid, after: revoked, sequence: 8, streamArn: OLD }),
];

function unnamed({ eventSourceARN, ...record }: StreamRecord): object {
  return eventSourceARN === undefined ? {} : record;
}

describe('contrail replay of several streams', function () {
  this.timeout(60_000);
  let folder: string;

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'contrail-'));
  });

  after(() => rm(folder, { recursive: true }));

  const run = (...args: string[]) => runNode([...BUNDLED_CONTRAIL, 'replay', ...args], '', { cwd: folder });
  const write = (name: string, records: readonly object[]) =>
    writeFile(join(folder, name), records.map((record) => JSON.stringify(record)).join('\n'));

  async function stateOf(...args: string[]) {
    const { status, err } = await run(...args, '--verify', '--state', 'state.json');
    expect(err).to.equal('');
    expect(status).to.equal(0);
    const { search, matcher } = JSON.parse(await readFile(join(folder, 'state.json'), 'utf8')) as {
      search: Record<string, Record<string, { status: string }>>;
      matcher: { manufacturer: string; count: number }[];
    };
    return {
      status: search['registry']?.['FAA:N1']?.status,
      counts: matcher.map(({ manufacturer, count }) => [manufacturer, count]),
    };
  }

  for (const size of ['1', '2', '100']) {
    it(`given a failover to an older stream, in batches of ${size}, when replayed, then it is refused, with both places and tables`, async () => {
      await write('failover.ndjson', failover);
      const { status, err } = await run('failover.ndjson', '--batch-size', size);
      expect(status).to.equal(2);
      for (const part of ['failover.ndjson:1', HERE, 'failover.ndjson:3', THERE, `--follow ${HERE},${THERE}`])
        expect(err).to.include(part);
    });

    it(`given their order, in batches of ${size}, when replayed, then the newer data stay`, async () => {
      await write('failover.ndjson', failover);
      const state = await stateOf('failover.ndjson', '--batch-size', size, '--follow', `${YOUNG},${THERE}`);
      expect(state).to.deep.equal({ status: 'revoked', counts: [['PIPER', 1]] });
    });
  }

  it('given their order and the old stream once more, when replayed, then it is late', async () => {
    await write('failover.ndjson', [...failover, ...failover.slice(0, 2)]);
    const state = await stateOf('failover.ndjson', '--follow', `${HERE},${THERE}`);
    expect(state).to.deep.equal({ status: 'revoked', counts: [['PIPER', 1]] });
  });

  it('given a table that --follow does not name, when replayed, then it is refused', async () => {
    await write('failover.ndjson', failover);
    const { status, err } = await run('failover.ndjson', '--follow', HERE);
    expect(status).to.equal(2);
    expect(err).to.include(THERE).and.to.include('failover.ndjson:3');
  });

  it('given two streams of one table, when replayed, then their labels order them', async () => {
    const younger = YOUNG.replace('2026', '2027');
    await write('young.ndjson', [
      streamRecord({ before: valid, after: revoked, sequence: 1, streamArn: younger }),
    ]);
    await write('old.ndjson', [streamRecord({ after: valid, sequence: 9, streamArn: YOUNG })]);
    for (const files of [
      ['young.ndjson', 'old.ndjson'],
      ['old.ndjson', 'young.ndjson'],
    ])
      expect((await stateOf(...files)).status).to.equal('revoked');
  });

  describe('given a named and an unnamed stream,', () => {
    beforeEach(async () => {
      await write('named.ndjson', [streamRecord({ after: valid, sequence: 100, streamArn: YOUNG })]);
      await write('unnamed.ndjson', [
        unnamed(streamRecord({ before: valid, after: revoked, sequence: 200 })),
      ]);
    });

    for (const files of [
      ['named.ndjson', 'unnamed.ndjson'],
      ['unnamed.ndjson', 'named.ndjson'],
    ])
      it(`when ${files.join(' and then ')} are replayed, then that is refused`, async () => {
        const { status, err } = await run(...files);
        expect(status).to.equal(2);
        for (const part of ['named.ndjson:1', 'unnamed.ndjson:1', HERE, '--stream-arn'])
          expect(err).to.include(part);
      });

    it('when --stream-arn names the unnamed one, then the newer change stays', async () => {
      const state = await stateOf('named.ndjson', 'unnamed.ndjson', '--stream-arn', YOUNG);
      expect(state.status).to.equal('revoked');
    });
  });

  it('given a record without keys among named ones, when replayed, then it fails by itself', async () => {
    await write('broken.ndjson', [...failover.slice(0, 2), { dynamodb: {} }]);
    const { status, out } = await run('broken.ndjson');
    expect(status).to.equal(1);
    expect(out).to.include('2 applied').and.to.include('1 failed');
  });

  it('given records whose ARN has no label, when replayed, then they are refused', async () => {
    await write('labelless.ndjson', [streamRecord({ after: valid, streamArn: HERE })]);
    const { status, err } = await run('labelless.ndjson');
    expect(status).to.equal(2);
    expect(err).to.include('labelless.ndjson:1').and.to.include(HERE);
  });

  for (const [what, ...args] of [
    ['a --stream-arn without a label', '--stream-arn', HERE],
    ['a --stream-arn that is none', '--stream-arn', 'fleet'],
    ['a --follow that is no ARN', '--follow', `${HERE},fleet`],
    ['an empty --follow', '--follow', ''],
    ['a --follow that names one table twice', '--follow', `${HERE},${YOUNG}`],
  ])
    it(`given ${what}, then it is refused before anything is read`, async () => {
      const { status, err } = await run('there-is-no-such-file.ndjson', ...args);
      expect(status).to.equal(2);
      expect(err).to.include(args[0]).and.not.to.include('cannot read');
    });
});
