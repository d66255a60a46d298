import { itemKey, type ItemKey } from '../../../src/domain/row.ts';
import type { Attributes } from '../../../src/domain/value.ts';
import type { Mutant } from '../../../src/simulation/runs/variant.ts';
import type { World } from '../../../src/simulation/world/world.ts';

/** How old what a read shows is at most, in milliseconds. */
const STALE_MS = 30_000;

export const mutant: Mutant = {
  mistake:
    'A backfill reads pages and rows without asking for a consistent answer: what was handled already is taken back.',
  commands: true,
  variant: () => ({
    commands: (ports, command, world) => {
      if (command !== 'backfill') return ports;
      return {
        ...ports,
        scan: {
          size: () => ports.scan.size(),
          page: async (request) => {
            const page = await ports.scan.page(request);
            const rows = page.rows.map((row) => ({
              ...row,
              attributes: before(world, row.key) ?? row.attributes,
            }));
            return { ...page, rows };
          },
        },
        sourceRows: {
          read: async (keys) => {
            const now = await ports.sourceRows.read(keys);
            return keys.map((key, index) => before(world, key) ?? now[index]);
          },
        },
      };
    },
  }),
};

function before({ table, scheduler }: World, key: ItemKey): Attributes | undefined {
  return table.asOf(scheduler.now - STALE_MS).ofItem(itemKey(key));
}
