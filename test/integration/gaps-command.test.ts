import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { workerEnvironment } from '../../local/servers/servers.ts';
import { createMainTable, createStateTable } from '../../local/servers/tables.ts';
import { documentClientOf } from '../../src/adapters/aws/clients.ts';
import { DynamoDbShardStates } from '../../src/adapters/aws/electrodb/shards/dynamodb-shard-states.ts';
import { FileShardStates } from '../../src/adapters/files/file-shard-states.ts';
import { readStreamArn } from '../../src/adapters/dynamodb-stream/stream-arn.ts';
import type { Gap } from '../../src/domain/shard.ts';
import { BUNDLED_CONTRAIL } from '../support/bundled-contrail.ts';
import { run } from '../support/command-line.ts';
import { unique } from '../support/unique.ts';
import { describeWithServers, sharedServers } from './shared-servers.ts';

const OLD: Gap = { shard: 's1', reason: 'trimmed', after: '17', at: Date.UTC(2026, 0, 5, 9) };
const NEW: Gap = { shard: undefined, reason: 'new stream', after: undefined, at: Date.UTC(2026, 0, 6, 9) };

describeWithServers('contrail gaps', () => {
  let env: Record<string, string>;
  let table: string;
  let stream: string;
  let before: string;
  let stateTable: string;

  beforeEach(async () => {
    const servers = await sharedServers();
    stateTable = unique('gaps');
    table = unique('orders');
    stream = await createMainTable(servers.clients.dynamodb, table);
    before = `${readStreamArn(stream).tableArn}/stream/2026-01-01T09:00:00.000`;
    await createStateTable(servers.clients.dynamodb, stateTable);
    env = { ...workerEnvironment(servers), TABLE_NAME: table, STATE_TABLE_NAME: stateTable };
  });

  /** One gap of the stream that the table has, and one of another, which was read before it. */
  async function noteGaps() {
    const { dynamodb } = (await sharedServers()).clients;
    const shards = new DynamoDbShardStates(documentClientOf(dynamodb), { stateTable });
    await shards.add(readStreamArn(stream).tableArn, [{ id: before, parent: undefined, start: 'horizon' }]);
    await shards.advance(readStreamArn(stream).tableArn, [{ shard: before, epoch: 0, complete: true }]);
    await shards.noteGaps(before, [OLD]);
    await shards.noteGaps(stream, [NEW]);
  }

  const gaps = (...args: string[]) => run([...BUNDLED_CONTRAIL, 'gaps', ...args], '', { env });

  it('given gaps, then it lists them until they are closed', async () => {
    await noteGaps();
    const listed = await gaps();
    expect(listed.out).to.include(
      `gap: trimmed in the shard s1 after 17, noted 2026-01-05T09:00:00.000Z, of ${before}\n` +
        `gap: new stream, noted 2026-01-06T09:00:00.000Z, of ${stream}\n`,
    );
    // By the clock that noted them.
    expect(listed.out).to.include('then: contrail gaps --close-before 2026-01-06T09:00:00.001Z\n');
    expect(listed).to.include({ status: 1 });
    const repaired = ['--close-before'];
    const first = await gaps(...repaired, '2026-01-06T09:00:00Z', '--report', 'json');
    expect(JSON.parse(first.out)).to.deep.equal({
      table: readStreamArn(stream).tableArn,
      open: [{ stream, reason: NEW.reason, at: NEW.at }],
      closed: [{ stream: before, ...OLD }],
      closeBefore: '2026-01-06T09:00:00.001Z',
    });
    expect(first.status).to.equal(1);
    // Once more, and of the stream alone.
    for (const again of [false, true]) {
      const { out, status } = await gaps(...repaired, '2026-01-07T09:00+01:00', '--stream-arn', stream);
      expect(out.includes('closed gap: new stream'), `${again}`).to.equal(!again);
      expect(out).to.include('no gap of arn:').and.to.include('is open\n');
      expect(status).to.equal(0);
    }
  });

  it('given a repair of everything after which nothing differs, then it closes them', async () => {
    await noteGaps();
    const folder = await mkdtemp(join(tmpdir(), 'contrail-gaps-'));
    try {
      const repair = (...args: string[]) =>
        run([...BUNDLED_CONTRAIL, 'verify', '--repair', '--settle', '0', '--folder', folder, ...args], '', {
          env,
        });
      const some = await repair('--only', 'default-image');
      expect(some.out, some.err).to.match(/^gaps stay open: only some derivations were looked at/m);
      const all = await repair();
      expect(all.out, all.err).to.match(/^closed gap: trimmed in the shard s1 after 17/m);
      expect(all.out).to.match(/^closed gap: new stream/m);
      expect([some.status, all.status, (await gaps()).status]).to.deep.equal([0, 0, 0]);
    } finally {
      await rm(folder, { recursive: true });
    }
  });

  it('given gaps that a named reader has noted, or one whose states are in a folder, then it lists and closes those', async () => {
    const { dynamodb } = (await sharedServers()).clients;
    const shards = new DynamoDbShardStates(documentClientOf(dynamodb), { stateTable });
    await shards.noteGaps(`${stream}#letters`, [NEW]);
    const folder = await mkdtemp(join(tmpdir(), 'contrail-'));
    try {
      const states = await FileShardStates.open(folder);
      await states.noteGaps(stream, [NEW]);
      await states.close();
      expect((await gaps()).out).to.include('no gap of');
      for (const where of [
        ['--name', 'letters'],
        ['--state', folder],
      ]) {
        expect((await gaps(...where)).out, where.join(' ')).to.include('gap: new stream');
        const closed = await gaps(...where, '--close-before', '2026-01-06T09:00:00.001Z');
        expect(closed.out, where.join(' ')).to.include('closed gap: new stream');
        expect(closed.status).to.equal(0);
      }
    } finally {
      await rm(folder, { recursive: true });
    }
  });

  it('given what an operator has to mend, then it says what, and ends with 2', async () => {
    const refused: readonly (readonly [args: string[], said: RegExp])[] = [
      [['--close-before', 'yesterday'], /Expected a time/],
      [['--close-before', '2999-01-05T09:00:00Z'], /still to come/],
      [['--table', table, '--stream-arn', stream], /both --table and --stream-arn/],
      [['--table', unique('missing')], /does not exist/],
    ];
    await Promise.all(
      refused.map(async ([args, said]) => {
        const { err, out, status } = await gaps(...args);
        expect(err).to.match(said);
        expect({ out, status }, args.join(' ')).to.deep.equal({ out: '', status: 2 });
      }),
    );
    env = { ...env, BACKEND: 'memory' };
    expect((await gaps()).err).to.match(/gone with the process/);
  });
});
