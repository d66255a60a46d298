import { groupBy } from '../domain/coalesce.ts';
import type { SyncSearchDocumentCommand } from '../domain/command.ts';
import { coalesceSearch, type SearchAction } from '../domain/search-action.ts';
import { AcceptedActions } from './accepted-actions.ts';
import type { SearchQueue } from './ports/search-queue.ts';
import type { Attempted, EffectSettler } from './settle-effects.ts';
import { NO_LIMIT, type TimeLimit } from './time-limit.ts';
import { FailedCommands, type UseCaseResult } from './use-case-result.ts';

export type SearchTally = 'upserts' | 'deletes' | 'unchanged' | 'repeated';

export interface SearchResult extends UseCaseResult<SearchTally> {
  /** The actions that the queue has accepted, now or at an earlier attempt at the batch. */
  readonly accepted: readonly SearchAction[];
}

interface Work {
  readonly action: SearchAction;
  readonly deciding: readonly SyncSearchDocumentCommand[];
}

/** Sends the index what a batch's changes did to its documents: one action a document at the most. */
export class SyncSearchDocument {
  readonly #queue: SearchQueue;
  readonly #settler: EffectSettler;
  readonly #accepted: AcceptedActions;

  constructor(queue: SearchQueue, settler: EffectSettler, accepted = new AcceptedActions()) {
    this.#queue = queue;
    this.#settler = settler;
    this.#accepted = accepted;
  }

  /**
   * `unchanged` counts commands that asked for nothing; `upserts` and `deletes` count actions sent; `repeated` those
   * not sent again. Idempotent: repeated actions are dropped by the queue or by the index's fence.
   */
  async execute(
    commands: readonly SyncSearchDocumentCommand[],
    limit: TimeLimit = NO_LIMIT,
  ): Promise<SearchResult> {
    const tally = { upserts: 0, deletes: 0, unchanged: 0, repeated: 0 };
    const work: Work[] = [];
    const accepted: SearchAction[] = [];
    for (const group of groupBy(commands, ({ change }) => change.item).values()) {
      const deciding = group.filter(({ decision }) => decision.action !== 'none');
      tally.unchanged += group.length - deciding.length;
      const action = coalesceSearch(deciding);
      if (action === undefined) continue;
      if (this.#accepted.has(action)) accepted.push(action);
      else work.push({ action, deciding });
    }
    tally.repeated = accepted.length;

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
      if (fault !== undefined) {
        failed.add(deciding, fault);
        continue;
      }
      accepted.push(action);
      tally[action.document === undefined ? 'deletes' : 'upserts']++;
    }
    return { failed, tally, accepted };
  }

  /**
   * To be called when it is known what becomes of a batch. Of one that is delivered again, this worker does not send
   * again what has been accepted; of one that is done nothing is kept, so that whoever has it read again later does
   * have everything sent.
   */
  conclude(accepted: readonly SearchAction[], isDeliveredAgain: boolean): void {
    for (const action of accepted)
      if (isDeliveredAgain) this.#accepted.add(action);
      else this.#accepted.delete(action);
  }
}
