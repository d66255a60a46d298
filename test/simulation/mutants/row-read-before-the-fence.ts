import { IndexDocuments } from '../../../src/application/index-documents.ts';
import { Fault } from '../../../src/domain/fault.ts';
import { type ItemKey, itemKey } from '../../../src/domain/row.ts';
import { rowsWith } from '../../../src/simulation/world/consumer-ports.ts';
import type { Mutant } from '../../../src/simulation/runs/variant.ts';

export const mutant: Mutant = {
  mistake:
    'A document is repaired from a row that was read before the fence: what others wrote in between is taken back.',
  variant: () => ({
    indexDocuments: (deps) => ({
      execute: async (received, limit) => {
        const keys = received.flatMap(({ action }): readonly ItemKey[] =>
          Fault.is(action) || action.row === undefined ? [] : [action.row],
        );
        const found = await deps.rows.read(keys).catch((error: unknown) => keys.map(() => Fault.from(error)));
        const rows = new Map(keys.map((key, index) => [itemKey(key), found[index]]));
        const before = rowsWith(async (some) => some.map((key) => rows.get(itemKey(key))));
        return new IndexDocuments({ ...deps, rows: before }).execute(received, limit);
      },
    }),
  }),
};
