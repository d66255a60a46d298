import type { Mutant } from '../runs/variant.ts';
import { pretendedViews } from './parts/pretended-views.ts';

// No rule about images says which default is right when there are several; the rule is about what was there before.
export const mutant: Mutant = {
  mistake: 'A valid default is given up as soon as there is a newer image.',
  variant: () => ({
    ports: (ports) =>
      pretendedViews(ports, (view) =>
        view.newest?.sort === view.target?.sort ? view : { ...view, target: undefined },
      ),
  }),
};
