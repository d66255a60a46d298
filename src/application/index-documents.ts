import { groupBy } from '../domain/coalesce.ts';
import { documentNow } from '../domain/document-now.ts';
import { Fault } from '../domain/fault.ts';
import type { DocumentFields, DocumentKey } from '../domain/search-document.ts';
import type { TableModel } from '../domain/table-model.ts';
import { BackPressure } from './back-pressure.ts';
import { again, type IndexOutcome } from './index-outcome.ts';
import { IndexWork, type PlacedAction } from './index-work.ts';
import type { ReceivedAction } from './ports/search-action-source.ts';
import type { SearchFences } from './ports/search-fences.ts';
import type { CollectionWrite, SearchIndex } from './ports/search-index.ts';
import type { SourceRows } from './ports/source-rows.ts';
import type { Result } from './result.ts';
import { OutOfTime, type Retrier } from './retry.ts';
import { NO_LIMIT, type TimeLimit } from './time-limit.ts';

/** What became of a batch of messages. */
export interface IndexResult {
  /** One outcome per message, in the order of the messages. */
  readonly outcomes: readonly IndexOutcome[];
  /** Documents that may be out of date, as none of their messages says which row they are of. */
  readonly unrepaired: readonly DocumentKey[];
}

export interface IndexDependencies {
  /** Says what the document of a row is. */
  readonly model: TableModel;
  readonly index: SearchIndex;
  readonly fences: SearchFences;
  readonly rows: SourceRows;
  readonly retrier: Retrier;
}

/** A document, with what is to be written for it. */
interface Write {
  readonly work: IndexWork;
  readonly document: DocumentFields | undefined;
}

/** Carries out the actions of the search queue: the index then has each document as its newest action says. */
export class IndexDocuments {
  readonly #deps: IndexDependencies;

  constructor(deps: IndexDependencies) {
    this.#deps = deps;
  }

  /**
   * Carries out a batch's actions, of each document the newest one, collections at once, and in one request where the index has
   * `applyToAll`. A message whose outcome is `done`
   * may be acknowledged: the index has its document, or a newer one, and the document's fence says so.
   *
   * - Never throws for what a message holds, nor for what a port answers: those are outcomes.
   * - Order: a document's messages may come in any order, and in several batches.
   * - Idempotency: a message that comes again changes nothing, or repairs what may have been overwritten.
   * - Concurrency: any number of batches, processes and documents. An index that has to take the documents of a collection one
   *   call after the other must be given one batch at a time of each.
   * - A write is tried once. One of which it is not known whether it took effect may yet do so, and its messages must not be
   *   tried again before their delay is over (`LATE_MS`); in the same process or not.
   * - Returns as soon as the time is up; what is not done by then is to be tried again. No write is sent once no time remains.
   */
  async execute(received: readonly ReceivedAction[], limit: TimeLimit = NO_LIMIT): Promise<IndexResult> {
    const outcomes: IndexOutcome[] = [];
    const placed: PlacedAction[] = [];
    for (const { action, receives } of received) {
      const index = outcomes.push(Fault.is(action) ? again(action) : UNSETTLED) - 1;
      if (!Fault.is(action)) placed.push({ index, action, isRepeated: receives > 1 });
    }
    const byCollection = Array.from(groupBy(placed, collectionOf).values(), (some) =>
      Array.from(groupBy(some, idOf).values(), (group) => new IndexWork(group, outcomes)),
    );
    const lists = this.#deps.index.applyToAll === undefined ? byCollection : [byCollection.flat()];
    await Promise.all(lists.map((works) => this.#indexAll(works, limit)));
    const unrepaired = byCollection.flat().flatMap(({ key, isUnrepaired }) => (isUnrepaired ? key : []));
    return { outcomes, unrepaired };
  }

  /** Works on documents until it is known what becomes of each message: of one collection, or of all where the index takes them together. */
  async #indexAll(works: readonly IndexWork[], limit: TimeLimit): Promise<void> {
    for (let pending = works; pending.length > 0; pending = pending.filter(({ isOver }) => !isOver)) {
      const faults = await this.#deps.retrier.run(
        pending,
        (some, signal) => this.#attempt(some, { ...limit, signal }),
        limit,
      );
      for (const [index, work] of pending.entries()) {
        const fault = faults[index];
        if (fault !== undefined) work.fail(fault);
      }
    }
  }

