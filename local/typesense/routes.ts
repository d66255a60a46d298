import { Collection } from './collection.ts';
import { idsIn } from './filter.ts';
import { importLines } from './import-lines.ts';
import { isRecord, type Json, readJson, writeJson } from './json.ts';
import { declaredField, type Field } from './schema.ts';

export interface Request {
  readonly method: string;
  /** Without its query, as it came. */
  readonly path: string;
  readonly query: string;
  readonly body: Buffer;
}

export interface Answer {
  readonly status: number;
  readonly body: string;
}

/** How an import is carried out, beside what its request says. */
export interface ImportSettings {
  readonly escapesErrors: boolean;
  readonly stopsAfter?: number | undefined;
}

/** The collections and aliases of a server, and what it answers (src/core_api.cpp, src/collection_manager.cpp). */
export class Routes {
  readonly collections = new Map<string, Collection>();
  readonly aliases = new Map<string, string>();

  answer({ method, path, query, body }: Request, settings: ImportSettings): Answer {
    // Empty parts are dropped; each is decoded once, and + is a space (src/string_utils.h:135-153).
    const [root, name, documents, id, ...rest] = path
      .split('/')
      .filter((part) => part !== '')
      .map(decoded);
    const params = parametersOf(query);
    if (rest.length > 0) return NOT_FOUND;
    if (root === 'health' && name === undefined) return { status: 200, body: '{"ok":true}' };
    if (root === 'aliases' && name !== undefined && documents === undefined)
      return this.#alias(method, name, body);
    if (root !== 'collections') return NOT_FOUND;
    if (name === undefined && method === 'GET') return this.#summaries();
    if (name === undefined) return method === 'POST' ? this.#create(body) : NOT_FOUND;
    // Parameters of the query go before those of the path (src/http_server.cpp:521).
    const collection = this.#collection(params.get('collection') ?? name);
    if (documents === undefined) return this.#summaryOrDrop(method, name, collection);
    if (documents !== 'documents') return NOT_FOUND;
    if (collection === undefined) return COLLECTION_NOT_FOUND;
    if (method === 'POST' && id === 'import') return imported(collection, body, params, settings);
    if (method === 'GET' && id === 'export') return exported(collection, params);
    if (method === 'DELETE' && id === undefined) return removedByFilter(collection, params);
    // The routes that come before it take their names from it: no document of id export can be read so.
    return id === undefined || id === 'search'
      ? NOT_FOUND
      : byId(method, collection, params.get('id') ?? id, params);
  }

  #collection(name: string): Collection | undefined {
    return this.collections.get(name) ?? this.collections.get(this.aliases.get(name) ?? '');
  }

  #create(body: Buffer): Answer {
    const { name, fields, ...settings } = readJson(body.toString()) as Record<string, Json>;
    if (typeof name !== 'string' || name === '') return problem(400, 'Parameter `name` is required.');
    if (!Array.isArray(fields) || fields.length === 0)
      return problem(400, 'The `fields` value should be an array of objects.');
    if (this.collections.has(name)) return problem(409, `A collection with name \`${name}\` already exists.`);
    const declared = fields.map(declaredField);
    const wrong = declared.find((field) => typeof field === 'string');
    if (wrong !== undefined) return problem(400, wrong);
    const collection = new Collection(name, declared.filter(isField), settings);
    this.collections.set(name, collection);
    return { status: 201, body: writeJson(collection.summary) };
  }

  /** All of them, however many (get_collections in src/core_api.cpp: no limit unless one is asked for). */
  #summaries(): Answer {
    const summaries = Array.from(this.collections.values(), ({ summary }) => summary);
    return { status: 200, body: writeJson(summaries) };
  }

  #summaryOrDrop(method: string, name: string, collection: Collection | undefined): Answer {
    if (method === 'GET')
      return collection === undefined
        ? COLLECTION_NOT_FOUND
        : { status: 200, body: writeJson(collection.summary) };
    if (method !== 'DELETE') return NOT_FOUND;
    if (collection === undefined) return problem(404, `No collection with name \`${name}\` found.`);
    // By the name of an alias too (src/collection_manager.cpp:869-880).
    this.collections.delete(collection.name);
    return { status: 200, body: writeJson(collection.summary) };
  }

  #alias(method: string, name: string, body: Buffer): Answer {
    const told = (target: string) => ({
      status: 200,
      body: JSON.stringify({ name, collection_name: target }),
    });
    if (method === 'PUT') {
      const given = readJson(body.toString());
      const target = isRecord(given) ? given['collection_name'] : undefined;
      if (typeof target !== 'string') return problem(400, 'Parameter `collection_name` is required.');
      if (this.collections.has(name))
        return problem(500, `Name \`${name}\` conflicts with an existing collection name.`);
      // The collection need not be there (src/collection_manager.cpp:959).
      this.aliases.set(name, target);
      return told(target);
    }
    const target = this.aliases.get(name);
    if (target === undefined) return COLLECTION_NOT_FOUND;
    if (method === 'DELETE') this.aliases.delete(name);
    else if (method !== 'GET') return NOT_FOUND;
    return told(target);
  }
}

