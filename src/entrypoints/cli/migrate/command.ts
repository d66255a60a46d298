import { Command } from 'commander';
import { Fault } from '../../../domain/fault.ts';
import { readDatabaseSettings } from '../../database-settings.ts';
import { whereItIs } from '../where-it-is.ts';

export const migrateCommand = new Command('migrate')
  .summary('make the tables of PostgreSQL, or bring them to this version')
  .description(
    `Brings the tables of BACKEND=postgres to the form that this version works with:
all steps once, in their order, all of them or none. A worker does the same as
it starts; this is for those whose workers may not make tables, and for doing it
before a deployment.`,
  )
  .option('--print', 'write the statements that would be run, and run none')
  .addHelpText(
    'after',
    `
Safe to repeat, and while workers run: of several that start at once one does
it, and the others wait. Tables of a later version are left alone.

The exit status is 0 when the tables are of this version's form, 1 when the
database failed, and 2 for wrong usage or configuration, also where no server
is.

Environment: DATABASE_URL, and DATABASE_SCHEMA and DATABASE_PREFIX where they
are set for the workers; of libpq's own, PGUSER, PGPASSWORD, PGPASSFILE,
PGSSLMODE, PGSSLROOTCERT, PGSSLCERT and PGSSLKEY.

Example:
  DATABASE_URL=postgres://app@db.example.com/app contrail migrate --print`,
  )
  .action(async ({ print = false }: { readonly print?: boolean }) => {
    const settings = readDatabaseSettings(process.env);
    if (settings.url === 'pglite:')
      throw new Fault(
        'configuration',
        'DATABASE_URL is pglite:, a database in memory, which is gone when this command ends: set it to pglite:FOLDER, or to postgres://…',
      );
    const { openDatabase } = await import('../../../adapters/postgres/client/open-database.ts');
    const { migrate, migrationScript } = await import('../../../adapters/postgres/schema/migrate.ts');
    const { namesOf } = await import('../../../adapters/postgres/schema/names.ts');
    const names = namesOf(settings);
    const database = await openDatabase(settings);
    try {
      if (print) {
        process.stdout.write(await whereItIs(() => migrationScript(database, names)));
        return;
      }
      const { from, to } = await whereItIs(() => migrate(database, names));
      const where = `The tables in the schema ${settings.schema} of ${database.name.resource}`;
      process.stdout.write(
        from === to
          ? `${where} are of form ${to} already.\n`
          : `${where} are of form ${to} now; before, ${from}.\n`,
      );
    } finally {
      await database.close();
    }
  });
