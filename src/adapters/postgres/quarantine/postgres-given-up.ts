import { type GivenUp, type GivenUpMessage, GivenUpMessages } from '../../../application/ports/given-up.ts';
import type { Done } from '../../../application/result.ts';
import { Fault } from '../../../domain/fault.ts';
import type { Database } from '../client/database.ts';
import type { Names } from '../schema/names.ts';

/** So many rows are received at a time. */
const MOST = 100;

/** Which rows of a table were given up, and what of. */
interface Kept {
  readonly page: (names: Names) => string;
  readonly remove: (names: Names) => string;
  readonly called: string;
  readonly holds: (row: KeptRow) => GivenUp;
  /** Below all ids. */
  readonly first: string;
}

interface KeptRow {
  readonly id: string;
  readonly record: string | null;
  readonly partition: string | null;
  readonly sort: string | null;
}

const QUARANTINE: Kept = {
  called: 'quarantine',
  first: '-1',
  page: (names) =>
    `select kept.id::text as id, record::text as record, null as partition, null as sort
from ${names.quarantine} as kept where kept.id > $1::text::bigint order by kept.id limit ${MOST}`,
  remove: (names) =>
    `delete from ${names.quarantine} where id in (select value::bigint from json_array_elements_text($1::json))`,
  holds: ({ record }) => ({ is: 'record', record: JSON.parse(record ?? 'null') as unknown }),
};

const DEAD_LETTERS: Kept = {
  called: 'dead_letters',
  first: '\\x',
  page: (names) =>
    `select kept.id::text as id, null as record, row_partition as partition, row_sort as sort
from ${names.dead_letters} as kept where kept.id > $1::text::bytea order by kept.id limit ${MOST}`,
  remove: (names) =>
    `delete from ${names.search_actions} where died_at is not null
and id in (select value::bytea from json_array_elements_text($1::json))`,
  holds: ({ id, partition, sort }) =>
    partition === null
      ? { is: 'unknown', why: `dead letter ${id} does not say of which row it is` }
      : { is: 'row', key: { partition, sort: sort ?? undefined } },
};

/** What was given up and is in PostgreSQL: poison records, or search actions that are dead letters. In the order of their ids. */
export class PostgresGivenUp extends GivenUpMessages {
  readonly #database: Database;
  readonly #names: Names;
  readonly #kept: Kept;
  #after: string;

  constructor(database: Database, names: Names, what: 'quarantine' | 'dead letters') {
    super();
    this.#database = database;
    this.#names = names;
    this.#kept = what === 'quarantine' ? QUARANTINE : DEAD_LETTERS;
    this.#after = this.#kept.first;
  }

  override async receive(signal?: AbortSignal): Promise<readonly GivenUpMessage[]> {
    const { page, called, holds } = this.#kept;
    const rows = await this.#database.query<KeptRow>(page(this.#names), [this.#after], signal);
    this.#after = rows.at(-1)?.id ?? this.#after;
    return rows.map((row) => ({ place: `${called} ${row.id}`, receipt: row.id, holds: [holds(row)] }));
  }

  override async acknowledge(messages: readonly GivenUpMessage[]): Promise<readonly Done[]> {
    if (messages.length === 0) return [];
    try {
      const ids = JSON.stringify(messages.map(({ receipt }) => receipt));
      await this.#database.query(this.#kept.remove(this.#names), [ids]);
      return messages.map(() => 'done');
    } catch (error) {
      const fault = Fault.from(error);
      return messages.map(() => fault);
    }
  }

  /** Nothing was hidden. */
  override close(): Promise<void> {
    return Promise.resolve();
  }
}
