import { groupBy } from '../domain/coalesce.ts';
import type { SyncSearchDocumentCommand } from '../domain/command.ts';
import { coalesceSearch, type SearchAction } from '../domain/search-action.ts';
import type { SearchQueue } from './ports/search-queue.ts';
import type { Attempted, EffectSettler } from './settle-effects.ts';
import { NO_LIMIT, type TimeLimit } from './time-limit.ts';
import { FailedCommands, type UseCaseResult } from './use-case-result.ts';

export type SearchTally = 'upserts' | 'deletes' | 'unchanged';

interface Work {
  readonly action: SearchAction;
  readonly deciding: readonly SyncSearchDocumentCommand[];
}

/** Sends the index what a batch's changes did to its documents: one action a document at the most. */
export class SyncSearchDocument {
  readonly #queue: SearchQueue;
  readonly #settler: EffectSettler;

  constructor(queue: SearchQueue, settler: EffectSettler) {
    this.#queue = queue;
    this.#settler = settler;
  }

  /**
   * `unchanged` counts commands that asked for nothing; `upserts` and `deletes` count actions sent. Idempotent:
   * repeated actions are dropped by the queue or by the index's fence.
   */
  async execute(
    commands: readonly SyncSearchDocumentCommand[],
    limit: TimeLimit = NO_LIMIT,
  ): Promise<UseCaseResult<SearchTally>> {
    const tally = { upserts: 0, deletes: 0, unchanged: 0 };
    const work: Work[] = [];
    for (const group of groupBy(commands, ({ change }) => change.item).values()) {
      const deciding = group.filter(({ decision }) => decision.action !== 'none');
      tally.unchanged += group.length - deciding.length;
      const action = coalesceSearch(deciding);
      if (action !== undefined) work.push({ action, deciding });
    }

    const send = async (pending: readonly Work[], signal: AbortSignal): Promise<readonly Attempted[]> => {
      const results = await this.#queue.send(
        pending.map(({ action }) => action),
        signal,
      );
      return results.map((result) => (result === 'sent' ? 'done' : result));
    };
    const failed = new FailedCommands();
    const faults = await this.#settler.settle(work, send, limit);
    for (const [index, { action, deciding }] of work.entries()) {
      const fault = faults[index];
      if (fault !== undefined) failed.add(deciding, fault);
      else if (action.document === undefined) tally.deletes++;
      else tally.upserts++;
    }
    return { failed, tally };
  }
}
