import { Fault } from '../../../src/domain/fault.ts';
import type { Mutant } from '../../../src/simulation/runs/variant.ts';
import { portsWhoseResults } from './parts/ports-whose-results.ts';

export const mutant: Mutant = {
  mistake: 'A request that is refused for one of its entries makes all of them poison: it is not split.',
  variant: () => ({
    ports: (ports) =>
      portsWhoseResults(ports, (results) => {
        const refusal = results.find((result) => Fault.is(result) && result.kind === 'permanent');
        return refusal === undefined ? results : results.map(() => refusal);
      }),
  }),
};