function imported(
  collection: Collection,
  body: Buffer,
  params: Parameters,
  settings: ImportSettings,
): Answer {
  const action = params.get('action') ?? 'create';
  if (!['create', 'update', 'upsert', 'emplace'].includes(action))
    return problem(400, 'Parameter `action` must be a create|update|upsert.');
  return { status: 200, body: importLines(collection, body, { ...settings, action }) };
}

function exported(collection: Collection, params: Parameters): Answer {
  const filter = params.get('filter_by');
  const found = filter === undefined ? 'all' : idsIn(filter);
  if (isProblem(found)) return problem(400, found.problem);
  const lines = [...collection.documents].flatMap(([id, json]) =>
    found === 'all' || found.has(id) ? [json] : [],
  );
  return { status: 200, body: lines.join('\n') };
}

function removedByFilter(collection: Collection, params: Parameters): Answer {
  const filter = params.get('filter_by');
  if (filter === undefined) return problem(400, 'Parameter `filter_by` must be provided.');
  const found = idsIn(filter);
  if (isProblem(found)) return problem(400, found.problem);
  const ids = found === 'all' ? [...collection.documents.keys()] : [...found];
  const removed = ids.filter((id) => collection.documents.delete(id));
  // Only a number (src/core_api.cpp:1971-2130).
  return { status: 200, body: JSON.stringify({ num_deleted: removed.length }) };
}

function byId(method: string, collection: Collection, id: string, params: Parameters): Answer {
  if (method !== 'GET' && method !== 'DELETE') return NOT_FOUND;
  const json = collection.documents.get(id);
  if (json === undefined)
    return method === 'DELETE' && params.get('ignore_not_found') === 'true'
      ? { status: 200, body: JSON.stringify({ id }) }
      : problem(404, `Could not find a document with id: ${id}`);
  if (method === 'DELETE') collection.documents.delete(id);
  return { status: 200, body: json };
}

type Parameters = ReadonlyMap<string, string>;

function parametersOf(query: string): Parameters {
  const pairs = query.split('&').map((pair) => /^([^=]*)=?(.*)$/s.exec(pair) ?? ['', '', '']);
  return new Map(pairs.map(([, name = '', value = '']) => [decoded(name), decoded(value)]));
}

function decoded(text: string): string {
  return decodeURIComponent(text.replaceAll('+', ' '));
}

/** What the server answers with in all but few cases: not escaped (include/http_data.h:116-170). */
export function problem(status: number, message: string): Answer {
  return { status, body: `{"message": "${message}"}` };
}

const NOT_FOUND = problem(404, 'Not Found');
const COLLECTION_NOT_FOUND = problem(404, 'Collection not found');

function isProblem(found: object | string): found is { readonly problem: string } {
  return typeof found === 'object' && 'problem' in found;
}

function isField(field: Field | string): field is Field {
  return typeof field !== 'string';
}
