import { nameOfKey } from '../../../src/simulation/world/item.ts';
import type { Mutant } from '../../../src/simulation/runs/variant.ts';

export const mutant: Mutant = {
  mistake:
    'What was given up is redriven with the image that its record has, and not with the row as it is now.',
  commands: true,
  variant: () => ({
    commands: (ports, command, { ledger }) =>
      command !== 'redrive'
        ? ports
        : {
            ...ports,
            sourceRows: {
              read: async (keys) => {
                const now = await ports.sourceRows.read(keys);
                return keys.map((key, index) => {
                  const givenUp = ledger.entries.find(
                    (entry) =>
                      entry.key === nameOfKey(key) &&
                      !ledger.isHandled(entry) &&
                      (ledger.isAside(entry) || ledger.isQuarantined(entry)),
                  );
                  return givenUp === undefined ? now[index] : givenUp.after;
                });
              },
            },
          },
  }),
};
