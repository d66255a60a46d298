import type { MatcherRepository } from '../../../../src/application/ports/matcher-repository.ts';
import { type EffectSettler, outOfTime } from '../../../../src/application/retry.ts';
import { settleGroups } from '../../../../src/application/settle-groups.ts';
import type { TimeLimit } from '../../../../src/application/time-limit.ts';
import { UpdateMatcherTuple } from '../../../../src/application/update-matcher-tuple.ts';
import { FailedCommands } from '../../../../src/application/use-case-result.ts';
import { groupBy, type NonEmpty } from '../../../../src/domain/coalesce.ts';
import type { UpdateMatcherTupleCommand } from '../../../../src/domain/command.ts';
import { Fault } from '../../../../src/domain/fault.ts';
import type { LinkMove, LinkState } from '../../../../src/domain/link-move.ts';
import { linkKey } from '../../../../src/domain/row.ts';

type Group = NonEmpty<UpdateMatcherTupleCommand>;

/** The move for what a batch asks of a link; undefined when nothing is to be done. */
export type Decide = (group: Group, state: LinkState | undefined) => LinkMove | undefined;

/** The use case with another way to decide. */
export class RuledMatcher extends UpdateMatcherTuple {
  readonly #matcher: MatcherRepository;
  readonly #settler: EffectSettler;
  readonly #decide: Decide;

  constructor(matcher: MatcherRepository, settler: EffectSettler, decide: Decide) {
    super(matcher, settler);
    this.#matcher = matcher;
    this.#settler = settler;
    this.#decide = decide;
  }

  override async execute(commands: readonly UpdateMatcherTupleCommand[], limit: TimeLimit) {
    const groups = [...groupBy(commands, ({ link }) => linkKey(link)).values()];
    const failed = new FailedCommands();
    const attempt = (pending: readonly Group[], signal: AbortSignal) => this.#try(pending, signal);
    await settleGroups(this.#settler, groups, attempt, limit, failed);
    return {
      failed,
      tally: { incremented: 0, decremented: 0, moved: 0, unchanged: 0, repeated: 0, late: 0 },
    };
  }

  async #try(groups: readonly Group[], signal: AbortSignal) {
    const states = await this.#matcher.load(
      groups.map(([{ link }]) => link),
      signal,
    );
    const decisions = groups.map((group, index) => {
      const state = states[index];
      return Fault.is(state) ? state : this.#decide(group, state);
    });
    const moves = decisions.flatMap((decision) =>
      decision === undefined || Fault.is(decision) ? [] : [decision],
    );
    const applied =
      moves.length === 0
        ? []
        : signal.aborted
          ? moves.map(() => outOfTime('the link was not counted'))
          : await this.#matcher.apply(moves, signal);
    let next = 0;
    return decisions.map((decision) => {
      if (decision === undefined) return 'done';
      if (Fault.is(decision)) return decision;
      return applied[next++];
    });
  }
}

/** What is to be counted once the command's change is. */
export function stateAfter({ change, tuple }: UpdateMatcherTupleCommand): LinkState {
  return { version: change.version, tuple, removed: change.operation === 'REMOVE' };
}
