import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { setTimeout as sleepFor } from 'node:timers/promises';
import { DeleteItemCommand, PutItemCommand, QueryCommand } from '@aws-sdk/client-dynamodb';
import { marshall, unmarshall } from '@aws-sdk/util-dynamodb';
import { expect } from 'chai';
import pMap from 'p-map';
import { TableDerivedState } from '../../local/proof/table-derived-state.ts';
import { workerEnvironment } from '../../local/servers/servers.ts';
import { createStateTable, createTable } from '../../local/servers/tables.ts';
import { MemorySearchIndex } from '../../src/adapters/memory/memory-search-index.ts';
import { verify } from '../../src/application/verify/verify.ts';
import { counts } from '../../src/domain/definition/counts.ts';
import { defineTable, type TableDefinition } from '../../src/domain/definition/define-table.ts';
import { pointer } from '../../src/domain/definition/pointer.ts';
import { row } from '../../src/domain/definition/row.ts';
import { rows } from '../../src/domain/definition/rows.ts';
import { describeWithServers, sharedServers } from '../integration/shared-servers.ts';
import { BUNDLED_CONTRAIL } from '../support/bundled-contrail.ts';
import { start } from '../support/command-line.ts';
import { range } from '../support/range.ts';
import { SourceTable } from '../support/stream-records.ts';
import { unique } from '../support/unique.ts';

/** How often each command is killed. A hundred times by hand: `KILLS=100 npm run test:file -- test/local/proof-kills.test.ts`. */
const KILLS = Number(process.env['KILLS'] ?? 1);

const ROWS = 240;
const orderRow = (n: number, version = 0) => ({
  ...{ PK: `CUSTOMER#${n % 7}`, SK: `ORDER#${n}` },
  ...{ status: ['open', 'paid', 'sent'][(n + version) % 3] ?? '', total: n + version },
});

/** The same that the files say: one with copies, and one without. */
const order = row({ PK: 'CUSTOMER#<customer>', SK: 'ORDER#<order>' }).with<{
  readonly status: string;
  readonly total: number;
}>();
const SPEND = counts(order, { by: ['status'], amount: 'total', at: { PK: 'SPEND#<status>', SK: 'TOTAL' } });
const LATEST = pointer(order, { at: { SK: 'LATEST' }, choose: 'newest', repeat: ['status'] });
const COPIES = rows(order, {
  of: ({ key, attributes }) => ({
    key: { PK: 'COPIES', SK: `${key.customer} ${key.order}` },
    attributes: { status: attributes.status },
  }),
});
const keys = { partition: 'PK', sort: 'SK' };
const SHOP = defineTable({ keys, rows: { order }, derive: { spend: SPEND, latest: LATEST, copies: COPIES } });
const WITHOUT = defineTable({ keys, rows: { order }, derive: { spend: SPEND, latest: LATEST } });

const FILE = (copies: string) => `
import { counts, defineTable, pointer, row, rows } from 'contrail';
const order = row({ PK: 'CUSTOMER#<customer>', SK: 'ORDER#<order>' });
export default defineTable({
  keys: { partition: 'PK', sort: 'SK' },
  rows: { order },
  derive: {
    spend: counts(order, { by: ['status'], amount: 'total', at: { PK: 'SPEND#<status>', SK: 'TOTAL' } }),
    latest: pointer(order, { at: { SK: 'LATEST' }, choose: 'newest', repeat: ['status'] }),
    ${copies}
  },
});
`;
const COPIES_TEXT = `copies: rows(order, {
      of: ({ key, attributes }) => ({
        key: { PK: 'COPIES', SK: key.customer + ' ' + key.order },
        attributes: { status: attributes.status },
      }),
    }),`;

