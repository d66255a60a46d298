import type { DerivedRowRepository } from '../../application/ports/derived-row-repository.ts';
import type { EffectLog } from '../../application/ports/effect-log.ts';
import type { MatcherRepository } from '../../application/ports/matcher-repository.ts';
import type { TableGenerations } from '../../application/ports/table-generations.ts';
import type { Database } from './client/database.ts';
import { type DatabaseOptions, openDatabase } from './client/open-database.ts';
import { PostgresEffectLog } from './effects/postgres-effect-log.ts';
import { PostgresTableGenerations } from './generations/postgres-table-generations.ts';
import { PostgresMatcherRepository } from './matcher/postgres-matcher-repository.ts';
import { PostgresDerivedRowRepository } from './rows/postgres-derived-row-repository.ts';
import { migrate } from './schema/migrate.ts';
import { purgeStates } from './states/purge-states.ts';
import { type Names, type Naming, namesOf } from './schema/names.ts';

/** Where everything is kept, and how it is reached. */
export type PostgresSettings = DatabaseOptions & Naming;

/** A database, and what a worker has in it. */
export interface PostgresParts {
  readonly database: Database;
  readonly names: Names;
  readonly matcher: MatcherRepository;
  readonly derivedRows: DerivedRowRepository;
  readonly effects: EffectLog;
  readonly generations: TableGenerations;
  /** Closes the database, once what runs on it is done. */
  close(): Promise<void>;
}

/** How often what is remembered of rows that were removed long ago is deleted. */
const PURGE_MS = 60 * 60 * 1_000;

/**
 * Opens a database, brings its tables to the form that this version works with, and keeps them from growing. Close it in the end.
 *
 * @throws Fault when it cannot be opened or brought there.
 */
export async function openBackend(settings: PostgresSettings): Promise<PostgresParts> {
  const names = namesOf(settings);
  const database = await openDatabase(settings);
  try {
    await migrate(database, names);
  } catch (error) {
    await database.close();
    throw error;
  }
  const purge = () => {
    // What fails is done an hour later: until then there is only more of it.
    purgeStates(database, names).catch(() => undefined);
  };
  purge();
  const purging = setInterval(purge, PURGE_MS).unref();
  return {
    database,
    names,
    matcher: new PostgresMatcherRepository(database, names),
    derivedRows: new PostgresDerivedRowRepository(database, names),
    effects: new PostgresEffectLog(database, names),
    generations: new PostgresTableGenerations(database, names),
    close: () => {
      clearInterval(purging);
      return database.close();
    },
  };
}
