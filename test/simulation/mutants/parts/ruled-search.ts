import type { SearchQueue } from '../../../../src/application/ports/search-queue.ts';
import type { Retrier } from '../../../../src/application/retry.ts';
import type { TimeLimit } from '../../../../src/application/time-limit.ts';
import { retryGroups } from '../../../../src/application/retry-groups.ts';
import { SyncSearchDocument, ZERO_SEARCH } from '../../../../src/application/sync-search-document.ts';
import { groupBy, newest, type NonEmpty } from '../../../../src/domain/coalesce.ts';
import type { SyncSearchDocumentCommand } from '../../../../src/domain/command.ts';
import type { SearchAction } from '../../../../src/domain/search-action.ts';
import type { Variant } from '../../../../src/simulation/runs/variant.ts';

/** The one action for what a batch asks of a document; undefined to send none. */
export type Coalesce = (deciding: NonEmpty<SyncSearchDocumentCommand>) => SearchAction | undefined;

/** The use case with another way to coalesce. */
export function ruledSearch(queue: SearchQueue, retrier: Retrier, coalesce: Coalesce): SyncSearchDocument {
  const execute = async (commands: readonly SyncSearchDocumentCommand[], limit: TimeLimit) => {
    const deciding = commands.filter(({ decision }) => decision.action !== 'none');
    const groups = [...groupBy(deciding, ({ change }) => change.item).values()];
    const send = async (pending: readonly NonEmpty<SyncSearchDocumentCommand>[], signal: AbortSignal) => {
      const actions = pending.map(coalesce);
      const sent = actions.filter((action) => action !== undefined);
      const results = sent.length === 0 ? [] : await queue.send(sent, signal);
      let next = 0;
      return actions.map((action) => (action === undefined ? 'done' : results[next++]));
    };
    const { failed } = await retryGroups(retrier, groups, send, limit);
    return { failed, tally: ZERO_SEARCH, asked: [], accepted: [] };
  };
  return Object.assign(new SyncSearchDocument(queue, retrier), { execute });
}

/** The action that a command decides, in the place of `standing`. */
export function actionOf(
  { key, decision }: SyncSearchDocumentCommand,
  standing: SyncSearchDocumentCommand,
): SearchAction {
  return {
    key,
    version: standing.change.version,
    identity: standing.change.identity,
    document: decision.action === 'upsert' ? decision.document : undefined,
  };
}

/** Sends what the last of a document's changes of one kind asks for, in the place of the newest. */
export function sendingLast(action: 'upsert' | 'delete'): Variant['search'] {
  return (queue, retrier) =>
    ruledSearch(queue, retrier, (deciding) => {
      const last = deciding.findLast(({ decision }) => decision.action === action);
      return actionOf(last ?? newest(deciding), newest(deciding));
    });
}
