import { setMaxListeners } from 'node:events';
import type { HandleRecords } from '../../application/read-stream/handle-records.ts';
import type { TableDefinition } from '../../domain/definition/define-table.ts';
import { handleRecordsOf } from '../../entrypoints/handle-records.ts';
import type { StreamWorker } from '../../entrypoints/composition/container.ts';
import { Instance, type Life } from '../world/instance.ts';
import { wiredWorker } from '../world/wired-worker.ts';
import type { World } from '../world/world.ts';
import { Pauses } from '../checks/pauses.ts';
import { type Entry, nameOf } from '../world/entry.ts';
import type { EntryRecord } from './entry-record.ts';

interface Warm {
  readonly instance: Instance;
  readonly worker: StreamWorker;
}

/** The batches of one process: as many at a time as it reads, each with a worker of its own. */
export class ReaderBatches {
  readonly #world: World;
  readonly #name: string;
  readonly #life: Life;
  readonly #definition: TableDefinition;
  readonly #handled: (record: EntryRecord) => void;
  readonly #idle: Warm[] = [];
  readonly #pauses: Pauses<Entry>;
  #workers = 0;

  /**
   * @param name the process's.
   * @param handled told of each record that a reader is told to be done.
   */
  constructor(world: World, name: string, life: Life, handled: (record: EntryRecord) => void) {
    this.#world = world;
    this.#name = name;
    this.#life = life;
    this.#definition = world.definition;
    this.#handled = handled;
    this.#pauses = new Pauses(nameOf, world.invariants.report);
  }

  readonly handle: HandleRecords = async (given, limit) => {
    const { batches, scheduler, invariants } = this.#world;
    const records = given as readonly EntryRecord[];
    const entries = records.map(({ entry }) => entry);
    const warm = this.#idle.pop() ?? this.#start();
    const { instance, worker } = warm;
    setMaxListeners(0, limit.signal);
    const stops = scheduler.now + limit.remaining();
    const invocation = batches.begin({ instance, entries, repaired: false, stops, signal: limit.signal });
    batches.watch(invocation);
    const handle = handleRecordsOf(batches.noted(worker, invocation));
    try {
      const results = await handle(
        entries.map(({ record }) => record),
        limit,
      );
      if (!instance.alive) return await new Promise(() => undefined);
      batches.ended(invocation, { results });
      for (const [index, record] of records.entries()) {
        if (results[index] !== 'done') {
          if (!limit.signal.aborted) this.#pauses.failed(record.entry, scheduler.now);
          continue;
        }
        invariants.acknowledged(invocation, [record.entry]);
        this.#handled(record);
      }
      this.#world.trace(
        () =>
          `invocation ${invocation.number}: ${(invocation.outcomes ?? []).map(({ status }) => status).join(' ')}`,
      );
      this.#idle.push(warm);
      return results;
    } catch (error) {
      batches.ended(invocation, { error });
      throw error;
    }
  };

  #start(): Warm {
    const instance = new Instance(`${this.#name}, worker ${++this.#workers}`, this.#life);
    return { instance, worker: wiredWorker(this.#world, instance, this.#definition) };
  }
}
