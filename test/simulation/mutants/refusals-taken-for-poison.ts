import { Fault } from '../../../src/domain/fault.ts';
import type { Mutant } from '../../../src/simulation/runs/variant.ts';
import { portsWhoseResults } from './parts/ports-whose-results.ts';

export const mutant: Mutant = {
  mistake: 'Whatever a service refuses is taken for poison, although it refuses all alike: for a setting.',
  variant: () => ({
    ports: (ports) =>
      portsWhoseResults(ports, (results) =>
        results.map((result) =>
          Fault.is(result) && result.kind === 'configuration'
            ? new Fault('permanent', result.message, { cause: result, reason: result.reason })
            : result,
        ),
      ),
  }),
};
