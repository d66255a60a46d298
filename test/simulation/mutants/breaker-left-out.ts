import { Fault } from '../../../src/domain/fault.ts';
import type { Mutant } from '../../../src/simulation/runs/variant.ts';

export const mutant: Mutant = {
  mistake:
    'No two records are poison for one reason, as each reason tells of its own record: nobody sees that all are.',
  variant: () => {
    let number = 0;
    return {
      deliveries: (deliveries) =>
        deliveries.map((delivery) => {
          if (delivery.kind !== 'undecodable') return delivery;
          const { record, raw, item, fault } = delivery;
          const own = new Fault(fault.kind, fault.message, { reason: `${fault.reason}, ${++number}` });
          return { record, raw, kind: 'undecodable', item, fault: own };
        }),
    };
  },
};
