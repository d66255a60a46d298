import type { Mutant } from '../../../src/simulation/runs/variant.ts';

export const mutant: Mutant = {
  mistake: 'Only from the rows to what is derived is compared: what no row gives is never found.',
  commands: true,
  variant: () => ({
    commands: (ports) => ({
      ...ports,
      listing: {
        inTable: () => undefined,
        elsewhere: nothing,
        states: nothing,
      },
      index: {
        apply: ports.index.apply.bind(ports.index),
        read: ports.index.read.bind(ports.index),
        documents: nothing,
      },
    }),
  }),
};

async function* nothing(): AsyncGenerator<never> {
  // It is not asked.
}
