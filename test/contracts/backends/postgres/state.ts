import type { Backend } from '../backend.ts';
import type { PostgresKind } from '../../../integration/postgres.ts';
import { PostgresEffectLog } from '../../../../src/adapters/postgres/effects/postgres-effect-log.ts';
import { PostgresTableGenerations } from '../../../../src/adapters/postgres/generations/postgres-table-generations.ts';
import { PostgresMatcherRepository } from '../../../../src/adapters/postgres/matcher/postgres-matcher-repository.ts';
import { rowId } from '../../../../src/adapters/postgres/rows/apply-rows.ts';
import { PostgresDerivedRowRepository } from '../../../../src/adapters/postgres/rows/postgres-derived-row-repository.ts';
import { PostgresShardStates } from '../../../../src/adapters/postgres/shards/postgres-shard-states.ts';
import { jsonbOfRecord, readJsonbRecord } from '../../../../src/adapters/postgres/values/jsonb.ts';
import { DERIVED_FROM } from '../../../../src/domain/stored-rows.ts';
import { readText, storedText } from '../../../../src/adapters/postgres/values/text.ts';
import { countKey, type CountModel, type Tuple } from '../../../../src/domain/count.ts';
import type { ItemKey } from '../../../../src/domain/row.ts';
import { decimal, TUPLE_COUNTS } from '../../../support/factories.ts';
import type { OnceWrite } from '../../../../src/adapters/postgres/effects/own-write.ts';

/** The ports of states, and of what is written with them. */
export function stateOn({
  name,
  missing,
  shared,
  emptied,
}: PostgresKind): Pick<
  Backend,
  'matcherRepository' | 'derivedRowRepository' | 'effectLog' | 'shardStates' | 'tableGenerations'
> {
  return {
    matcherRepository: [
      {
        name,
        missing,
        setUp: async () => {
          const { database, names } = await shared();
          const matcher = new PostgresMatcherRepository(database, names);
          const read = async (where: string, derivation: string, { partition, sort }: ItemKey) => {
            const [row] = await database.query<{ count: string }>(
              `select count::text from ${where} where derivation = $1 and partition = $2 and sort is not distinct from $3`,
              [derivation, storedText(partition), sort === undefined ? null : storedText(sort)],
            );
            return row?.count;
          };
          const amount = async (model: CountModel, tuple: Tuple) => {
            const count = await read(names.counts, model.name, countKey(model, tuple));
            return count === undefined ? undefined : decimal(count).canonical;
          };
          return {
            matcher,
            amount,
            defined: async () => ({ matcher, amount }),
            count: async ({ manufacturer, model, type_designator }: Tuple) => {
              const count = await read(names.counts, TUPLE_COUNTS.name, {
                partition: `ICAO#MATCHER#MFR#${manufacturer}`,
                sort: `MODEL#${model}#TYPE#${type_designator}`,
              });
              return count === undefined ? undefined : Number(count);
            },
          };
        },
      },
    ],
    derivedRowRepository: [
      {
        name,
        missing,
        setUp: async () => {
          const { database, names } = await shared();
          return {
            rows: new PostgresDerivedRowRepository(database, names),
            audit: 'audit',
            ledger: 'ledger',
            read: async (key) => {
              const [row] = await database.query<{ attributes: string; derived_from: string | null }>(
                `select attributes::text, derived_from from ${names.derived_rows} where id = $1::text::bytea`,
                [rowId(key)],
              );
              if (row === undefined) return undefined;
              const { attributes, derived_from: source } = row;
              return {
                ...readJsonbRecord(attributes),
                ...(source === null ? {} : { [DERIVED_FROM]: readText(source) }),
              };
            },
            // As somebody does who writes SQL.
            putForeign: (key, attributes) =>
              database.query(
                `insert into ${names.derived_rows} (id, table_name, key, attributes)
values ($1::text::bytea, $2, $3::jsonb, $4::jsonb)
on conflict (id) do update set attributes = excluded.attributes, derived_from = null, derivation = null`,
                [rowId(key), key.table ?? null, jsonbOfRecord(key.key), jsonbOfRecord(attributes)],
              ),
          };
        },
        lacks: { missingTables: 'the rows of all tables are in one' },
      },
    ],
    effectLog: [
      {
        name,
        missing,
        setUp: async () => {
          const { database, names } = await shared();
          const table = `${names.schema}.sums`;
          await database.query(`create table if not exists ${table} (name text primary key, sum integer)`);
          const addingTo =
            (to: string): OnceWrite =>
            async (client) => {
              await client.query(
                `insert into ${table} as s values ($1, 1) on conflict (name) do update set sum = s.sum + 1`,
                [to],
              );
            };
          return {
            log: new PostgresEffectLog(database, names),
            addingTo,
            failingFor:
              (to): OnceWrite =>
              async (client) => {
                await addingTo(to)(client);
                await client.query(`insert into ${table} values ($1, $2::text::integer)`, [to, 'none']);
              },
            sum: async (of) => {
              const rows = await database.query<{ sum: number }>(`select sum from ${table} where name = $1`, [
                of,
              ]);
              return rows[0]?.sum ?? 0;
            },
          };
        },
      },
    ],
    shardStates: [
      {
        name,
        missing,
        setUp: async () => {
          const { database, names } = await shared();
          const connect = () => new PostgresShardStates(database, names);
          return { states: connect(), connect };
        },
        lacks: { reopening: 'many processes have it open' },
      },
    ],
    tableGenerations: [
      {
        name,
        missing,
        setUp: async () => {
          const { database, names, close } = await emptied();
          const connect = () => new PostgresTableGenerations(database, names);
          return { generations: connect(), connect, close };
        },
        lacks: { unnamed: 'refused: changes would be older than any' },
      },
    ],
  };
}
