import { nameOfKey } from '../../../src/domain/derived-rows.ts';
import { portsWith } from '../../../src/simulation/world/ports.ts';
import type { Mutant } from '../../../src/simulation/runs/variant.ts';

export const mutant: Mutant = {
  mistake: 'Rows that a source no longer gives are removed, although the derivation keeps them.',
  of: 'shop',
  variant: () => ({
    ports: (ports) =>
      portsWith(ports, {
        'rows.apply': (apply) => (moves, signal) =>
          apply(
            moves.map((move) => {
              const given = new Set(move.put.map(nameOfKey));
              return { ...move, remove: (move.from?.keys ?? []).filter((key) => !given.has(nameOfKey(key))) };
            }),
            signal,
          ),
      }),
  }),
};
