import type { DatabaseFacts } from '../../../application/doctor/facts.ts';
import type { ShardStates } from '../../../application/ports/shard-states.ts';
import { Fault } from '../../../domain/fault.ts';
import type { Database } from '../client/database.ts';
import { isUnreachable } from '../client/database-fault.ts';
import { openDatabase } from '../client/open-database.ts';
import type { PostgresSettings } from '../open-backend.ts';
import { checkForm } from '../schema/migrate.ts';
import { type Names, namesOf, TABLES } from '../schema/names.ts';
import { PostgresShardStates } from '../shards/postgres-shard-states.ts';
import { readText } from '../values/text.ts';

/** A database as it is: nothing is made and nothing brought to another form. Close it in the end. */
export class DatabaseLook {
  readonly #database: Database;
  readonly #names: Names;

  constructor(database: Database, names: Names) {
    this.#database = database;
    this.#names = names;
  }

  /** @throws Fault when an embedded one is not there, or in use. */
  static async open(settings: PostgresSettings): Promise<DatabaseLook> {
    const names = namesOf(settings);
    return new DatabaseLook(await openDatabase({ ...settings, isThere: true }), names);
  }

  /** @throws Fault when it cannot be told now. */
  async facts(signal?: AbortSignal): Promise<DatabaseFacts> {
    const { resource } = this.#database.name;
    try {
      await checkForm(this.#database, this.#names);
      const askedAt = Date.now();
      const [clock] = await this.#database.query<{ readonly now: string }>(
        `select (extract(epoch from clock_timestamp()) * 1000)::text as now`,
        [],
        signal,
      );
      const skewMs = Number(clock?.now) - (askedAt + Date.now()) / 2;
      return { resource, problem: undefined, lacking: await this.#lacking(signal), skewMs };
    } catch (error) {
      const fault = Fault.from(error);
      if (fault.kind !== 'configuration' && !isUnreachable(fault)) throw fault;
      return { resource, problem: fault.message, lacking: [], skewMs: 0 };
    }
  }

  async shards(): Promise<ShardStates> {
    await checkForm(this.#database, this.#names);
    return new PostgresShardStates(this.#database, this.#names);
  }

  /** The ARN of the table that is followed; undefined where none is yet. */
  async followed(signal?: AbortSignal): Promise<string | undefined> {
    const [row] = await this.#database.query<{ readonly newest: string }>(
      `select table_arn as newest from ${this.#names.table_generations} order by generation desc limit 1`,
      [],
      signal,
    );
    return row && readText(row.newest);
  }

  close(): Promise<void> {
    return this.#database.close();
  }

  async #lacking(signal: AbortSignal | undefined): Promise<readonly string[]> {
    const rows = await this.#database.query<{ readonly lacking: string }>(
      `select needed.privilege || ' on ' || c.relname as lacking
from pg_class c
join pg_namespace n on n.oid = c.relnamespace
cross join (values ('select'), ('insert'), ('update'), ('delete')) needed (privilege)
where n.nspname = $1::text and c.relname = any($2::text[]) and c.relkind in ('r', 'p')
  and (needed.privilege = 'select' or c.relname <> $3::text)
  and not has_table_privilege(c.oid, needed.privilege)
order by c.relname, needed.privilege`,
      [
        this.#names.schemaName,
        TABLES.map((name) => `${this.#names.prefix}${name}`),
        `${this.#names.prefix}migrations`,
      ],
      signal,
    );
    return rows.map(({ lacking }) => lacking);
  }
}
