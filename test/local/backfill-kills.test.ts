import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { setTimeout as sleepFor } from 'node:timers/promises';
import { PutItemCommand, UpdateTableCommand } from '@aws-sdk/client-dynamodb';
import { marshall } from '@aws-sdk/util-dynamodb';
import { expect } from 'chai';
import { TableDerivedState } from '../../local/proof/table-derived-state.ts';
import { workerEnvironment } from '../../local/servers/servers.ts';
import { createStateTable, createTable } from '../../local/servers/tables.ts';
import { documentClientOf } from '../../src/adapters/aws/clients.ts';
import { DynamoDbNotes } from '../../src/adapters/aws/electrodb/notes/dynamodb-notes.ts';
import { MemorySearchIndex } from '../../src/adapters/memory/memory-search-index.ts';
import type { Database } from '../../src/adapters/postgres/client/database.ts';
import { openDatabase } from '../../src/adapters/postgres/client/open-database.ts';
import { verify } from '../../src/application/verify/verify.ts';
import { counts } from '../../src/domain/definition/counts.ts';
import { defineTable } from '../../src/domain/definition/define-table.ts';
import { pointer } from '../../src/domain/definition/pointer.ts';
import { row } from '../../src/domain/definition/row.ts';
import { rows } from '../../src/domain/definition/rows.ts';
import { describeWithServers, sharedServers } from '../integration/shared-servers.ts';
import { BUNDLED_CONTRAIL } from '../support/bundled-contrail.ts';
import { start } from '../support/command-line.ts';
import { emptyDatabaseIn } from '../support/embedded-database.ts';
import { range } from '../support/range.ts';
import { SourceTable } from '../support/stream-records.ts';
import { tableExport, writeExport } from '../support/table-export.ts';
import { unique } from '../support/unique.ts';

/** How often the process is killed in each test. A hundred times by hand: `KILLS=100 npm run test:file -- test/local/backfill-kills.test.ts`. */
const KILLS = Number(process.env['KILLS'] ?? 2);

/** The same that the file below says. */
const order = row({ PK: 'CUSTOMER#<customer>', SK: 'ORDER#<order>' }).with<{
  readonly status: string;
  readonly total: number;
}>();

const SHOP = defineTable({
  keys: { partition: 'PK', sort: 'SK' },
  rows: { order },
  derive: {
    spend: counts(order, { by: ['status'], amount: 'total', at: { PK: 'SPEND#<status>', SK: 'TOTAL' } }),
    copies: rows(order, {
      of: ({ key, attributes }) => ({
        key: { PK: 'COPIES', SK: `${key.customer} ${key.order}` },
        attributes: { status: attributes.status },
      }),
    }),
    latest: pointer(order, { at: { SK: 'LATEST' }, choose: 'newest', repeat: ['status'] }),
  },
});

const FILE = `
import { counts, defineTable, pointer, row, rows } from 'contrail';
const order = row({ PK: 'CUSTOMER#<customer>', SK: 'ORDER#<order>' });
export default defineTable({
  keys: { partition: 'PK', sort: 'SK' },
  rows: { order },
  derive: {
    spend: counts(order, { by: ['status'], amount: 'total', at: { PK: 'SPEND#<status>', SK: 'TOTAL' } }),
    copies: rows(order, {
      of: ({ key, attributes }) => ({
        key: { PK: 'COPIES', SK: \`\${key.customer} \${key.order}\` },
        attributes: { status: attributes.status },
      }),
    }),
    latest: pointer(order, { at: { SK: 'LATEST' }, choose: 'newest', repeat: ['status'] }),
  },
});
`;

const ROWS = 1_500;
const orderRow = (n: number) => ({
  ...{ PK: `CUSTOMER#${n % 7}`, SK: `ORDER#${n}` },
  ...{ status: ['open', 'paid', 'sent'][n % 3] ?? '', total: n },
});

interface Ended {
  readonly status: number | null;
  readonly report: Readonly<Record<string, unknown>> | undefined;
}

/** A full table, and the command that fills what is derived of it. */
interface Killed {
  readonly env: Readonly<Record<string, string>>;
  readonly args: readonly string[];
  /** Units a second. */
  readonly rate: string;
  /** Waits until the process has begun with the table; undefined where nobody can look, so that some time passes instead. */
  readonly untilBegun: (() => Promise<unknown>) | undefined;
}

/** Ends the command by signals, again and again, and lets it come to its end then. @returns its last report. */
async function killedAndResumed(folder: string, { env, args, rate, untilBegun }: Killed) {
  const begin = (...more: readonly string[]) => {
    const child = start(
      [...BUNDLED_CONTRAIL, 'backfill', '--report', 'json', '--segments', '3', ...args, ...more],
      { cwd: folder, env: { LOG_LEVEL: 'error', ...env } },
    );
    child.stdin.end();
    const said = Promise.all([text(child.stdout), text(child.stderr), once(child, 'close')]);
    const ended = async (): Promise<Ended> => {
      const [out, err] = await said;
      if (child.exitCode === 2) throw new Error(err);
      return { status: child.exitCode, report: out === '' ? undefined : (JSON.parse(out) as never) };
    };
    return { child, ended };
  };
  for (const n of range(KILLS)) {
    // Slow enough that it is not done by then.
    const { child, ended } = begin('--rate', rate);
    await (untilBegun === undefined ? sleepFor(4_000 + Math.random() * 3_000) : untilBegun());
    await sleepFor(Math.random() * 400);
    child.kill(n % 2 === 0 ? 'SIGKILL' : 'SIGTERM');
    const { status, report } = await ended();
    // In good order after the second signal: what it has done is said, and that it goes on from there.
    if (report !== undefined && status === 1) expect(report).to.include({ stopped: true });
    if (untilBegun !== undefined) expect(status, 'it is ended before it has done all').not.to.equal(0);
  }
  const last = await begin().ended();
  expect(last.status).to.equal(0);
  expect(last.report).to.include({ refused: 0, stopped: false });
  // Where derived rows are in the same table, they are read as well.
  expect(last.report?.['scanned']).to.be.at.least(ROWS);
  return last.report ?? {};
}

