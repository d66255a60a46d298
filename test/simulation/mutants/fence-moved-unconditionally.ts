import { Fault } from '../../../src/domain/fault.ts';
import { fencesWith } from '../../../src/simulation/world/consumer-ports.ts';
import type { Mutant } from '../../../src/simulation/runs/variant.ts';

export const mutant: Mutant = {
  mistake: 'The fence is moved whatever it is by then, so that who writes late notices nothing.',
  variant: () => ({
    consumer: (ports) => ({
      ...ports,
      fences: fencesWith(
        (keys) => ports.fences.load(keys),
        async (moves) => {
          const present = await ports.fences.load(moves.map(({ key }) => key));
          return ports.fences.advance(
            moves.map((move, index) => {
              const from = present[index];
              return Fault.is(from) ? move : { ...move, from };
            }),
          );
        },
      ),
    }),
  }),
};
