import { contradictsItself } from '../../../src/domain/pointer.ts';
import type { Mutant } from '../runs/variant.ts';
import { pretendedViews } from './parts/pretended-views.ts';

// A mistake of Contrail's own. The newest image is asked for before there is any; the rest is read after somebody has
// let the default row point to one that came since. All of it still holds when the row is removed.
export const mutant: Mutant = {
  mistake:
    'A view put together from reads of different moments is decided on although it contradicts itself.',
  variant: () => ({
    // The decision without the rule: on what was found of images before on what the default row points to.
    ports: (ports) =>
      pretendedViews(ports, (view) => {
        if (!contradictsItself(view)) return view;
        return view.newest === undefined ? { ...view, target: undefined } : { ...view, newest: view.target };
      }),
  }),
};
