import { Fault } from '../../../src/domain/fault.ts';
import { portsWith } from '../../../src/simulation/world/ports.ts';
import type { Mutant } from '../../../src/simulation/runs/variant.ts';
import { pretendedViews } from './parts/pretended-views.ts';

// A mistake of Contrail's own. The newest image is asked for before there is any; the rest is read after somebody has
// let the default row point to one that came since. All of it still holds when the row is removed.
export const mutant: Mutant = {
  mistake: 'The newest image is read before the default row, and where there was none, the row is removed.',
  variant: () => ({
    ports: (ports) => {
      const empty = new WeakSet();
      const twice = portsWith(ports, {
        'images.load': (load) => async (entities, signal) => {
          const early = await load(entities, signal);
          signal?.throwIfAborted();
          const views = await load(entities, signal);
          return views.map((view, place) => {
            const before = early[place];
            if (Fault.is(view) || before === undefined || Fault.is(before)) return view;
            if ((before.newest ?? before.target) === undefined) empty.add(view);
            return view;
          });
        },
      });
      return pretendedViews(twice, (view) =>
        empty.has(view) ? { ...view, newest: undefined, target: undefined } : view,
      );
    },
  }),
};
