import { unitOf } from '../../application/ports/metrics.ts';
import type { ProcessBatch } from '../../application/process-batch.ts';
import type { StreamWorker } from '../../entrypoints/composition/container.ts';
import type { HandlerEnd, StepInvariants } from '../checks/step-invariants.ts';
import type { Variant } from '../runs/variant.ts';
import type { Counts } from './counts.ts';
import type { Entry } from './entry.ts';
import type { Instance, Invocation } from './instance.ts';
import type { Scheduler } from './scheduler.ts';

interface BatchesParts {
  readonly scheduler: Scheduler;
  readonly invariants: StepInvariants;
  readonly counts: Counts;
  readonly variant: Variant;
  readonly trace: (text: () => string) => void;
}

interface NewBatch {
  readonly instance: Instance;
  readonly entries: readonly Entry[];
  readonly repaired: boolean;
  /** When the worker must have returned, in virtual milliseconds. */
  readonly stops: number;
  readonly signal: AbortSignal;
}

/** Every batch that a worker is given, whoever gives it: noted, and judged once it is through. */
export class Batches {
  readonly #parts: BatchesParts;
  #begun = 0;

  constructor(parts: BatchesParts) {
    this.#parts = parts;
  }

  /** How many there were. */
  get begun(): number {
    return this.#begun;
  }

  begin({ instance, entries, repaired, stops, signal }: NewBatch): Invocation {
    const { scheduler, trace } = this.#parts;
    const invocation: Invocation = {
      ...{ number: ++this.#begun, instance, entries, repaired, started: scheduler.now, stops, signal },
      ...{ log: [], remembered: new Set(), offered: new Set(), finished: false },
      // One of a process that has just come to stand still, or has ended in this very moment.
      disturbed: !instance.alive || instance.frozenUntil > scheduler.now,
    };
    instance.invocation = invocation;
    trace(
      () =>
        `invocation ${invocation.number} on ${instance.name}${repaired ? ' (redriven)' : ''}: ` +
        entries.map((entry) => `#${entry.number}`).join(' '),
    );
    return invocation;
  }

  /** Sees that it is through in time. */
  watch(invocation: Invocation): void {
    const { scheduler, invariants } = this.#parts;
    scheduler.at(invocation.stops + 1, () => {
      if (!invocation.finished && !invocation.disturbed)
        invariants.report(
          'no batch takes longer than it may',
          `invocation ${invocation.number} of ${invocation.instance.name}`,
        );
    });
  }

  /** The worker, of which it is noted what it makes of the batch. */
  noted(worker: StreamWorker, invocation: Invocation): StreamWorker {
    const { variant } = this.#parts;
    const processBatch: Pick<ProcessBatch, 'execute'> = {
      execute: async (deliveries, ...others) => {
        const result = await worker.processBatch.execute(variant.deliveries(deliveries), ...others);
        invocation.deliveries = deliveries;
        invocation.outcomes = result.outcomes;
        return result;
      },
    };
    return { ...worker, processBatch };
  }

  /** Its handler is through, well or not. */
  ended(invocation: Invocation, end: HandlerEnd): void {
    const { counts, invariants } = this.#parts;
    invocation.finished = true;
    invariants.finished(invocation, end);
    const { signal, metrics = [] } = invocation;
    if (signal.aborted) counts.add('invocation stopped for lack of time');
    for (const [name, value] of metrics) if (unitOf(name) === 'Count') counts.add(`metric: ${name}`, value);
  }
}
