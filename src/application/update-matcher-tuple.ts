import { groupBy, newest, type NonEmpty } from '../domain/coalesce.ts';
import type { UpdateMatcherTupleCommand } from '../domain/command.ts';
import { Fault } from '../domain/fault.ts';
import { decideLinkMove, type LinkMove } from '../domain/link-move.ts';
import { linkKey } from '../domain/row.ts';
import { tupleKey } from '../domain/tuple.ts';
import type { MatcherRepository } from './ports/matcher-repository.ts';
import { MAX_ROUNDS } from './rounds.ts';
import { FailedCommands, type UseCaseResult } from './use-case-result.ts';

export type MatcherTally = 'incremented' | 'decremented' | 'moved' | 'unchanged' | 'stale';

/** Moves tuple counts by what a batch's link rows hold now: one move a link row at the most. */
export class UpdateMatcherTuple {
  readonly #matcher: MatcherRepository;

  constructor(matcher: MatcherRepository) {
    this.#matcher = matcher;
  }

  /**
   * The tally counts link rows; `stale` are those whose newest change here had already been counted. Idempotent
   * and indifferent to delivery order: a move is fenced on the version that was last counted for its row.
   */
  async execute(commands: readonly UpdateMatcherTupleCommand[]): Promise<UseCaseResult<MatcherTally>> {
    const tally = { incremented: 0, decremented: 0, moved: 0, unchanged: 0, stale: 0 };
    const failed = new FailedCommands();
    let pending = [...groupBy(commands, ({ link }) => linkKey(link)).values()];

    for (let round = 1; pending.length > 0; round++) {
      const states = await this.#matcher.load(pending.map(([first]) => first.link));
      const moves: { move: LinkMove; group: NonEmpty<UpdateMatcherTupleCommand> }[] = [];
      for (const [index, group] of pending.entries()) {
        const { change, link, tuple } = newest(group);
        const removed = change.operation === 'REMOVE';
        const move = decideLinkMove(link, states[index], { version: change.version, tuple, removed });
        if (move === undefined) tally.stale++;
        else moves.push({ move, group });
      }

      pending = [];
      if (moves.length === 0) break;
      const results = await this.#matcher.apply(moves.map(({ move }) => move));
      for (const [index, { move, group }] of moves.entries()) {
        const result = results[index];
        if (result === 'applied') tally[effectOf(move)]++;
        else if (result !== 'conflict') failed.add(group, result);
        else if (round < MAX_ROUNDS) pending.push(group);
        else
          failed.add(
            group,
            new Fault('conflict', `the link's state kept changing through ${MAX_ROUNDS} attempts`),
          );
      }
    }
    return { failed, tally };
  }
}

function effectOf({ from, to }: LinkMove): MatcherTally {
  if (from?.tuple === undefined) return to.tuple === undefined ? 'unchanged' : 'incremented';
  if (to.tuple === undefined) return 'decremented';
  return tupleKey(from.tuple) === tupleKey(to.tuple) ? 'unchanged' : 'moved';
}
