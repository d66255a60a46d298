import { documentNow } from '../../domain/document-now.ts';
import { rowOfDocument } from '../../domain/drift/row-of.ts';
import { Fault } from '../../domain/fault.ts';
import { type ItemKey, itemKey, type Row } from '../../domain/row.ts';
import type { SearchAction } from '../../domain/search-action.ts';
import { type DocumentKey, type DocumentModel, documentName } from '../../domain/search-document.ts';
import type { SearchFence } from '../../domain/search-fence.ts';
import type { RowModel, TableModel } from '../../domain/table-model.ts';
import { fillVersion } from '../../domain/version.ts';
import type { Clock } from '../ports/clock.ts';
import type { SearchFences } from '../ports/search-fences.ts';
import type { SearchQueue } from '../ports/search-queue.ts';
import type { SourceRows } from '../ports/source-rows.ts';
import type { Result } from '../result.ts';
import type { Retrier } from '../retry.ts';
import { NO_LIMIT } from '../time-limit.ts';

export interface ClearDocumentsParts {
  readonly model: TableModel;
  readonly fences: Pick<SearchFences, 'load'>;
  readonly queue: SearchQueue;
  readonly rows: SourceRows;
  readonly retrier: Retrier;
  readonly clock: Clock;
}

/** The row that a document is of by a definition, and by which derivation. */
export interface OwnerOfDocument {
  readonly row: Row;
  readonly model: DocumentModel;
}

/**
 * Which row a document is of by a definition: none that there can be, or one that is not told by its id alone.
 *
 * @param known the parts of some row of a kind: what an id leaves out is the same in all of them.
 */
export function ownerOfDocument(
  table: TableModel,
  { collection, id }: DocumentKey,
  known: (kind: RowModel) => readonly string[] | undefined = () => undefined,
): OwnerOfDocument | 'none' | 'unknown' {
  let found: 'none' | 'unknown' = 'none';
  for (const kind of table.rows)
    for (const model of kind.documents) {
      if (model.collection !== collection) continue;
      const row = rowOfDocument(table, kind, model, id, known(kind));
      if (row === 'unknown') found = 'unknown';
      else if (row !== 'none') return { row, model };
    }
  return found;
}

export interface ListedDocument {
  readonly key: DocumentKey;
  readonly row: ItemKey | 'none';
}

/** Has documents deleted that no row gives: through the queue, behind their fences. */
export class ClearDocuments {
  readonly #parts: ClearDocumentsParts;

  constructor(parts: ClearDocumentsParts) {
    this.#parts = parts;
  }

  /**
   * Of each document the fence is read first, then its row. What says after that that there is no such document has seen all that the fence knows
   * of; the deletion follows the fence, and whatever the worker sends of a later change passes it.
   *
   * - Idempotent, and beside any number of workers and indexers.
   * - A document of a row that the definition refuses stays.
   *
   * @returns how many deletions were sent.
   * @throws Fault where something could not be read or sent, whatever was tried.
   */
  async execute(documents: readonly ListedDocument[]): Promise<number> {
    const cleared = new Set<string>();
    const faults = await this.#parts.retrier.run(
      documents,
      (some, signal) => this.#attempt(some, cleared, signal),
      NO_LIMIT,
    );
    for (const fault of faults) if (fault !== undefined) throw fault;
    return cleared.size;
  }

  async #attempt(
    documents: readonly ListedDocument[],
    cleared: Set<string>,
    signal: AbortSignal,
  ): Promise<readonly (Result | undefined)[]> {
    const { fences, queue, clock } = this.#parts;
    const found = await fences.load(
      documents.map(({ key }) => key),
      signal,
    );
    const at = clock.now();
    const needless = await this.#needless(documents, signal);
    const results: (Result | undefined)[] = [];
    const sent: { readonly index: number; readonly action: SearchAction }[] = [];
    for (const [index, document] of documents.entries()) {
      const [fence, isNeedless] = [found[index], needless[index]];
      if (Fault.is(fence)) results[index] = fence;
      else if (Fault.is(isNeedless)) results[index] = isNeedless;
      else if (fence === undefined || fence.removed || isNeedless !== true) results[index] = 'done';
      else sent.push({ index, action: deletionOf(document, fence, at) });
    }
    const answers =
      sent.length === 0
        ? []
        : await queue.send(
            sent.map(({ action }) => action),
            signal,
          );
    for (const [place, { index, action }] of sent.entries()) {
      results[index] = answers[place];
      if (answers[place] === 'done') cleared.add(documentName(action.key));
    }
    return results;
  }

  /** Whether each document is one that no row gives now. */
  async #needless(
    documents: readonly ListedDocument[],
    signal: AbortSignal,
  ): Promise<readonly (boolean | Fault)[]> {
    const { model, rows } = this.#parts;
    const keys = new Map(
      documents.flatMap(({ row }) => (row === 'none' ? [] : [[itemKey(row), row] as const])),
    );
    const read = keys.size === 0 ? [] : await rows.read([...keys.values()], signal);
    const byItem = new Map([...keys.keys()].map((item, index) => [item, read[index]]));
    return documents.map(({ key, row }) => {
      if (row === 'none') return true;
      const attributes = byItem.get(itemKey(row));
      if (Fault.is(attributes)) return attributes;
      try {
        return documentNow(model, key, row, attributes) === undefined;
      } catch {
        // Nothing is changed of a row that the definition refuses.
        return false;
      }
    });
  }
}

function deletionOf({ key, row }: ListedDocument, fence: SearchFence, at: number): SearchAction {
  const version = fillVersion(fence.version, at);
  const sequence = [version.generation, version.epoch, version.sequence, version.fill].join(' ');
  // Of a document that no row can have, the indexer has none to look at.
  return {
    ...{ key, version, identity: { stream: 'fill', sequence }, document: undefined },
    row: row === 'none' ? undefined : row,
  };
}
