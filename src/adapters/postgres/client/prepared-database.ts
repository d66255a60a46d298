import { migrate } from '../schema/migrate.ts';
import type { Names } from '../schema/names.ts';
import type { Database } from './database.ts';
import { LazyDatabase } from './lazy-database.ts';
import { type DatabaseOptions, openDatabase } from './open-database.ts';

/** A database that is opened by the first who asks for something, with the tables of this version. */
export function preparedDatabase(options: DatabaseOptions, names: Names): Database {
  const { variable = 'DATABASE_URL' } = options;
  return new LazyDatabase({ resource: 'the database', variable }, async () => {
    const database = await openDatabase(options);
    try {
      await migrate(database, names);
      return database;
    } catch (error) {
      await database.close();
      throw error;
    }
  });
}
