import type { Mutant } from '../runs/variant.ts';
import { actionOf, RuledSearch } from './parts/ruled-search.ts';

export const mutant: Mutant = {
  mistake: "Of a document's changes in a batch, the first decides what is sent, and not the newest.",
  variant: () => ({
    search: (queue, retrier) => new RuledSearch(queue, retrier, ([first]) => actionOf(first, first)),
  }),
};
