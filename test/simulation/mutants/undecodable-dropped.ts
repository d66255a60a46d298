import type { Mutant } from '../../../src/simulation/runs/variant.ts';

// Seen in murmur and data-prepper: what cannot be read is at most logged, and gone for good.
export const mutant: Mutant = {
  mistake: 'Records that cannot be decoded are left out as if nothing was derived from them.',
  variant: () => ({
    deliveries: (deliveries) =>
      deliveries.map((delivery) => {
        if (delivery.kind !== 'undecodable') return delivery;
        const { record, raw } = delivery;
        return { record, raw, kind: 'unrecognised' };
      }),
  }),
};
