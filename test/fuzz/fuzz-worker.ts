import { Writable } from 'node:stream';
import { ContainerModule } from 'inversify';
import { MemoryQuarantine } from '../../src/adapters/memory/memory-quarantine.ts';
import { MemorySearchQueue } from '../../src/adapters/memory/memory-search-queue.ts';
import type { Delivery, Outcome } from '../../src/application/delivery.ts';
import type { DerivedState } from '../../src/application/ports/derived-state.ts';
import { Quarantine } from '../../src/application/ports/quarantine.ts';
import { TableGenerations } from '../../src/application/ports/table-generations.ts';
import { ProcessBatch } from '../../src/application/process-batch.ts';
import { streamWorker } from '../../src/entrypoints/composition/container.ts';
import { handlerOf } from '../../src/entrypoints/lambda/handler-of.ts';
import { createMemoryWorker } from '../../src/entrypoints/memory-worker.ts';
import { FOLLOWED_TABLE } from './judge.ts';

export interface WorkerOptions {
  /** Whether poison records have somewhere to go. */
  readonly quarantine: boolean;
  /** Whether it logs: half of the workers are silent. */
  readonly logs: boolean;
}

/** What one call of the handler came to. */
export interface Handled {
  readonly result: { readonly response: unknown } | { readonly error: unknown };
  /** What the batch was made into; undefined when it did not come to that. */
  readonly batch:
    { readonly deliveries: readonly Delivery[]; readonly outcomes: readonly Outcome[] } | undefined;
  readonly hasQuarantine: boolean;
  /** The records put in quarantine meanwhile, each as it came. */
  readonly quarantined: readonly unknown[];
  /** Lines logged meanwhile at level warn or error; undefined when the worker is silent. */
  readonly logged: readonly string[] | undefined;
}

/** A whole worker in memory behind the Lambda handler, watched from both sides. */
export class FuzzWorker {
  readonly options: WorkerOptions;
  readonly state: DerivedState;
  readonly #queue: MemorySearchQueue;
  readonly #quarantine = new MemoryQuarantine();
  readonly #handler: (event: unknown) => Promise<unknown>;
  #batch: Handled['batch'];
  #lines: string[] = [];

  constructor(options: WorkerOptions) {
    this.options = options;
    const stream = new Writable({
      write: (chunk: Buffer, _encoding, done) => {
        this.#lines.push(chunk.toString());
        done();
      },
    });
    const quarantine = new ContainerModule(({ bind }) => {
      if (options.quarantine) bind(Quarantine).toConstantValue(this.#quarantine);
    });
    const { container, state } = createMemoryWorker({
      log: { level: options.logs ? 'warn' : 'silent', stream, readable: false },
      modules: [quarantine],
    });
    this.state = state;
    this.#queue = container.get(MemorySearchQueue);
    // The worker has run before: no altered record may be the first of all.
    void container.get(TableGenerations).generationOf(FOLLOWED_TABLE);
    const processBatch = container.get(ProcessBatch);
    const watched: Pick<ProcessBatch, 'execute'> = {
      execute: async (deliveries, limit) => {
        const result = await processBatch.execute(deliveries, limit);
        this.#batch = { deliveries, outcomes: result.outcomes };
        return result;
      },
    };
    this.#handler = handlerOf(
      { ...streamWorker(container), processBatch: watched },
      { failureMode: 'report', deadlineMarginMs: 0 },
    );
  }

  async handle(event: unknown): Promise<Handled> {
    this.#batch = undefined;
    this.#lines = [];
    const keptBefore = this.#quarantine.kept.length;
    const result = await this.#handler(event).then(
      (response) => ({ response }),
      (error: unknown) => ({ error }),
    );
    this.#queue.drain();
    return {
      result,
      batch: this.#batch,
      hasQuarantine: this.options.quarantine,
      quarantined: this.#quarantine.kept.slice(keptBefore).map(({ raw }) => raw),
      logged: this.options.logs ? this.#lines : undefined,
    };
  }
}
