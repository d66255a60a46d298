import { toDelivery } from '../../../src/adapters/dynamodb-stream/to-delivery.ts';
import { MemoryParkedItems } from '../../../src/adapters/memory/memory-parked-items.ts';
import { BringIntoLine } from '../../../src/application/bring-into-line/bring-into-line.ts';
import { DeriveRows } from '../../../src/application/derive-rows.ts';
import type { ParkItems } from '../../../src/application/park/park-items.ts';
import type { KeptChanges } from '../../../src/application/ports/kept-changes.ts';
import { MonotonicClock } from '../../../src/application/ports/monotonic-clock.ts';
import type { ParkedItems } from '../../../src/application/ports/parked-items.ts';
import {
  RedriveParked,
  type RedriveParkedDependencies,
} from '../../../src/application/redrive/redrive-parked.ts';
import { ReplayKept } from '../../../src/application/redrive/replay-kept.ts';
import type { TableDefinition } from '../../../src/domain/definition/define-table.ts';
import { FillWorld } from '../bring-into-line/fill-world.ts';
import { PatientSleeper } from '../doubles.ts';
import type { WorkerParts } from '../worker.ts';

class NoTime extends MonotonicClock {
  override elapsed(): number {
    return 0;
  }
}

export interface ParkedRun {
  readonly isDry?: boolean;
  readonly skipRefused?: boolean;
  readonly deps?: Partial<RedriveParkedDependencies>;
}

export interface ParkParts {
  readonly pause?: () => Promise<void> | undefined;
  /** Of the worker. */
  readonly own?: WorkerParts;
  /** What the worker and the redrive see of the parked items. */
  readonly items?: (items: ParkedItems) => ParkedItems;
  /** What the worker makes of them. */
  readonly parking?: (items: ParkedItems) => ParkItems;
  /** What the redrive sees of them besides. */
  readonly redriven?: (items: ParkedItems) => ParkedItems;
  readonly kept?: (kept: KeptChanges) => KeptChanges;
}

/** A table with a worker that parks, and what redrives what it has parked. */
export class ParkWorld {
  readonly world: FillWorld;
  readonly store = new MemoryParkedItems();
  readonly failures: string[] = [];
  readonly #definition: TableDefinition;
  readonly #items: ParkedItems;
  readonly #kept: KeptChanges;

  constructor(definition: TableDefinition, parts: ParkParts = {}) {
    const { pause, own, items = same, kept = same, redriven = same, parking } = parts;
    this.#definition = definition;
    const paused = new FillWorld(definition, pause);
    const seen = items(paused.paused(this.store));
    this.#items = redriven(seen);
    this.#kept = kept(paused.paused(this.store.changes));
    this.world = new FillWorld(definition, pause, {
      ...{ parked: seen, fewestSuspects: 100, ...own },
      ...(parking && { parking: parking(seen) }),
    });
  }

  /** The items that are parked, and how many changes of each are noted. */
  async parked(): Promise<Readonly<Record<string, number>>> {
    const { items } = await this.store.page(undefined);
    return Object.fromEntries(
      items.filter(({ parkedAt }) => parkedAt !== undefined).map(({ item, changes }) => [item, changes]),
    );
  }

  async redrive({ isDry = false, skipRefused = false, deps = {} }: ParkedRun = {}) {
    const parts = this.world.partsOfFiller({}, { isDryRun: isDry });
    const { model } = this.#definition;
    const { retrier, effects } = parts;
    const redrive = new RedriveParked({
      ...{ model, retrier },
      items: this.#items,
      kept: this.#kept,
      replay: new ReplayKept({
        ...{ model, effects, retrier },
        derivedRows: isDry ? undefined : new DeriveRows(parts.derivedRows, retrier),
        replica: undefined,
        read: async (records) => records.map((record) => toDelivery(record, model)),
      }),
      bring: new BringIntoLine(parts),
      clock: new NoTime(),
      sleeper: new PatientSleeper(),
      ...deps,
    });
    return redrive.execute(
      { isDry, skipRefused, rate: undefined },
      ({ place, why }) => this.failures.push(`${place}: ${why}`),
      new AbortController().signal,
    );
  }
}

function same<T>(port: T): T {
  return port;
}
