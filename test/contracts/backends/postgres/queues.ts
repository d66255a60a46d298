import { readText } from '../../../../src/adapters/postgres/values/text.ts';
import { PostgresGivenUp } from '../../../../src/adapters/postgres/quarantine/postgres-given-up.ts';
import { PostgresQuarantine } from '../../../../src/adapters/postgres/quarantine/postgres-quarantine.ts';
import { PostgresSearchActionSource } from '../../../../src/adapters/postgres/queue/postgres-search-action-source.ts';
import { PostgresSearchBacklog } from '../../../../src/adapters/postgres/queue/postgres-search-backlog.ts';
import { PostgresSearchQueue } from '../../../../src/adapters/postgres/queue/postgres-search-queue.ts';
import { PostgresSourceRows } from '../../../../src/adapters/postgres/replica/postgres-source-rows.ts';
import { PostgresSearchFences } from '../../../../src/adapters/postgres/search/postgres-search-fences.ts';
import { SystemClock, SystemSleeper } from '../../../../src/adapters/system/system.ts';
import type { RecordSummary } from '../../../../src/application/delivery.ts';
import { Fault } from '../../../../src/domain/fault.ts';
import type { SearchAction } from '../../../../src/domain/search-action.ts';
import type { PostgresKind, TestDatabase } from '../../../integration/postgres.ts';
import type { Backend } from '../backend.ts';
import { fleetOn } from './table.ts';

const MAX_UNANSWERED = 3;

/** The ports of the queue, of what stands beside the index, and of the quarantine. */
export function queuesOn({
  name,
  missing,
  shared,
}: PostgresKind): Pick<
  Backend,
  | 'searchQueue'
  | 'searchActionSource'
  | 'searchBacklog'
  | 'searchFences'
  | 'sourceRows'
  | 'quarantine'
  | 'givenUpMessages'
> {
  return {
    searchQueue: [
      {
        name,
        missing,
        setUp: async () => {
          const database = await emptied(await shared());
          return {
            queue: new PostgresSearchQueue(database.database, database.names),
            receive: () => drained(sourceOn(database)),
          };
        },
      },
    ],
    searchActionSource: [
      {
        name,
        missing,
        setUp: async () => {
          const database = await emptied(await shared());
          const queue = new PostgresSearchQueue(database.database, database.names);
          return {
            source: sourceOn(database),
            another: sourceOn(database),
            waitMs: 0,
            send: async (...actions) => {
              for (const action of actions) await queue.send([action]);
            },
            sendText: () => Promise.reject(new Error('it holds actions')),
            // As if everything had happened so long before.
            pass: (milliseconds) =>
              database.database.query(
                `update ${database.names.search_actions} set sent_at = sent_at - $1::text::float8 * interval '1 millisecond',
  visible_at = visible_at - $1::text::float8 * interval '1 millisecond'`,
                [String(milliseconds)],
              ),
            deadLetters: {
              list: async () => {
                const rows = await database.database.query<{ document_id: string; reason: string }>(
                  `select document_id, reason from ${database.names.dead_letters} order by died_at`,
                );
                return rows.map((row) => [readText(row.document_id), readText(row.reason)] as const);
              },
              putBack: () =>
                database.database.query(
                  `update ${database.names.dead_letters} set done = false, died_at = null`,
                ),
              maxUnanswered: MAX_UNANSWERED,
            },
          };
        },
        lacks: { anyText: 'it holds actions, and no texts' },
      },
    ],
    searchBacklog: [
      {
        name,
        missing,
        setUp: async () => {
          const database = await emptied(await shared());
          return {
            queue: new PostgresSearchQueue(database.database, database.names),
            source: sourceOn(database),
            backlog: new PostgresSearchBacklog(database.database, database.names),
          };
        },
      },
    ],
    searchFences: [
      {
        name,
        missing,
        setUp: async () => {
          const { database, names } = await shared();
          return { fences: new PostgresSearchFences(database, names) };
        },
      },
    ],
    sourceRows: [
      {
        name,
        missing,
        setUp: async () => {
          const { database, names } = await shared();
          const { put, remove } = fleetOn({ database, names });
          return {
            rows: new PostgresSourceRows(database, names),
            put: (keys, attributes) =>
              put(keys, Object.fromEntries([...Object.entries(attributes), ...Object.entries(keys)])),
            remove,
          };
        },
      },
    ],
    givenUpMessages: [
      {
        name,
        missing,
        setUp: async () => {
          const { database, names } = await shared();
          await database.query(`delete from ${names.quarantine}`);
          return {
            quarantine: new PostgresQuarantine(database, names),
            connect: () => new PostgresGivenUp(database, names, 'quarantine'),
          };
        },
      },
    ],
    quarantine: [
      {
        name,
        missing,
        setUp: async () => {
          const { database, names } = await shared();
          await database.query(`delete from ${names.quarantine}`);
          return {
            quarantine: new PostgresQuarantine(database, names),
            kept: async () => {
              const rows = await database.query<{
                readonly source: string;
                readonly record: string;
                readonly message: string;
                readonly kind: string;
              }>(`delete from ${names.quarantine} returning source::text, record::text, message, kind`);
              return rows.map(({ source, record, message, kind }) => ({
                source: JSON.parse(source) as RecordSummary,
                raw: JSON.parse(record) as unknown,
                reason: readText(message),
                kind,
              }));
            },
          };
        },
      },
    ],
  };
}

/** Tests of a queue want it for themselves. */
async function emptied(database: TestDatabase): Promise<TestDatabase> {
  await database.database.query(`delete from ${database.names.search_actions}`);
  return database;
}

function sourceOn({ database, names }: TestDatabase): PostgresSearchActionSource {
  return new PostgresSearchActionSource(database, names, {
    clock: new SystemClock(),
    sleeper: new SystemSleeper(),
    maxUnanswered: MAX_UNANSWERED,
    pollMs: 20,
  });
}

async function drained(source: PostgresSearchActionSource): Promise<readonly SearchAction[]> {
  const actions: SearchAction[] = [];
  for (;;) {
    const received = await source.receive({ max: 50, waitMs: 0 });
    if (received.length === 0) return actions;
    for (const { action } of received) {
      if (Fault.is(action)) throw action;
      actions.push(action);
    }
    await source.acknowledge(received);
  }
}
