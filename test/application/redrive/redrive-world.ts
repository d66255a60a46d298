import { toDelivery } from '../../../src/adapters/dynamodb-stream/to-delivery.ts';
import { MemoryGivenUp } from '../../../src/adapters/memory/memory-given-up.ts';
import { BringIntoLine } from '../../../src/application/bring-into-line/bring-into-line.ts';
import type { GivenUpMessages } from '../../../src/application/ports/given-up.ts';
import { MonotonicClock } from '../../../src/application/ports/monotonic-clock.ts';
import { Redrive, type RedriveDependencies } from '../../../src/application/redrive/redrive.ts';
import type { TableDefinition } from '../../../src/domain/definition/define-table.ts';
import type { StreamRecord } from '../../support/stream-records.ts';
import { FillWorld } from '../bring-into-line/fill-world.ts';
import { PatientSleeper } from '../doubles.ts';

class NoTime extends MonotonicClock {
  override elapsed(): number {
    return 0;
  }
}

export interface RedriveRun {
  readonly from?: GivenUpMessages;
  readonly isDry?: boolean;
  readonly deps?: Partial<RedriveDependencies>;
  readonly stop?: AbortSignal;
}

/** A table with a worker, whose records somebody gave up, and what redrives them. */
export class RedriveWorld {
  readonly world: FillWorld;
  readonly givenUp = new MemoryGivenUp();
  readonly failures: string[] = [];
  readonly #definition: TableDefinition;

  constructor(definition: TableDefinition, pause?: () => Promise<void>) {
    this.#definition = definition;
    this.world = new FillWorld(definition, pause);
  }

  /** A record that the stream has no more, in a message of its own. */
  giveUp(...records: readonly StreamRecord[]): void {
    for (const record of records) this.givenUp.add({ is: 'record', record });
  }

  async redrive({ from = this.givenUp, isDry = false, deps = {}, stop }: RedriveRun = {}) {
    const { world } = this;
    const { model } = this.#definition;
    const parts = world.partsOfFiller({}, { isDryRun: isDry });
    const { retrier, effects } = parts;
    const bring = new BringIntoLine(parts);
    const redrive = new Redrive({
      ...{ model, retrier, bring, effects },
      replica: undefined,
      read: async (records) => records.map((record) => toDelivery(record, model)),
      stream: undefined,
      clock: new NoTime(),
      sleeper: new PatientSleeper(),
      ...deps,
    });
    return redrive.execute(
      from,
      { isDry, rate: undefined },
      ({ place, why }) => this.failures.push(`${place}: ${why}`),
      stop ?? new AbortController().signal,
    );
  }
}