  /** `done` also for those of which a write has failed: that is noted, and not tried again at once. */
  async #attempt(all: readonly IndexWork[], limit: TimeLimit): Promise<readonly Result[]> {
    const { signal } = limit;
    // What failed for all may have come so far with some.
    const works = all.filter(({ isOver }) => !isOver);
    const results = new Map<IndexWork, Result>();
    // First of all: what is read and written from here on is not older than the fence.
    const fences = await this.#deps.fences.load(
      works.map(({ key }) => key),
      signal,
    );
    const deciding: IndexWork[] = [];
    let index = 0;
    for (const work of works) {
      const fence = fences[index++];
      if (Fault.is(fence)) results.set(work, fence);
      else {
        work.decide(fence);
        if (work.decision === 'none') work.settle();
        else deciding.push(work);
      }
    }
    const writes = await this.#documentsOf(deciding, signal, results);
    const written = await this.#write(writes, limit);
    await this.#advance(written, signal, results);
    return all.map((work) => results.get(work) ?? 'done');
  }

  /** What each document must be: as its newest action says, or as its row is now. Failures go to the results. */
  async #documentsOf(
    works: readonly IndexWork[],
    signal: AbortSignal,
    results: Map<IndexWork, Result>,
  ): Promise<readonly Write[]> {
    const writes: Write[] = [];
    const repaired: { readonly work: IndexWork; readonly row: NonNullable<IndexWork['row']> }[] = [];
    for (const work of works) {
      if (work.decision === 'repair' && work.row !== undefined) repaired.push({ work, row: work.row });
      else writes.push({ work, document: work.newest.document });
    }
    if (repaired.length === 0) return writes;
    signal.throwIfAborted();
    const rows = await this.#deps.rows.read(
      repaired.map(({ row }) => row),
      signal,
    );
    for (const [index, { work, row }] of repaired.entries()) {
      const attributes = rows[index];
      try {
        if (Fault.is(attributes)) throw attributes;
        writes.push({ work, document: documentNow(this.#deps.model, work.key, row, attributes) });
      } catch (error) {
        results.set(work, Fault.from(error));
      }
    }
    return writes;
  }

  /** @returns those that were written. What became of the others is noted. */
  async #write(writes: readonly Write[], { signal, remaining }: TimeLimit): Promise<readonly Write[]> {
    const [first] = writes;
    if (first === undefined) return [];
    signal.throwIfAborted();
    if (remaining() <= 0) throw new OutOfTime('it was not written');
    for (const { work } of writes) work.isUnderWay = true;
    const { collection } = first.work.key;
    const asked = writes.map(({ work, document }) => ({
      collection: work.key.collection,
      write: work.writeOf(document),
    }));
    const results = await this.#applied(collection, asked, signal);
    return writes.filter(({ work }, index) => {
      const result = results[index] ?? NOT_KNOWN;
      if (result === 'done') {
        work.isUnderWay = false;
        work.wrote();
        return true;
      }
      work.isUnderWay = mayTakeEffect(result);
      if (result.kind === 'permanent' && work.decision === 'write') work.refuse(result);
      else work.fail(result);
      return false;
    });
  }

  /** @param collection all writes are of it, unless the index takes those of several together. */
  async #applied(collection: string, writes: readonly CollectionWrite[], signal: AbortSignal) {
    const { index } = this.#deps;
    try {
      const results = await (index.applyToAll?.(writes, signal) ??
        index.apply(
          collection,
          writes.map(({ write }) => write),
          signal,
        ));
      // Nobody waits any more, and it is said already that nothing is known of them.
      signal.throwIfAborted();
      return results;
    } catch (error) {
      signal.throwIfAborted();
      const fault = Fault.from(error);
      return writes.map(() => fault);
    }
  }

  /** Failures go to the results. */
  async #advance(
    written: readonly Write[],
    signal: AbortSignal,
    results: Map<IndexWork, Result>,
  ): Promise<void> {
    if (written.length === 0) return;
    signal.throwIfAborted();
    const moves = written.map(({ work, document }) => work.moveTo(document));
    const moved = await this.#deps.fences.advance(moves, signal);
    let index = 0;
    for (const { work } of written) {
      const result = moved[index++] ?? NOT_KNOWN;
      if (result === 'done') work.settle();
      else results.set(work, result);
    }
  }
}

function collectionOf({ action: { key } }: PlacedAction): string {
  return key.collection;
}

function idOf({ action: { key } }: PlacedAction): string {
  return key.id;
}

const NOT_KNOWN = new Fault('transient', 'the adapter gave no result for this document');

/** Of a message until it is known what becomes of it. */
const UNSETTLED = again(NOT_KNOWN);

/** Whether a write may yet take effect, or have done so. What an engine refuses, it does not carry out later. */
function mayTakeEffect(fault: Fault): boolean {
  return (fault.kind === 'transient' || fault.kind === 'conflict') && !(fault instanceof BackPressure);
}
