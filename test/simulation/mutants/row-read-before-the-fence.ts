import { IndexDocuments } from '../../../src/application/index-documents.ts';
import { Fault } from '../../../src/domain/fault.ts';
import { type ItemKey, itemKey } from '../../../src/domain/row.ts';
import type { Attributes } from '../../../src/domain/value.ts';
import { rowsWith } from '../../../src/simulation/world/consumer-ports.ts';
import type { Mutant } from '../../../src/simulation/runs/variant.ts';

export const mutant: Mutant = {
  mistake:
    'A document is repaired from a row that was read before the fence, when its message came: what others wrote in between is taken back.',
  variant: () => ({
    indexDocuments: (deps) => {
      const rows = new Map<string, Attributes | Fault | undefined>();
      const before = rowsWith(async (keys) => keys.map((key) => rows.get(itemKey(key))));
      const documents = new IndexDocuments({ ...deps, rows: before });
      return {
        execute: async (received, limit) => {
          const keys = received.flatMap(({ action }): readonly ItemKey[] =>
            Fault.is(action) || action.row === undefined || rows.has(itemKey(action.row)) ? [] : [action.row],
          );
          const found = await deps.rows.read(keys).catch(() => []);
          for (const [index, row] of found.entries()) rows.set(itemKey(keys[index]!), row);
          return documents.execute(received, limit);
        },
      };
    },
  }),
};
