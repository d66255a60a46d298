import type { Mutant } from '../../../src/simulation/runs/variant.ts';
import { pretendedViews } from './parts/pretended-views.ts';

// Every write of a default row is a record of the table's own stream: the worker would feed itself.
export const mutant: Mutant = {
  mistake: 'A default row is rewritten also when it is as it must be.',
  variant: () => ({
    ports: (ports) =>
      pretendedViews(ports, ({ current, ...view }) => ({
        ...view,
        current: current && { ...current, attributes: {} },
      })),
  }),
};
