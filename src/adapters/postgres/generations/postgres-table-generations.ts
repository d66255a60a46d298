import {
  type Adoption,
  type AdoptionOptions,
  type Following,
  TableGenerations,
} from '../../../application/ports/table-generations.ts';
import { Fault } from '../../../domain/fault.ts';
import { type NewestTable, nextGeneration } from '../../../domain/next-generation.ts';
import type { Database, Queryable } from '../client/database.ts';
import type { Names } from '../schema/names.ts';
import { readText, storedText } from '../values/text.ts';

/** What is known of a table, and of the newest one. */
interface Known {
  readonly generation: number | undefined;
  readonly newest: NewestTable | undefined;
}

/** The generations of tables, a row each. A question takes one round trip; whoever writes does so alone. */
export class PostgresTableGenerations extends TableGenerations {
  readonly #database: Database;
  readonly #names: Names;

  constructor(database: Database, names: Names) {
    super();
    this.#database = database;
    this.#names = names;
  }

  override async generationOf(tableArn: string, signal?: AbortSignal): Promise<Following> {
    if (tableArn === '') throw unnamed();
    const query: Queryable['query'] = (text, values) => this.#database.query(text, values, signal);
    let known = await this.#read({ query }, tableArn);
    if (known.newest === undefined) known = await this.#followFirst(tableArn, signal);
    const { generation, newest } = known;
    return generation === undefined
      ? { kind: 'refused', followed: newest?.tableArn ?? '' }
      : { kind: 'followed', generation, newest: generation === newest?.generation };
  }

  override async adopt(
    tableArn: string,
    { generation: wanted, signal }: AdoptionOptions = {},
  ): Promise<Adoption> {
    if (tableArn === '') throw unnamed();
    return this.#alone(async (client) => {
      const { newest } = await this.#read(client, tableArn);
      if (newest?.tableArn === tableArn && (wanted ?? newest.generation) === newest.generation)
        return { generation: newest.generation, previous: tableArn, changed: false };
      const generation = nextGeneration(newest, wanted);
      await this.#write(client, tableArn, generation);
      return { generation, previous: newest?.tableArn, changed: true };
    }, signal);
  }

  #followFirst(tableArn: string, signal: AbortSignal | undefined): Promise<Known> {
    return this.#alone(async (client) => {
      const known = await this.#read(client, tableArn);
      if (known.newest !== undefined) return known;
      await this.#write(client, tableArn, 0);
      return { generation: 0, newest: { tableArn, generation: 0 } };
    }, signal);
  }

  #alone<T>(work: (client: Queryable) => Promise<T>, signal: AbortSignal | undefined): Promise<T> {
    return this.#database.transaction(async (client) => {
      await client.query('select pg_advisory_xact_lock(hashtextextended($1::text, 0))::text', [
        `contrail ${this.#names.table_generations}`,
      ]);
      return work(client);
    }, signal);
  }

  async #read(client: Queryable, tableArn: string): Promise<Known> {
    const { table_generations: table } = this.#names;
    const [row] = await client.query<{
      readonly generation: string | null;
      readonly newest: string;
      readonly newest_generation: string;
    }>(
      `select (select generation::text from ${table} where table_arn = $1) as generation,
  table_arn as newest, generation::text as newest_generation
from ${table} order by ${table}.generation desc limit 1`,
      [storedText(tableArn)],
    );
    if (row === undefined) return { generation: undefined, newest: undefined };
    return {
      generation: row.generation === null ? undefined : Number(row.generation),
      newest: { tableArn: readText(row.newest), generation: Number(row.newest_generation) },
    };
  }

  async #write(client: Queryable, tableArn: string, generation: number): Promise<void> {
    await client.query(
      `insert into ${this.#names.table_generations} (table_arn, generation) values ($1, $2::text::bigint)
on conflict (table_arn) do update set generation = excluded.generation`,
      [storedText(tableArn), String(generation)],
    );
  }
}

function unnamed(): Fault {
  return new Fault(
    'configuration',
    'the record does not name its stream (eventSourceARN), so its changes cannot be told from ' +
      "another table's: hand in records as DynamoDB Streams gives them",
  );
}
