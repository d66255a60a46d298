import { itemKey } from '../../../src/domain/row.ts';
import type { Fault } from '../../../src/domain/fault.ts';
import type { Attributes } from '../../../src/domain/value.ts';
import type { Mutant } from '../../../src/simulation/runs/variant.ts';

export const mutant: Mutant = {
  mistake:
    'A backfill reads a row once, before its state, and takes it for the row as it is: what was handled in between is taken back.',
  commands: true,
  variant: () => ({
    commands: (ports, command) => {
      if (command !== 'backfill') return ports;
      const seen = new Map<string, Attributes | undefined | Fault>();
      return {
        ...ports,
        scan: {
          size: () => ports.scan.size(),
          page: async (request) => {
            const page = await ports.scan.page(request);
            for (const { key, attributes } of page.rows) seen.set(itemKey(key), attributes);
            return page;
          },
        },
        sourceRows: {
          read: async (keys) => {
            const now = await ports.sourceRows.read(keys);
            return keys.map((key, index) => {
              const item = itemKey(key);
              if (!seen.has(item)) seen.set(item, now[index]);
              return seen.get(item);
            });
          },
        },
      };
    },
  }),
};
