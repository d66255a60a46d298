import type { SearchAction } from '../../domain/search-action.ts';
import type { Done } from '../result.ts';

/** Takes search actions to the indexer. */
export abstract class SearchQueue {
  /**
   * Sends actions, at most one per document in one call.
   *
   * - Order: actions of one document are delivered in the order in which they were sent; others in any.
   * - Idempotency: an action whose identity and document were accepted within the last five minutes is accepted
   *   and not delivered again. Later repeats are delivered, and dropped by the index's fence.
   * - Partial failure: one result per action, in the order given. `done` means durably accepted; a Fault means
   *   that the action may or may not have been.
   * - Concurrency: any number of callers.
   * - Rejects once `signal` is aborted: no further request starts, and what was begun may or may not be accepted.
   */
  abstract send(actions: readonly SearchAction[], signal?: AbortSignal): Promise<readonly Done[]>;
}