describeWithServers('commands that are killed at random moments, on DynamoDB', () => {
  let folder: string;
  let table: string;
  let env: Readonly<Record<string, string>>;
  let source: SourceTable;

  const dynamodb = async () => (await sharedServers()).clients.dynamodb;

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'contrail-'));
    await writeFile(join(folder, 'contrail.config.ts'), FILE(COPIES_TEXT));
    await writeFile(join(folder, 'without.config.ts'), FILE(''));
    const servers = await sharedServers();
    const stateTable = unique('proof-killed-state');
    table = unique('proof-killed');
    source = new SourceTable({
      streamArn: `arn:aws:dynamodb:ddblocal:000000000000:table/${table}/stream/2026-01-05T09:00:00.000`,
    });
    await createTable(servers.clients.dynamodb, table);
    await createStateTable(servers.clients.dynamodb, stateTable);
    env = { ...workerEnvironment(servers), TABLE_NAME: table, STATE_TABLE_NAME: stateTable };
    await write(range(ROWS).map((n) => orderRow(n)));
    await ends('backfill');
  });
  after(() => rm(folder, { recursive: true, force: true }));

  /** Writes rows, and tells nobody. @returns the records of the changes. */
  async function write(changed: readonly ReturnType<typeof orderRow>[]) {
    const client = await dynamodb();
    await pMap(changed, (one) => client.send(new PutItemCommand({ TableName: table, Item: marshall(one) })), {
      concurrency: 8,
    });
    return changed.map((one) => source.put(one));
  }

  function begin(args: readonly string[]) {
    const child = start([...BUNDLED_CONTRAIL, ...args], {
      cwd: folder,
      env: { LOG_LEVEL: 'error', ...env },
    });
    child.stdin.end();
    return { child, said: Promise.all([text(child.stdout), text(child.stderr), once(child, 'close')]) };
  }

  /** Has a command come to its end, and that a good one. */
  async function ends(...args: readonly string[]): Promise<string> {
    const { child, said } = begin(args);
    const [out, err] = await said;
    expect(child.exitCode, `${args.join(' ')}: ${err}${out}`).to.equal(0);
    return out;
  }

  /** Kills a command again and again, soon after it has begun. @param hasBegun looks whether something of its work is done. */
  async function killed(args: readonly string[], hasBegun: () => Promise<boolean>): Promise<void> {
    for (let n = 0; n < KILLS; n++) {
      const { child, said } = begin(args);
      while (child.exitCode === null && !(await hasBegun())) await sleepFor(10);
      await sleepFor(Math.random() * 100);
      child.kill('SIGKILL');
      await said;
    }
  }

  async function copies(): Promise<ReadonlyMap<string, string>> {
    const { Items = [] } = await (
      await dynamodb()
    ).send(
      new QueryCommand({
        TableName: table,
        ConsistentRead: true,
        KeyConditionExpression: 'PK = :pk',
        ExpressionAttributeValues: { ':pk': { S: 'COPIES' } },
      }),
    );
    return new Map(
      Items.map((item) => unmarshall(item) as Record<string, string>).map(({ SK = '', status = '' }) => [
        SK,
        status,
      ]),
    );
  }

  /** By a recount that shares nothing with the commands. */
  async function drift(definition: TableDefinition = SHOP) {
    const state = new TableDerivedState(await dynamodb(), table, new MemorySearchIndex(), definition);
    return (await verify(state, definition)).drift;
  }

  it('given verify, then it says the same when it is run again, and nothing was written', async () => {
    const before = JSON.stringify([...(await copies())]);
    const from = performance.now();
    await ends('verify', '--settle', '0');
    const whole = performance.now() - from;
    let until = 0;
    await killed(['verify', '--settle', '0'], async () => {
      until ||= performance.now() + whole * (0.4 + Math.random() * 0.5);
      const isTime = performance.now() >= until;
      if (isTime) until = 0;
      return isTime;
    });
    expect(await ends('verify', '--settle', '0')).to.match(/^drift 0, undecided 0, refused 0$/m);
    expect(JSON.stringify([...(await copies())])).to.equal(before);
  }).timeout(120_000 + KILLS * 60_000);

  it('given verify --repair, then the next one mends the rest', async () => {
    const client = await dynamodb();
    const lose = async () => {
      const some = [...(await copies()).keys()].filter((_, n) => n % 2 === 0);
      await pMap(
        [
          ...some.map((SK) => ({ PK: 'COPIES', SK })),
          { PK: 'SPEND#open', SK: 'TOTAL' },
          { PK: 'CUSTOMER#3', SK: 'LATEST' },
        ],
        (key) => client.send(new DeleteItemCommand({ TableName: table, Key: marshall(key) })),
        { concurrency: 8 },
      );
    };
    await lose();
    expect(await drift()).not.to.deep.equal([]);
    const repair = ['verify', '--repair=missing,stale,wrong,extra', '--settle', '0'];
    let before = (await copies()).size;
    await killed(repair, async () => {
      const now = (await copies()).size;
      const isMending = now > before;
      before = now;
      return isMending;
    });
    await ends(...repair);
    expect(await drift()).to.deep.equal([]);
    expect(await ends('verify', '--settle', '0')).to.match(/^drift 0, /m);
  }).timeout(120_000 + KILLS * 60_000);

  it('given redrive, then the next one does the rest', async () => {
    const lost = [
      ...(await write(range(ROWS / 2).map((n) => orderRow(n, 1)))),
      ...range(20).map((n) => source.remove(orderRow(ROWS - 1 - n))),
    ];
    const client = await dynamodb();
    for (const n of range(20)) {
      const { PK, SK } = orderRow(ROWS - 1 - n);
      await client.send(new DeleteItemCommand({ TableName: table, Key: marshall({ PK, SK }) }));
    }
    await writeFile(
      join(folder, 'given-up.ndjson'),
      `${lost.map((record) => JSON.stringify(record)).join('\n')}\n`,
    );
    expect(await drift()).not.to.deep.equal([]);
    const redrive = ['redrive', 'given-up.ndjson', '--yes'];
    let before = JSON.stringify([...(await copies())]);
    await killed([...redrive, '--rate', '100'], async () => {
      const now = JSON.stringify([...(await copies())]);
      const isDone = now !== before;
      before = now;
      return isDone;
    });
    await ends(...redrive);
    expect(await drift()).to.deep.equal([]);
    // Twice gives the same.
    await ends(...redrive);
    expect(await drift()).to.deep.equal([]);
    expect(await ends('verify', '--settle', '0')).to.match(/^drift 0, /m);
  }).timeout(120_000 + KILLS * 60_000);

  it('given purge, then the next one removes the rest', async () => {
    const purge = ['purge', 'copies', '--yes', '--definition', 'without.config.ts'];
    let before = (await copies()).size;
    expect(before).to.be.greaterThan(100);
    await killed([...purge, '--rate', '150'], async () => {
      const now = (await copies()).size;
      const isGoing = now < before;
      before = now;
      return isGoing;
    });
    await ends(...purge);
    expect((await copies()).size).to.equal(0);
    expect(await drift(WITHOUT)).to.deep.equal([]);
    expect(await ends('verify', '--settle', '0', '--definition', 'without.config.ts')).to.match(
      /^drift 0, /m,
    );
  }).timeout(120_000 + KILLS * 60_000);
});