describeWithServers('contrail backfill, killed at random moments, on DynamoDB', () => {
  let folder: string;

  before(async () => {
    await sharedServers();
    folder = await mkdtemp(join(tmpdir(), 'contrail-'));
    await writeFile(join(folder, 'contrail.config.ts'), FILE);
  });
  after(() => rm(folder, { recursive: true, force: true }));

  const CASES = [
    ['of the table', false],
    ['of an export', true],
  ] as const;

  for (const [of, isExported] of CASES)
    it(`given that it is run again, then it goes on among the rows ${of}, and nothing has drifted`, async () => {
      const servers = await sharedServers();
      const { dynamodb } = servers.clients;
      const [TableName, stateTable] = [unique('killed'), unique('killed-state')];
      await createTable(dynamodb, TableName);
      await createStateTable(dynamodb, stateTable);
      await Promise.all(
        range(ROWS).map((n) => dynamodb.send(new PutItemCommand({ TableName, Item: marshall(orderRow(n)) }))),
      );
      const exported = join(folder, TableName);
      if (isExported) {
        const { TableDescription } = await dynamodb.send(
          new UpdateTableCommand({
            TableName,
            StreamSpecification: { StreamEnabled: true, StreamViewType: 'NEW_AND_OLD_IMAGES' },
          }),
        );
        const files = range(5).map((file) =>
          range(ROWS)
            .filter((n) => n % 5 === file)
            .map((n) => marshall(orderRow(n))),
        );
        const summary = { tableArn: TableDescription?.TableArn, tableId: TableDescription?.TableId };
        await writeExport(exported, tableExport({ files, at: Date.now(), summary }));
      }
      const notes = new DynamoDbNotes(documentClientOf(dynamodb), { stateTable });
      const noted = async () => JSON.stringify(await notes.load('backfill'));
      const env = { ...workerEnvironment(servers), TABLE_NAME: TableName, STATE_TABLE_NAME: stateTable };
      const today = new Date().toISOString().slice(0, 10);
      const report = await killedAndResumed(folder, {
        env,
        args: isExported ? ['--export', exported, '--followed-since', today] : [],
        // Read units of the table, or what is written of the export: three things of each row.
        rate: isExported ? '900' : '12',
        untilBegun: async () => {
          const before = await noted();
          // It takes the table over, and has done pages then.
          for (let changes = 0, last = before; changes < 2;) {
            await sleepFor(20);
            const now = await noted();
            if (now !== last) changes++;
            last = now;
          }
        },
      });
      expect(report).to.include({ resumed: true });
      const state = new TableDerivedState(dynamodb, TableName, new MemorySearchIndex(), SHOP);
      const { checked, drift } = await verify(state, SHOP);
      expect([checked.matcher, checked.derivedRows]).to.deep.equal([3, ROWS]);
      expect(drift).to.deep.equal([]);
    });
});

describe('contrail backfill, killed at random moments, on PGlite', function () {
  this.timeout(300_000);
  let folder: string;

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'contrail-'));
    await writeFile(join(folder, 'contrail.config.ts'), FILE);
  });
  after(() => rm(folder, { recursive: true, force: true }));

  it('given that it is run again, then all is derived as by a worker', async () => {
    const env = { DATABASE_URL: 'pglite:database' };
    await emptyDatabaseIn(join(folder, 'database'));
    const source = new SourceTable();
    const records = range(ROWS).map((n) => JSON.stringify(source.put(orderRow(n))));
    await writeFile(join(folder, 'changes.ndjson'), `${records.join('\n')}\n`);
    const replay = start(
      [...BUNDLED_CONTRAIL, 'replay', 'changes.ndjson', '--backend', 'postgres', '--batch-size', '1000'],
      { cwd: folder, env },
    );
    replay.stdin.end();
    replay.stdout.resume();
    const [wrong] = await Promise.all([text(replay.stderr), once(replay, 'close')]);
    expect(replay.exitCode, wrong).to.equal(0);
    const opened = async <T>(look: (database: Database) => Promise<T>): Promise<T> => {
      const database = await openDatabase({ url: `pglite:${join(folder, 'database')}`, connections: 1 });
      try {
        return await look(database);
      } finally {
        await database.close();
      }
    };
    const derivedIn = async (database: Database) => [
      await database.query('select tuple, count::text, rows::text from contrail.counts order by tuple'),
      await database.query('select parts, attributes from contrail.pointers order by parts'),
      await database.query('select key, attributes, derived_from from contrail.derived_rows order by key'),
    ];
    const before = await opened(async (database) => {
      const derived = await derivedIn(database);
      for (const table of ['counts', 'states', 'pointers', 'derived_rows'])
        await database.query(`delete from contrail.${table}`);
      expect((await derivedIn(database)).map((found) => found.length)).to.deep.equal([0, 0, 0]);
      return derived;
    });
    expect(before.map((found) => found.length)).to.deep.equal([3, 7, ROWS]);
    await killedAndResumed(folder, {
      env,
      args: ['--backend', 'postgres'],
      rate: '250',
      untilBegun: undefined,
    });
    expect(await opened(derivedIn)).to.deep.equal(before);
  });
});
