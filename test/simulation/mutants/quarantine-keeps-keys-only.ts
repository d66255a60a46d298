import { portsWith } from '../../../src/simulation/world/ports.ts';
import type { Mutant } from '../../../src/simulation/runs/variant.ts';

// What an on-failure destination on SQS or SNS keeps is no more: nothing can be handled again from it.
export const mutant: Mutant = {
  mistake: "The quarantine gets a record's keys and sequence number, and not the record.",
  variant: () => ({
    ports: (ports) =>
      portsWith(ports, {
        'quarantine.keep': (keep) => (records, signal) => {
          const keysOnly = records.map(({ record, fault }) => {
            const { pk, sk, sequenceNumber } = record;
            return { record, fault, raw: { pk, sk, sequenceNumber } };
          });
          return keep(keysOnly, signal);
        },
      }),
  }),
};
