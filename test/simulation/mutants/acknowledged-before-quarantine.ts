import type { Mutant } from '../runs/variant.ts';
import { quarantineWith } from './parts/ports-with.ts';

export const mutant: Mutant = {
  mistake: 'Poison is acknowledged before the quarantine has answered that it has it.',
  variant: () => ({
    ports: ({ quarantine, ...ports }) => ({
      ...ports,
      quarantine:
        quarantine &&
        quarantineWith((records, signal) => {
          quarantine.keep(records, signal).catch(() => undefined);
          return Promise.resolve(records.map(() => 'done'));
        }),
    }),
  }),
};
