import type { Mutant } from '../../../src/simulation/runs/variant.ts';

// Seen in murmur: the id is claimed first, so that two workers do not both handle it, and kept when the effect fails.
// Images are looked at each time, so that what is found is a lost effect and not one of an earlier delivery.
export const mutant: Mutant = {
  mistake:
    'A change is claimed before its effect, and the claim stays when the effect fails: the redelivery is skipped.',
  variant: () => {
    const claimed = new Set<string>();
    return {
      deliveries: (deliveries) =>
        deliveries.map((delivery) => {
          if (delivery.kind !== 'change' || delivery.change.row.model.name === 'image') return delivery;
          const { change, record, raw } = delivery;
          const id = JSON.stringify([change.item, change.identity]);
          if (claimed.has(id)) return { record, raw, kind: 'unrecognised' };
          claimed.add(id);
          return delivery;
        }),
    };
  },
};
