import type { Outcome } from '../../../src/application/delivery.ts';
import type { ProcessBatch } from '../../../src/application/process-batch.ts';
import type { TimeLimit } from '../../../src/application/time-limit.ts';
import { firstGeneration } from '../../support/first-generation.ts';
import { handleEvent } from '../../../src/entrypoints/lambda/handle-event.ts';
import type { Ports } from './ports.ts';
import { Violation } from '../checks/violation.ts';
import { type Call, CallLog } from './call-log.ts';
import { deliver, type Invoked } from './event-source.ts';
import { type Mistake, NO_MISTAKE } from './mistakes.ts';
import { Process } from './process.ts';
import type { Entry, Script } from './scenario.ts';
import type { Settings } from './settings.ts';
import { newStores, type Stores, watchedPorts } from './stores.ts';
import type { SweepFault } from './sweep-fault.ts';
import { checkTruth } from './truth.ts';
import { workerIn } from './worker.ts';

/** All that decides a run. */
export interface RunParts {
  readonly script: Script;
  readonly settings: Settings;
  /** By the number of the call. */
  readonly faults: ReadonlyMap<number, SweepFault>;
  readonly mistake?: () => Partial<Mistake>;
}

export interface RunResult {
  readonly calls: readonly Call[];
  /** How many of the calls were made before everything was delivered once more. */
  readonly first: number;
  readonly violation: Violation | undefined;
}

/**
 * Runs a scenario: every batch until it is handled, then all batches once more, then the oldest alone, then what
 * is late. What is derived must be true after each of these.
 */
export async function run(parts: RunParts): Promise<RunResult> {
  const log = new CallLog(parts.faults);
  const world = new World(parts, log);
  let first: number | undefined;
  try {
    await world.deliverAll();
    first = log.calls.length;
    await world.redeliverAll();
    await world.redeliverOldest();
    await world.arriveLate();
    return { calls: log.calls, first, violation: undefined };
  } catch (error) {
    if (!(error instanceof Violation)) throw error;
    return { calls: log.calls, first: first ?? log.calls.length, violation: error };
  }
}

class World {
  readonly #parts: RunParts;
  readonly #log: CallLog;
  readonly #stores: Stores = newStores();
  readonly #ports: Ports;
  readonly #mistake: Mistake;
  readonly #aside = new Set<Entry>();
  readonly #acknowledged = new Set<Entry>();
  /** Not one for all runs: a process that ends leaves its listeners behind. */
  readonly #limit: TimeLimit = { signal: new AbortController().signal, remaining: () => Infinity };
  #process: Process;
  #worker: Pick<ProcessBatch, 'execute'>;

  constructor(parts: RunParts, log: CallLog) {
    this.#parts = parts;
    this.#log = log;
    this.#mistake = { ...NO_MISTAKE(), ...parts.mistake?.() };
    const ports = this.#mistake.stores(watchedPorts(this.#stores), this.#stores);
    this.#ports = parts.script.quarantine ? ports : { ...ports, quarantine: undefined };
    [this.#process, this.#worker] = this.#start();
  }

  async deliverAll(): Promise<void> {
    for (const batch of this.#parts.script.batches) {
      if (this.#parts.settings.table === 'ahead')
        await this.#stores.table.apply(batch.flatMap(({ change }) => change ?? []));
      await this.#deliver(batch);
    }
    const lost = this.#parts.script.batches.flat().find((entry) => !this.#isDone(entry));
    if (lost !== undefined) throw new Violation('no record is lost', lost.name);
    await this.#check();
  }

  async redeliverAll(): Promise<void> {
    for (const batch of this.#parts.script.batches) await this.#deliver(batch);
    await this.#check();
  }

  async redeliverOldest(): Promise<void> {
    await this.#deliver(this.#parts.script.batches[0]!);
    await this.#check();
  }

  async arriveLate(): Promise<void> {
    await this.#log.arriveLate();
    await this.#check();
  }

  #start(): [Process, Pick<ProcessBatch, 'execute'>] {
    const { settings } = this.#parts;
    const process = new Process(this.#log, settings.next);
    return [process, workerIn(process, this.#ports, settings, this.#mistake)];
  }

  #deliver(batch: readonly Entry[]): Promise<void> {
    return deliver(batch, {
      invoke: (entries) => this.#invoke(entries),
      acknowledge: (entry, outcome) => {
        this.#acknowledge(entry, outcome);
      },
      giveUp: (entry) => {
        if (!entry.poison || this.#parts.script.quarantine)
          throw new Violation('the stream goes on', `${entry.name} fails each time that it is delivered`);
        this.#aside.add(entry);
      },
    });
  }

  async #invoke(entries: readonly Entry[]): Promise<Invoked> {
    let outcomes: readonly Outcome[] | undefined;
    const worker = this.#worker;
    const execute: ProcessBatch['execute'] = async (deliveries, limit) => {
      const result = await worker.execute(deliveries, limit);
      outcomes = result.outcomes;
      return result;
    };
    const event = { Records: entries.map(({ text }) => JSON.parse(text) as unknown) };
    const handled = handleEvent(
      event,
      { processBatch: { execute }, tables: firstGeneration },
      this.#parts.settings.failureMode,
      this.#limit,
    );
    const answered = handled.then((response) => {
      const failed = entries.filter((_, index) => outcomes?.[index]?.status === 'failed');
      return this.#mistake.answer(
        response,
        failed.map(({ sequence }) => sequence),
      );
    });
    const end = await this.#process.run(answered);
    if (end.kind === 'crashed') [this.#process, this.#worker] = this.#start();
    this.#throwFirst();
    return { end, outcomes };
  }

  #acknowledge(entry: Entry, outcome: Outcome | undefined): void {
    const status = outcome?.status ?? 'failed';
    if (status === 'failed') throw new Violation('what is acknowledged is done', `${entry.name} failed`);
    if ((status === 'quarantined') !== entry.poison)
      throw new Violation('poison, and nothing else, is quarantined', `${entry.name} is ${status}`);
    if (entry.poison && !this.#isKept(entry))
      throw new Violation('what is called quarantined is in quarantine', entry.name);
    this.#acknowledged.add(entry);
  }

  #isDone(entry: Entry): boolean {
    if (!entry.poison) return this.#acknowledged.has(entry);
    return this.#parts.script.quarantine ? this.#isKept(entry) : this.#aside.has(entry);
  }

  #isKept({ text }: Entry): boolean {
    return this.#stores.quarantine.kept.some(({ raw }) => JSON.stringify(raw) === text);
  }

  async #check(): Promise<void> {
    this.#throwFirst();
    await checkTruth(this.#stores, this.#parts.script.rows);
  }

  #throwFirst(): void {
    const [first] = this.#stores.violations;
    if (first !== undefined) throw first;
  }
}
