import { type FileHandle, open, rename, rm, stat } from 'node:fs/promises';
import { compareTexts } from '../../../domain/compare-texts.ts';
import { toJson } from '../../../domain/json.ts';
import type { DerivedState } from '../../../application/ports/derived-state.ts';
import { Fault } from '../../../domain/fault.ts';
import type { DocumentFields } from '../../../domain/search-document.ts';
import type { ReplayFailure } from './failures.ts';

/** A file that appears whole or not at all: written beside its place, then moved there. */
export class StateFile {
  readonly #path: string;
  readonly #handle: FileHandle;
  readonly #temporary: string | undefined;

  private constructor(path: string, handle: FileHandle, temporary: string | undefined) {
    this.#path = path;
    this.#handle = handle;
    this.#temporary = temporary;
  }

  /** @throws Fault `configuration` when the file cannot be written: found out before the work, not after. */
  static async create(path: string): Promise<StateFile> {
    try {
      const existing = await stat(path).catch(() => undefined);
      if (existing?.isDirectory()) throw new Error('it is a directory');
      // A device or a pipe is written to, never replaced.
      if (existing !== undefined && !existing.isFile())
        return new StateFile(path, await open(path, 'w'), undefined);
      const temporary = `${path}.${process.pid}.tmp`;
      return new StateFile(path, await open(temporary, 'w'), temporary);
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      throw new Fault('configuration', `cannot write the state file ${path}: ${reason}`, { cause: error });
    }
  }

  async write(chunks: AsyncIterable<string>): Promise<void> {
    let pending = '';
    for await (const chunk of chunks) {
      pending += chunk;
      if (pending.length < 1 << 16) continue;
      await this.#handle.write(pending);
      pending = '';
    }
    await this.#handle.write(pending);
    await this.#handle.close();
    if (this.#temporary !== undefined) await rename(this.#temporary, this.#path);
  }

  /** Leaves no trace; for when there is nothing to write after all. */
  async discard(): Promise<void> {
    await this.#handle.close();
    if (this.#temporary !== undefined) await rm(this.#temporary, { force: true });
  }
}

/** The derived state as JSON text in pieces, every list sorted, one item a line. */
export async function* stateJson(
  state: DerivedState,
  searchActions: number,
  failures: readonly ReplayFailure[],
): AsyncGenerator<string> {
  const collections = new Map<string, [string, DocumentFields][]>();
  for await (const { key, fields } of state.documents()) {
    const documents = collections.get(key.collection) ?? [];
    documents.push([key.id, fields]);
    collections.set(key.collection, documents);
  }
  yield '{\n  "search": {';
  let separator = '\n';
  for (const [collection, documents] of [...collections].sort(([a], [b]) => compareTexts(a, b))) {
    yield `${separator}    ${toJson(collection)}: {`;
    documents.sort(([a], [b]) => compareTexts(a, b));
    let comma = '\n';
    for (const [id, fields] of documents) {
      yield `${comma}      ${toJson(id)}: ${toJson(fields)}`;
      comma = ',\n';
    }
    yield '\n    }';
    separator = ',\n';
  }
  yield `${collections.size === 0 ? '' : '\n  '}},\n  "searchActions": ${searchActions},\n  "defaultImages": `;

  const defaultImages = [];
  for await (const { entity, image } of state.defaultImages())
    defaultImages.push([entity.orgId, entity.entityType, entity.entityId, image.imageId] as const);
  defaultImages.sort(byFields);
  yield* lines(
    defaultImages.map(([org_id, entity_type, entity_id, image_id]) => ({
      org_id,
      entity_type,
      entity_id,
      image_id,
    })),
  );

  yield ',\n  "matcher": ';
  const counts = [];
  for await (const { tuple, count } of state.tupleCounts())
    counts.push([tuple.manufacturer, tuple.model, tuple.typeDesignator, String(count)] as const);
  counts.sort(byFields);
  yield* lines(
    counts.map(([manufacturer, model, type_designator, count]) => ({
      manufacturer,
      model,
      type_designator,
      count: Number(count),
    })),
  );

  yield ',\n  "failures": ';
  yield* lines(failures);
  yield '\n}\n';
}

function* lines(items: readonly object[]): Generator<string> {
  yield '[';
  for (const [index, item] of items.entries()) yield `${index === 0 ? '' : ','}\n    ${JSON.stringify(item)}`;
  yield items.length === 0 ? ']' : '\n  ]';
}

function byFields(a: readonly string[], b: readonly string[]): number {
  for (const [index, text] of a.entries()) {
    const order = compareTexts(text, b[index] ?? '');
    if (order !== 0) return order;
  }
  return 0;
}
