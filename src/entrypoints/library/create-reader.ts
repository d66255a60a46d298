import { setImmediate as othersHaveRun } from 'node:timers/promises';
import { changesByDefinition, rawChanges } from '../../adapters/dynamodb-stream/read-changes.ts';
import { readStatesText, statesText } from '../../adapters/files/states-text.ts';
import { MemoryShardStates } from '../../adapters/memory/memory-shard-states.ts';
import type { Attempt, Taken } from '../../application/read-changes/hand-over.ts';
import { ToldShardStates } from '../../application/read-changes/told-shard-states.ts';
import { NOTHING_YET, type ReadResult } from '../../application/read-stream/reader-status.ts';
import type { TableDefinition } from '../../domain/definition/define-table.ts';
import type { ChangesOf, RawChange } from '../../domain/definition/row-change.ts';
import { Fault } from '../../domain/fault.ts';
import type { AnyReadChange } from '../../domain/row-change.ts';
import type { StreamGap } from '../../domain/shard.ts';
import { type Changes, ReadingChanges } from './changes.ts';
import { checkReaderOptions, checkReadOptions } from './check-reader-options.ts';
import { Reading } from './reading.ts';
import type { Reader, ReaderEvents, ReadingStatus } from './reader.ts';
import type { ReaderOptions, ReadOptions } from './reader-options.ts';

/**
 * Makes a reader of a table's changes, outside Lambda: `for await (const change of createReader({ table }).changes())`. With a definition, changes
 * of the rows that it names have their types; rows of no kind are passed over. Without one, all rows come, raw.
 *
 * Nothing is read before the first change is asked for. Each reader has its own states in memory, unless `states` are given; of several tables,
 * make several readers.
 *
 * @throws Fault `configuration` with all that is wrong with the options.
 */
export function createReader<Rows, Derived>(
  options: ReaderOptions & { readonly definition: TableDefinition<Rows, Derived> },
): Reader<ChangesOf<Rows>>;
/** Makes a reader of all rows of a table, raw. */
export function createReader(options: ReaderOptions & { readonly definition?: undefined }): Reader<RawChange>;
export function createReader(
  options: ReaderOptions & { readonly definition?: TableDefinition | undefined },
): Reader<never> {
  checkReaderOptions(options);
  const { definition } = options;
  const decode = definition === undefined ? rawChanges() : changesByDefinition(definition);
  return new StreamReader(options, decode) as unknown as Reader<never>;
}

type Events = ReaderEvents<AnyReadChange>;
type Listeners = { readonly [Name in keyof Events]: Events[Name][] };

const BY_OPERATION = { INSERT: 'insert', MODIFY: 'modify', REMOVE: 'remove' } as const;

class StreamReader implements Reader<AnyReadChange> {
  readonly #options: ReaderOptions;
  readonly #decode: ReturnType<typeof rawChanges>;
  readonly #memory: MemoryShardStates | undefined;
  readonly #states: ToldShardStates;
  readonly #listeners: Listeners = {
    ...{ insert: [], modify: [], remove: [] },
    ...{ 'new shards': [], 'removed shards': [], gap: [] },
  };
  #reading: Reading | undefined;
  #isReading = false;

  constructor(options: ReaderOptions, decode: ReturnType<typeof rawChanges>) {
    this.#options = options;
    this.#decode = decode;
    const { state, states, name } = options;
    this.#memory =
      states === undefined
        ? new MemoryShardStates(state === undefined ? [] : readStatesText(state, 'the state of the reader'))
        : undefined;
    this.#states = new ToldShardStates(states ?? (this.#memory as MemoryShardStates), name, {
      newShards: (shards, failed) => this.#tell('new shards', shards, failed),
      removedShards: (shards, failed) => this.#tell('removed shards', shards, failed),
      gap: (gap, failed) => this.#tell('gap', gap, failed),
    });
  }

  get status(): ReadingStatus {
    const { stream = '', status = NOTHING_YET } = this.#reading?.now ?? {};
    return { stream, ...status };
  }

  changes(options: ReadOptions = {}): Changes<AnyReadChange> {
    checkReadOptions(options);
    const waiting = Object.values(BY_OPERATION).find((name) => this.#listeners[name].length > 0);
    if (waiting !== undefined)
      throw new Fault(
        'configuration',
        `the reader has a listener for ${waiting}, which only run() calls: take changes by one of the two`,
      );
    const { concurrency = 1 } = options;
    return new ReadingChanges(() => this.#begin(options), concurrency === 1);
  }

  on<Name extends keyof Events>(event: Name, listener: Events[Name]): this {
    const listeners = this.#listeners[event] as Events[Name][] | undefined;
    if (listeners === undefined)
      throw new Fault(
        'configuration',
        `a reader has no event ${event}: expected one of ${Object.keys(this.#listeners).join(', ')}`,
      );
    listeners.push(listener);
    return this;
  }

  async run(options: ReadOptions = {}): Promise<ReadResult> {
    checkReadOptions(options);
    const reading = this.#begin(options);
    for (;;) {
      const taken = await reading.handOver.take();
      if (taken === undefined) return reading.ended;
      // No more than `concurrency` are given at a time.
      void this.#call(taken);
    }
  }

  async state(): Promise<string> {
    if (this.#memory === undefined)
      throw new Fault(
        'configuration',
        'how far the reader has read is kept in its states: it has no state of its own',
      );
    // What was acknowledged just now.
    await othersHaveRun();
    await this.#reading?.saveProgress();
    return statesText(this.#memory.noted);
  }

  async closeGap({ stream, ...gap }: StreamGap): Promise<void> {
    await this.#states.closeGaps(stream, [gap]);
    this.#reading?.gapClosed({ stream, ...gap });
  }

  #begin(options: ReadOptions): Reading {
    if (this.#isReading)
      throw new Fault(
        'configuration',
        'the reader is reading already: end that first, or make another reader',
      );
    this.#isReading = true;
    const restored = [...(this.#memory?.noted.keys() ?? [])];
    const deps = { options: this.#options, states: this.#states, restored, decode: this.#decode };
    const reading = (this.#reading = new Reading(deps, options));
    const ended = () => {
      this.#isReading = false;
    };
    reading.ended.then(ended, ended);
    return reading;
  }

  async #call({ change, done, failed }: Taken<AnyReadChange>): Promise<void> {
    try {
      const listeners = this.#listeners[BY_OPERATION[change.operation]] as ((
        change: AnyReadChange & Attempt,
      ) => unknown)[];
      for (const listener of listeners) await listener(change);
      done();
    } catch (error) {
      failed(error);
    }
  }

  #tell<Name extends 'new shards' | 'removed shards' | 'gap'>(
    event: Name,
    what: Parameters<Events[Name]>[0],
    failed: () => void,
  ): void {
    const reading = this.#reading;
    if (reading?.hasFailed === true) {
      failed();
      return;
    }
    const fail = (error: unknown) => {
      failed();
      reading?.fail(error);
    };
    try {
      for (const listener of this.#listeners[event] as ((told: typeof what) => unknown)[])
        Promise.resolve(listener(what)).catch(fail);
    } catch (error) {
      fail(error);
    }
  }
}
