import { toDelivery } from '../../../src/adapters/dynamodb-stream/to-delivery.ts';
import { fleet } from '../../../src/fleet/definition.ts';
import { ProcessBatch } from '../../../src/application/process-batch.ts';
import { QuarantinedRecords } from '../../../src/application/quarantined-records.ts';
import type { Mutant } from '../../../src/simulation/runs/variant.ts';
import { quarantineWith } from '../../../src/simulation/world/ports.ts';

export const mutant: Mutant = {
  mistake:
    'A record is remembered as quarantined before the quarantine has it: where that fails, it is passed over all the same.',
  variant: () => ({
    processBatch: ({ quarantine, ...deps }) => {
      const quarantined = new Claimed();
      const claiming =
        quarantine &&
        quarantineWith((records, signal) => {
          for (const { raw } of records) quarantined.claim(raw);
          return quarantine.keep(records, signal);
        });
      return new ProcessBatch({ ...deps, quarantine: claiming, quarantined });
    },
  }),
};

class Claimed extends QuarantinedRecords {
  readonly #claimed = new Set<string | undefined>();

  claim(raw: unknown): void {
    this.#claimed.add(toDelivery(raw, fleet.model).digest);
  }

  override get isEmpty(): boolean {
    return false;
  }

  override has(digest: string): boolean {
    return this.#claimed.has(digest);
  }
}
