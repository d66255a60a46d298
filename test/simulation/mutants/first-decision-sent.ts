import type { Mutant } from '../../../src/simulation/runs/variant.ts';
import { actionOf, ruledSearch } from './parts/ruled-search.ts';

export const mutant: Mutant = {
  mistake: "Of a document's changes in a batch, the first decides what is sent, and not the newest.",
  variant: () => ({
    search: (queue, retrier) => ruledSearch(queue, retrier, ([first]) => actionOf(first, first)),
  }),
};
