import type { Mutant } from '../../../src/simulation/runs/variant.ts';

export const mutant: Mutant = {
  mistake: "Removals by the table's time-to-live are taken for housekeeping, and nothing derived is removed.",
  variant: () => ({
    deliveries: (deliveries) =>
      deliveries.map((delivery) => {
        if (delivery.kind !== 'change' || delivery.change.origin !== 'ttl') return delivery;
        const { record, raw } = delivery;
        return { record, raw, kind: 'unrecognised' };
      }),
  }),
};
