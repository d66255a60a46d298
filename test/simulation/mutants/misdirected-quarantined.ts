import { Fault } from '../../../src/domain/fault.ts';
import type { Mutant } from '../../../src/simulation/runs/variant.ts';

export const mutant: Mutant = {
  mistake:
    'Records of another table, or of another source, are taken for poison: there is nothing wrong with them.',
  variant: () => ({
    deliveries: (deliveries) =>
      deliveries.map((delivery) => {
        if (delivery.kind !== 'undecodable' || delivery.fault.kind !== 'configuration') return delivery;
        const { record, raw, item, fault } = delivery;
        return { record, raw, kind: 'undecodable', item, fault: new Fault('permanent', fault.message) };
      }),
  }),
};
