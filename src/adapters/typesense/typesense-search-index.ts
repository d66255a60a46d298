import {
  type DocumentWrite,
  type IndexedDocument,
  SearchIndex,
} from '../../application/ports/search-index.ts';
import { BackPressure } from '../../application/back-pressure.ts';
import type { Done } from '../../application/result.ts';
import { asIndexed, type FieldsByName, fieldsByName } from '../../domain/as-indexed.ts';
import { Fault } from '../../domain/fault.ts';
import { toJson } from '../../domain/json.ts';
import type { DocumentFields } from '../../domain/search-document.ts';
import { checkSchema, type SearchSchema } from '../../domain/search-schema.ts';
import { collectionPath, documentPath, filterById, isNameable } from './addresses.ts';
import { compareCollection, differingFault } from './collections.ts';
import { readDocument } from './document-json.ts';
import { groupsOf } from './id-groups.ts';
import { readImportAnswer } from './import-answer.ts';
import { bodyOf, MAX_BODY_BYTES, packLines } from './import-body.ts';
import { lineFault } from './line-fault.ts';
import type { TypesenseClient } from './typesense-client.ts';

/** A write, and its place in the call. */
interface Placed {
  readonly id: string;
  readonly index: number;
}

interface Upsert extends Placed {
  /** The document's JSON. */
  readonly line: string;
}

/**
 * Documents in Typesense. Writes go in imports of whole documents (`upsert`, which replaces them; never what merges), and
 * deletions by filter where one can name the id. A document is what its collection's schema makes of it, and is checked against
 * that before it is sent. A collection may be an alias.
 */
export class TypesenseSearchIndex extends SearchIndex {
  readonly #client: TypesenseClient;
  /** Of one import: fewer once more were refused. */
  #mostBytes = MAX_BODY_BYTES;
  readonly #schemas: ReadonlyMap<string, { readonly schema: SearchSchema; readonly fields: FieldsByName }>;

