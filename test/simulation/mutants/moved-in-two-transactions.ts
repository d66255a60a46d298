import { Fault } from '../../../src/domain/fault.ts';
import { portsWith } from '../../../src/simulation/world/ports.ts';
import type { Mutant } from '../../../src/simulation/runs/variant.ts';

export const mutant: Mutant = {
  mistake: 'A link leaves its tuple in one transaction and takes the next in another, which may not come.',
  variant: () => ({
    ports: (ports) =>
      portsWith(ports, {
        'matcher.apply': (apply) => async (moves, signal) => {
          const between = moves.map(({ to }) => ({ ...to, contributions: [] }));
          const left = await apply(
            moves.map(({ source, from }, index) => ({ source, from, to: between[index]! })),
            signal,
          );
          signal?.throwIfAborted();
          const taken = await apply(
            moves.map(({ source, to }, index) => ({ source, from: between[index], to })),
            signal,
          );
          return left.map((result, index) =>
            result === 'done' ? (taken[index] ?? new Fault('transient', 'no result')) : result,
          );
        },
      }),
  }),
};
