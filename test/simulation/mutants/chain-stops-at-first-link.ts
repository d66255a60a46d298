import { DERIVED_FROM } from '../../../src/domain/stored-rows.ts';
import type { Mutant } from '../../../src/simulation/runs/variant.ts';

export const mutant: Mutant = {
  mistake: 'Rows that the worker itself has derived are passed over: nothing more is derived from them.',
  of: 'shop',
  variant: () => ({
    deliveries: (deliveries) =>
      deliveries.map((delivery) => {
        if (delivery.kind !== 'change') return delivery;
        const { record, raw, change } = delivery;
        const sides = [change.before, change.after];
        const isDerived = sides.some(
          (side) => typeof side !== 'string' && side.get(DERIVED_FROM) !== undefined,
        );
        return isDerived ? { record, raw, kind: 'unrecognised' } : delivery;
      }),
  }),
};
