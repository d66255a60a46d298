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
}

/**
 * Opens a database and brings its tables to the form that this version works with. Close `database` in the end.
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
  return {
    database,
    names,
    matcher: new PostgresMatcherRepository(database, names),
    derivedRows: new PostgresDerivedRowRepository(database, names),
    effects: new PostgresEffectLog(database, names),
    generations: new PostgresTableGenerations(database, names),
  };
}
