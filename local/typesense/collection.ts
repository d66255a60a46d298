import { isRecord, type Json, readJson, writeJson } from './json.ts';
import { dirtyValue, type Field } from './schema.ts';

/** What an import says of one line, and how it is written. */
export interface LineResult {
  readonly code: number;
  readonly error: string;
}

/** A collection, its documents as JSON. */
export class Collection {
  readonly name: string;
  readonly fields: readonly Field[];
  readonly settings: Readonly<Record<string, Json>>;
  readonly documents = new Map<string, string>();

  constructor(name: string, fields: readonly Field[], settings: Readonly<Record<string, Json>>) {
    this.name = name;
    this.fields = fields;
    this.settings = settings;
  }

  get summary(): Record<string, Json> {
    return {
      created_at: 0,
      default_sorting_field: '',
      enable_nested_fields: false,
      symbols_to_index: [],
      token_separators: [],
      ...this.settings,
      // What ends so is not shown (src/collection.cpp:342-351).
      fields: this.fields.filter(({ name }) => !name.endsWith('_sequence_id')),
      name: this.name,
      num_documents: this.documents.size,
    };
  }

  /** Carries out one line of an import (src/collection.cpp:245-330, 535-620). */
  import(line: string, action: string): LineResult | undefined {
    let document: Json;
    try {
      document = readJson(line);
    } catch (error) {
      // It cites the text around the mistake, and before 30.2 unescaped.
      const message = `[json.exception.parse_error.101] parse error: ${(error as Error).message}; last read: '${line.slice(0, 60)}'`;
      return { code: 400, error: `Bad JSON: ${message}` };
    }
    if (!isRecord(document)) return { code: 400, error: 'Bad JSON: not a properly formed document.' };
    const id = document['id'];
    if (id === '') return { code: 400, error: 'The `id` should not be empty.' };
    if (typeof id !== 'string') return { code: 400, error: "Document's `id` field should be a string." };
    const before = this.documents.get(id);
    if (action === 'create' && before !== undefined)
      return { code: 409, error: `A document with id ${id} already exists.` };
    if (action === 'update' && before === undefined)
      return { code: 404, error: `Could not find a document with id: ${id}` };
    const isMerged = before !== undefined && (action === 'update' || action === 'emplace');
    const whole = isMerged ? { ...(readJson(before) as object), ...document } : document;
    const error = dirtyValue(whole, this.fields);
    if (error !== undefined) return { code: 400, error };
    this.documents.set(id, writeJson(whole));
    return undefined;
  }
}
