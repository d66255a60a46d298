import { MemoryMatcherRepository } from '../../../src/adapters/memory/memory-matcher-repository.ts';
import { Fault } from '../../../src/domain/fault.ts';
import type { LinkMove } from '../../../src/domain/link-move.ts';
import type { Link } from '../../../src/domain/row.ts';
import type { Mutant } from '../variant.ts';

export const mutant: Mutant = {
  mistake: 'The state of a removed link row goes with it, so a late record counts the row again.',
  variant: () => ({ counts: () => new WithoutTombstones() }),
};

class WithoutTombstones extends MemoryMatcherRepository {
  override async load(links: readonly Link[]) {
    const states = await super.load(links);
    return states.map((state) =>
      state !== undefined && !(state instanceof Fault) && state.removed ? undefined : state,
    );
  }

  override async apply(moves: readonly LinkMove[]) {
    const states = await super.load(moves.map(({ link }) => link));
    return super.apply(
      moves.map((move, index) => {
        const state = states[index];
        const isGone = state !== undefined && !(state instanceof Fault) && state.removed;
        return move.from === undefined && isGone ? { ...move, from: state } : move;
      }),
    );
  }
}
