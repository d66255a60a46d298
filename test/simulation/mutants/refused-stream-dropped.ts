import type { Delivery } from '../../../src/application/delivery.ts';
import type { Mutant } from '../../../src/simulation/runs/variant.ts';

export const mutant: Mutant = {
  mistake: 'Records of a table that is not followed are passed over, as if they concerned nobody.',
  variant: () => ({
    deliveries: (deliveries) =>
      deliveries.map((delivery): Delivery => {
        const isRefused = delivery.kind === 'undecodable' && delivery.fault.message.includes('adopt-stream');
        if (!isRefused) return delivery;
        const { record, at, raw } = delivery;
        return { kind: 'unrecognised', record, at, raw };
      }),
  }),
};
