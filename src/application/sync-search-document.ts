import { groupBy, type NonEmpty } from '../domain/coalesce.ts';
import type { SyncSearchDocumentCommand } from '../domain/command.ts';
import { coalesceSearch, type SearchAction } from '../domain/search-action.ts';
import { AcceptedActions } from './accepted-actions.ts';
import type { SearchQueue } from './ports/search-queue.ts';
import { retryGroups } from './retry-groups.ts';
import type { Attempt, Retrier } from './retry.ts';
import { NO_LIMIT, type TimeLimit } from './time-limit.ts';
import type { UseCaseResult } from './use-case-result.ts';

export const ZERO_SEARCH = { upserts: 0, deletes: 0, unchanged: 0, repeated: 0 };
export type SearchTally = keyof typeof ZERO_SEARCH;

export interface SearchResult extends UseCaseResult<SearchTally> {
  /** What the batch asked to be sent, document by document. */
  readonly asked: readonly (readonly SyncSearchDocumentCommand[])[];
  /** The actions that the queue has accepted, now or at an earlier attempt at the batch. */
  readonly accepted: readonly SearchAction[];
}

type Group = NonEmpty<SyncSearchDocumentCommand>;

/** Sends the index what a batch's changes did to its documents: at most one action per document. */
export class SyncSearchDocument {
  readonly #queue: SearchQueue;
  readonly #retrier: Retrier;
  readonly #accepted: AcceptedActions;

  constructor(queue: SearchQueue, retrier: Retrier, accepted = new AcceptedActions()) {
    this.#queue = queue;
    this.#retrier = retrier;
    this.#accepted = accepted;
  }

  /**
   * `unchanged` counts commands that asked for nothing; `upserts` and `deletes` count actions sent; `repeated` those
   * not sent again. Idempotent: repeated actions are dropped by the queue or by the index's fence.
   *
   * A change whose action can never be sent does not take earlier ones of its document with it: the newest of those
   * decides then.
   */
  async execute(
    commands: readonly SyncSearchDocumentCommand[],
    limit: TimeLimit = NO_LIMIT,
  ): Promise<SearchResult> {
    const tally = { ...ZERO_SEARCH };
    const groups: Group[] = [];
    for (const group of groupBy(commands, ({ key }) => `${key.collection}/${key.id}`).values()) {
      const [first, ...others] = group.filter(({ decision }) => decision.action !== 'none');
      tally.unchanged += group.length - others.length - (first === undefined ? 0 : 1);
      if (first !== undefined) groups.push([first, ...others]);
    }

    const send: Attempt<Group> = async (pending, signal) => {
      const actions = pending.map(actionOf);
      const unsent = actions.filter((action) => !this.#accepted.has(action));
      const answers = unsent.length === 0 ? [] : await this.#queue.send(unsent, signal);
      const results = new Map(unsent.map((action, index) => [action, answers[index]]));
      return actions.map((action) => {
        return results.has(action) ? results.get(action) : 'done';
      });
    };
    const { done, failed } = await retryGroups(this.#retrier, groups, send, limit);
    const accepted: SearchAction[] = [];
    for (const group of done) {
      const action = actionOf(group);
      if (this.#accepted.has(action)) tally.repeated++;
      else tally[action.document === undefined ? 'deletes' : 'upserts']++;
      accepted.push(action);
    }
    return { failed, tally, asked: groups, accepted };
  }

  /**
   * To be called when it is known what becomes of a batch. Of the part that is delivered again, what the queue has
   * accepted is not sent again; the rest is forgotten, so that everything is sent again if someone
   * has those records read again later.
   */
  remember(
    { asked, accepted }: Pick<SearchResult, 'asked' | 'accepted'>,
    isDeliveredAgain: (sequence: string) => boolean,
  ): void {
    // Not only those that decided this time: others may have at an earlier attempt.
    for (const { change, key } of asked.flat())
      if (!isDeliveredAgain(change.identity.sequence))
        this.#accepted.delete({ identity: change.identity, key });
    for (const action of accepted) if (isDeliveredAgain(action.identity.sequence)) this.#accepted.add(action);
  }
}

function actionOf(group: Group): SearchAction {
  return coalesceSearch(group) as SearchAction;
}
