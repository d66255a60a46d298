import { Fault } from '../../../src/domain/fault.ts';
import { IndexDocuments } from '../../../src/application/index-documents.ts';
import { fencesWith, indexWith } from '../../../src/simulation/world/consumer-ports.ts';
import type { Mutant } from '../../../src/simulation/runs/variant.ts';

export const mutant: Mutant = {
  mistake:
    'The fence is moved first, and then the document is written: what ends in between is never written, as its action is late then.',
  variant: () => ({
    indexDocuments: (deps) => {
      const { index, fences } = deps;
      return new IndexDocuments({
        ...deps,
        index: indexWith(index, async (collection, writes, signal) => {
          const keys = writes.map(({ id }) => ({ collection, id }));
          const present = await fences.load(keys, signal);
          const moves = writes.map(({ document, version }, n) => {
            const from = present[n];
            const to = { version, removed: document === undefined, revision: 0 };
            return {
              key: { collection, id: writes[n]?.id ?? '' },
              from: Fault.is(from) ? undefined : from,
              to,
            };
          });
          await fences.advance(moves, signal);
          return index.apply(collection, writes, signal);
        }),
        fences: fencesWith(
          (keys, signal) => fences.load(keys, signal),
          async (moves) => moves.map(() => 'done'),
        ),
      });
    },
  }),
};
