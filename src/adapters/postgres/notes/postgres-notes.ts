import { type Note, Notes, type NoteWrite } from '../../../application/ports/notes.ts';
import type { Database } from '../client/database.ts';
import type { Names } from '../schema/names.ts';
import { hashedKey } from '../values/hashed-key.ts';
import { readText, storedText } from '../values/text.ts';

/** Notes in PostgreSQL: one statement a call. */
export class PostgresNotes extends Notes {
  readonly #database: Database;
  readonly #names: Names;

  constructor(database: Database, names: Names) {
    super();
    this.#database = database;
    this.#names = names;
  }

  override async load(subject: string, signal?: AbortSignal): Promise<readonly Note[]> {
    signal?.throwIfAborted();
    const rows = await this.#database.query<{
      readonly name: string;
      readonly revision: string;
      readonly content: string;
    }>(
      `select name, revision::text, content from ${this.#names.notes} where subject_id = $1::text::bytea order by name`,
      [hashedKey(subject)],
      signal,
    );
    return rows.map(({ name, revision, content }) => ({
      name: readText(name),
      revision: Number(revision),
      text: readText(content),
    }));
  }

  override async save(
    subject: string,
    notes: readonly NoteWrite[],
    signal?: AbortSignal,
  ): Promise<readonly string[]> {
    signal?.throwIfAborted();
    if (notes.length === 0) return [];
    const rows = await this.#database.query<{ readonly n: number }>(
      saveNotes(this.#names),
      [
        JSON.stringify(
          notes.map(({ name, after, text }, n) => ({
            n,
            ...{ id: hashedKey(subject, name), name: storedText(name), after, content: storedText(text) },
          })),
        ),
        hashedKey(subject),
        storedText(subject),
      ],
      signal,
    );
    const saved = new Set(rows.map(({ n }) => n));
    return notes.flatMap(({ name }, n) => (saved.has(n) ? [] : [name]));
  }

  override async remove(subject: string, names: readonly string[], signal?: AbortSignal): Promise<void> {
    signal?.throwIfAborted();
    if (names.length === 0) return;
    await this.#database.query(
      `delete from ${this.#names.notes} where id in (select id from json_to_recordset($1::json) as m(id bytea))`,
      [JSON.stringify(names.map((name) => ({ id: hashedKey(subject, name) })))],
      signal,
    );
  }
}

/** New notes are put, and those that are there locked, in the order of their ids; they are as they are by then. */
function saveNotes({ notes }: Names): string {
  return `with note as materialized (
  select * from json_to_recordset($1::json) as m(n integer, id bytea, name text, after bigint, content text)
),
inserted as (
  insert into ${notes} (id, subject_id, subject, name, revision, content)
  select id, $2::text::bytea, $3, name, 1, content from note where after = 0 order by id
  on conflict (id) do nothing
  returning id
),
locked as materialized (
  select o.id from ${notes} o where o.id in (select id from note where after > 0) order by o.id for update
),
updated as (
  update ${notes} o set revision = o.revision + 1, content = m.content
  from note m join locked l on l.id = m.id
  where o.id = m.id and m.after > 0 and o.revision = m.after
  returning o.id
)
select m.n from note m where m.id in (select id from inserted union all select id from updated)
  or exists (select from ${notes} o where o.id = m.id and o.revision = m.after + 1 and o.content = m.content)`;
}