  /**
   * @param schemas of all collections that are written to.
   * @throws Fault `configuration` where one is wrong.
   */
  constructor(client: TypesenseClient, schemas: readonly SearchSchema[]) {
    super();
    for (const schema of schemas) checkSchema(schema);
    this.#client = client;
    this.#schemas = new Map(
      schemas.map((schema) => [schema.collection, { schema, fields: fieldsByName(schema) }]),
    );
  }

  override async apply(
    collection: string,
    writes: readonly DocumentWrite[],
    signal?: AbortSignal,
  ): Promise<readonly Done[]> {
    signal?.throwIfAborted();
    const known = this.#schemas.get(collection);
    if (known === undefined) return writes.map(() => this.#unknownCollection(collection));
    const results: (Done | undefined)[] = writes.map(() => undefined);
    const [upserts, removals]: [Upsert[], Placed[]] = [[], []];
    let index = 0;
    for (const { id, document, json } of writes) {
      const indexed = asIndexed(
        { collection, id },
        document ?? { id },
        document === undefined ? NONE : known.fields,
      );
      if (Fault.is(indexed)) results[index] = indexed;
      else if (document === undefined) removals.push({ id, index });
      else
        upserts.push({
          id,
          index,
          line: indexed === document && json !== undefined ? json : toJson(indexed),
        });
      index++;
    }
    try {
      const waiting = [...packLines(upserts, this.#mostBytes)];
      for (let batch = waiting.shift(); batch !== undefined; batch = waiting.shift()) {
        const outcomes = await this.#import(collection, batch, known.schema, signal);
        if (outcomes === undefined) {
          const middle = Math.ceil(batch.length / 2);
          waiting.unshift(batch.slice(0, middle), batch.slice(middle));
          continue;
        }
        let n = 0;
        for (const { index } of batch) results[index] = outcomes[n++];
        const pressure = outcomes.find((outcome) => outcome instanceof BackPressure);
        if (pressure !== undefined) throw pressure;
      }
      for (const group of groupsOf(removals)) {
        await this.#remove(collection, group, signal);
        for (const { index } of group) results[index] = 'done';
      }
    } catch (error) {
      signal?.throwIfAborted();
      const fault = Fault.from(error);
      return results.map((result) => result ?? fault);
    }
    return results.map(
      (result) => result ?? new Fault('transient', `${collection}: nothing is known of a write`),
    );
  }

  /** What became of each of the lines, in their order; undefined where nothing of them was taken, as they are too many together. */
  async #import(
    collection: string,
    batch: readonly Upsert[],
    schema: SearchSchema,
    signal: AbortSignal | undefined,
  ): Promise<readonly Done[] | undefined> {
    const [only, ...more] = batch;
    const lines = bodyOf(batch);
    const { status, body } = await this.#client.send(
      {
        method: 'POST',
        path: `${collectionPath(collection)}/documents/import`,
        query: { action: 'upsert' },
        body: lines,
        doing: `importing into ${collection}`,
        collection,
      },
      signal,
      [TOO_LARGE],
    );
    if (status === TOO_LARGE && only !== undefined) {
      if (more.length === 0) return [this.#tooLarge(collection, only.id, lines.length)];
      // Of several lines it says nothing of any one. Later ones are not to come back as well.
      this.#mostBytes = Math.min(this.#mostBytes, Math.ceil(lines.length / 2));
      return undefined;
    }
    const { outcomes, stopped } = readImportAnswer(body, batch.length);
    // What passed our own check is refused for another reason than the document, if the collection is another.
    const differs = outcomes.some(({ kind }) => kind === 'refused')
      ? await this.#difference(schema, signal)
      : undefined;
    return batch.map(({ id }, n) => {
      const outcome = outcomes[n] ?? { kind: 'unknown' };
      if (outcome.kind === 'written') return 'done';
      return (
        (outcome.kind === 'refused' ? differs : undefined) ??
        lineFault(this.#client.server, schema, id, outcome, stopped)
      );
    });
  }

  /** Why documents of the schema are refused that fit into it; undefined where the collection is as it says. */
  async #difference(schema: SearchSchema, signal: AbortSignal | undefined): Promise<Fault | undefined> {
    try {
      const differences = await compareCollection(this.#client, schema, signal);
      return differences.length === 0 ? undefined : differingFault(this.#client, schema, differences);
    } catch (error) {
      signal?.throwIfAborted();
      return Fault.from(error);
    }
  }

  /** Deletes the documents of a group, whether they are there or not. */
  async #remove(
    collection: string,
    group: readonly Placed[],
    signal: AbortSignal | undefined,
  ): Promise<void> {
    const [only] = group;
    const isFiltered = only !== undefined && isNameable(only.id);
    const doing = `deleting from ${collection}`;
    const path = `${collectionPath(collection)}/documents`;
    if (only === undefined) return;
    if (isFiltered) {
      const query = { filter_by: filterById(group.map(({ id }) => id)) };
      await this.#client.send({ method: 'DELETE', path, query, doing, collection }, signal);
      return;
    }
    const query = { ignore_not_found: 'true' };
    await this.#byId(
      { method: 'DELETE', path: documentPath(collection, only.id), query, doing, collection },
      signal,
    );
  }

  override async read(
    collection: string,
    ids: readonly string[],
    signal?: AbortSignal,
  ): Promise<readonly (DocumentFields | undefined | Fault)[]> {
    signal?.throwIfAborted();
    const results: (DocumentFields | Fault | undefined)[] = ids.map(() => undefined);
    // An empty id, or half a character, is no document's.
    const placed = ids.flatMap((id, index) => (id === '' || !id.isWellFormed() ? [] : [{ id, index }]));
    const groups = groupsOf(placed);
    for (const [n, group] of groups.entries())
      try {
        const found = await this.#found(collection, group, signal);
        for (const { id, index } of group) results[index] = found.get(id);
      } catch (error) {
        signal?.throwIfAborted();
        // What stands in the way of one request stands in that of all.
        const fault = Fault.from(error);
        for (const { index } of groups.slice(n).flat()) results[index] = fault;
        break;
      }
    return results;
  }

  async #found(
    collection: string,
    group: readonly Placed[],
    signal: AbortSignal | undefined,
  ): Promise<ReadonlyMap<string, DocumentFields>> {
    const found = new Map<string, DocumentFields>();
    const [only] = group;
    if (only === undefined) return found;
    const doing = `reading from ${collection}`;
    if (isNameable(only.id)) {
      const filter = filterById(group.map(({ id }) => id));
      for await (const { id, fields } of this.#export(collection, { filter_by: filter }, signal))
        found.set(id, fields);
      return found;
    }
    const path = documentPath(collection, only.id);
    const body = await this.#byId({ method: 'GET', path, doing, collection }, signal);
    if (body !== undefined) found.set(only.id, readDocument(body, this.#client.server).fields);
    return found;
  }

  /** One document's answer; undefined where there is none. Other answers of 404 are those of a collection, or of a proxy. */
  async #byId(
    request: Parameters<TypesenseClient['send']>[0],
    signal: AbortSignal | undefined,
  ): Promise<string | undefined> {
    const { status, body } = await this.#client.send(request, signal, [404]);
    if (status !== 404) return body;
    if (/could not find a document with id/i.test(body)) return undefined;
    throw this.#client.refusal(request, { status, body });
  }

  override documents(collection: string, signal?: AbortSignal): AsyncIterable<IndexedDocument> {
    return this.#export(collection, {}, signal);
  }

  /** Without a filter one iterator of the server's store, so documents as they were at one moment: src/core_api.cpp:1414. */
  async *#export(
    collection: string,
    query: Readonly<Record<string, string>>,
    signal: AbortSignal | undefined,
  ): AsyncGenerator<IndexedDocument> {
    signal?.throwIfAborted();
    const path = `${collectionPath(collection)}/documents/export`;
    const request = { method: 'GET', path, query, doing: `exporting ${collection}`, collection } as const;
    for await (const line of this.#client.lines(request, signal))
      yield readDocument(line, this.#client.server);
  }

  #tooLarge(collection: string, id: string, bytes: number): Fault {
    const problem = `${this.#client.server} answered ${TOO_LARGE}: it, or what stands before it, takes no document as large as this one`;
    return new Fault(
      'permanent',
      `${collection} ${JSON.stringify(id)}: ${problem}, which has ${bytes.toLocaleString('en')} bytes`,
      { reason: `${collection}: ${problem}` },
    );
  }

  #unknownCollection(collection: string): Fault {
    return new Fault(
      'configuration',
      `collection ${JSON.stringify(collection)} has no schema here: give one for every collection that is written to`,
    );
  }
}

const NONE = fieldsByName({ collection: '', fields: [] });

/** The status of a request that is too large for a server, or a proxy before it. */
const TOO_LARGE = 413;
