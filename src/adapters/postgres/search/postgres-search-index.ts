import { packBatches } from '../../../application/pack-batches.ts';
import {
  type CollectionWrite,
  type DocumentWrite,
  type IndexedDocument,
  SearchIndex,
} from '../../../application/ports/search-index.ts';
import type { Done, Result } from '../../../application/result.ts';
import { emptyIdFault } from '../../../domain/empty-id.ts';
import { Fault } from '../../../domain/fault.ts';
import type { DocumentFields } from '../../../domain/search-document.ts';
import { TOMBSTONE_SECONDS } from '../../../domain/tombstones.ts';
import type { Database } from '../client/database.ts';
import { inParts } from '../in-parts.ts';
import { pagesOf } from '../pages.ts';
import type { Names } from '../schema/names.ts';
import { hashedKey } from '../values/hashed-key.ts';
import { jsonbOfRecord, readJsonbRecord } from '../values/jsonb.ts';
import { storedText } from '../values/text.ts';
import { versionColumns } from '../values/version-columns.ts';

/** Of one statement: documents, and characters of JSON. */
const MOST = { count: 10_000, weight: 16 * 1_024 * 1_024 };

/** A write, ready to be sent. */
interface Prepared {
  readonly asked: CollectionWrite;
  readonly json: string;
}

/**
 * Documents as rows, which SQL can query. Each keeps the version that it was written by, also once it is gone: what is older takes no
 * effect, whoever writes it.
 */
export class PostgresSearchIndex extends SearchIndex {
  readonly #database: Database;
  readonly #names: Names;

  constructor(database: Database, names: Names) {
    super();
    this.#database = database;
    this.#names = names;
  }

  override apply(
    collection: string,
    writes: readonly DocumentWrite[],
    signal?: AbortSignal,
  ): Promise<readonly Done[]> {
    return this.applyToAll(
      writes.map((write) => ({ collection, write })),
      signal,
    );
  }

  override async applyToAll(
    writes: readonly CollectionWrite[],
    signal?: AbortSignal,
  ): Promise<readonly Done[]> {
    signal?.throwIfAborted();
    const results = new Map<CollectionWrite, Done>();
    const prepared: Prepared[] = [];
    for (const asked of writes)
      if (asked.write.id === '') results.set(asked, emptyIdFault(asked.collection));
      else prepared.push({ asked, json: writeJson(asked) });
    const { batches, oversized } = packBatches(prepared, ({ json }) => json.length, MOST);
    // What is larger than a statement should be goes alone.
    for (const batch of [...batches, ...oversized.map((one) => [one])]) {
      const done = await inParts(batch, (some) => this.#attempt(some, signal), signal);
      for (const [index, { asked }] of batch.entries()) results.set(asked, explained(asked, done[index]));
    }
    return writes.map((asked) => results.get(asked) ?? missing());
  }

  override async read(collection: string, ids: readonly string[], signal?: AbortSignal) {
    signal?.throwIfAborted();
    if (ids.length === 0) return [];
    const rows = await this.#database.query<{ readonly n: number; readonly fields: string }>(
      `select m.n, d.fields::text from json_to_recordset($1::json) as m(n integer, id bytea)
join ${this.#names.documents} d on d.id = m.id
where not d.removed`,
      [JSON.stringify(ids.map((id, n) => ({ n, id: hashedKey(collection, id) })))],
      signal,
    );
    const found = new Map(rows.map(({ n, fields }) => [n, fields]));
    return ids.map((id, n) => {
      const fields = found.get(n);
      return fields === undefined ? undefined : fieldsIn(id, fields);
    });
  }

  override async *documents(collection: string, signal?: AbortSignal): AsyncGenerator<IndexedDocument> {
    signal?.throwIfAborted();
    const rows = pagesOf<{ readonly fields: string }>(
      this.#database,
      {
        columns: 't.fields::text',
        from: `${this.#names.documents} t`,
        where: 'not t.removed and t.collection = $2',
        values: [storedText(collection)],
      },
      signal,
    );
    for await (const row of rows) {
      const fields = readJsonbRecord(row.fields);
      yield { id: fields['id'] as string, fields };
      signal?.throwIfAborted();
    }
  }

  async #attempt(writes: readonly Prepared[], signal: AbortSignal | undefined): Promise<readonly Result[]> {
    await this.#database.query(
      writeDocuments(this.#names),
      [`[${writes.map(({ json }) => json).join()}]`],
      signal,
    );
    return writes.map(() => 'done');
  }
}

function writeDocuments({ documents }: Names): string {
  return `insert into ${documents} as d
  (id, collection, document_id, generation, epoch, sequence, leading_zeros, fill, removed, fields, expires_at)
select id, collection, document_id, generation, epoch, sequence, leading_zeros, fill, fields is null, fields,
  case when fields is null then now() + interval '${TOMBSTONE_SECONDS} seconds' end
from json_to_recordset($1::json) as w(
  id bytea, collection text, document_id text, generation bigint, epoch text, sequence numeric, leading_zeros integer, fill bigint,
  fields jsonb
)
order by id
on conflict (id) do update set generation = excluded.generation, epoch = excluded.epoch, sequence = excluded.sequence,
  leading_zeros = excluded.leading_zeros, fill = excluded.fill, removed = excluded.removed, fields = excluded.fields, expires_at = excluded.expires_at
where (d.generation, d.epoch, d.sequence, d.fill) <= (excluded.generation, excluded.epoch, excluded.sequence, excluded.fill)`;
}

function writeJson({ collection, write: { id, document, version } }: CollectionWrite): string {
  const columns = JSON.stringify({
    id: hashedKey(collection, id),
    collection: storedText(collection),
    document_id: storedText(id),
    ...versionColumns(version),
  });
  if (document === undefined) return columns;
  return `${columns.slice(0, -1)},"fields":${jsonbOfRecord({ ...document, id })}}`;
}

function fieldsIn(id: string, json: string): DocumentFields {
  return { ...readJsonbRecord(json), id };
}

/** What a write comes to that was refused alone: without what the document says. */
function explained({ collection, write: { id } }: CollectionWrite, result: Result | undefined): Done {
  if (result === undefined) return missing();
  if (result === 'done') return result;
  if (typeof result === 'string')
    return new Fault('transient', `${collection}: others were writing the same documents`);
  if (result.kind !== 'permanent') return result;
  return new Fault('permanent', `${collection}: PostgreSQL refuses the document ${JSON.stringify(id)}`, {
    cause: result,
    reason: `${collection}: PostgreSQL refuses a document`,
  });
}

function missing(): Fault {
  return new Fault('transient', 'the document got no result');
}
