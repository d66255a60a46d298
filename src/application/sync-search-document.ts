import { coalesceSearch, type SearchAction } from '../domain/search-action.ts';
import { groupBy } from '../domain/coalesce.ts';
import type { SyncSearchDocumentCommand } from '../domain/command.ts';
import type { SearchQueue } from './ports/search-queue.ts';
import { FailedCommands, type UseCaseResult } from './use-case-result.ts';

export type SearchTally = 'upserts' | 'deletes' | 'unchanged';

/** Sends the index what a batch's changes did to its documents: one action a document at the most. */
export class SyncSearchDocument {
  readonly #queue: SearchQueue;

  constructor(queue: SearchQueue) {
    this.#queue = queue;
  }

  /**
   * `unchanged` counts commands that asked for nothing; `upserts` and `deletes` count actions sent. Idempotent:
   * repeated actions are dropped by the queue or by the index's fence.
   */
  async execute(commands: readonly SyncSearchDocumentCommand[]): Promise<UseCaseResult<SearchTally>> {
    const tally = { upserts: 0, deletes: 0, unchanged: 0 };
    const work: { action: SearchAction; deciding: SyncSearchDocumentCommand[] }[] = [];
    for (const group of groupBy(commands, ({ change }) => change.item).values()) {
      const deciding = group.filter(({ decision }) => decision.action !== 'none');
      tally.unchanged += group.length - deciding.length;
      const action = coalesceSearch(deciding);
      if (action !== undefined) work.push({ action, deciding });
    }

    const failed = new FailedCommands();
    if (work.length === 0) return { failed, tally };
    const results = await this.#queue.send(work.map(({ action }) => action));
    for (const [index, { action, deciding }] of work.entries()) {
      const result = results[index];
      if (result !== 'sent') failed.add(deciding, result);
      else if (action.document === undefined) tally.deletes++;
      else tally.upserts++;
    }
    return { failed, tally };
  }
}
