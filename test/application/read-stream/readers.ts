import { setImmediate as othersHaveRun } from 'node:timers/promises';
import { MemoryShardStates } from '../../../src/adapters/memory/memory-shard-states.ts';
import type { ShardStates } from '../../../src/application/ports/shard-states.ts';
import type { StreamSource } from '../../../src/application/ports/stream-source.ts';
import type { HandleRecords } from '../../../src/application/read-stream/handle-records.ts';
import type { ReadStreamOptions } from '../../../src/application/read-stream/options.ts';
import { ReadStream } from '../../../src/application/read-stream/read-stream.ts';
import type { ReadResult } from '../../../src/application/read-stream/reader-status.ts';
import type { Gap, ShardState } from '../../../src/domain/shard.ts';
import { Random as Chance } from '../../../src/random/random.ts';
import { Scheduler } from '../../../src/simulation/world/scheduler.ts';
import { FixedRandom } from '../doubles.ts';
import { sourceWith, statesWith } from '../../../src/simulation/reader/calls.ts';
import { ModelledSource, type SourceSettings } from '../../../src/simulation/reader/modelled-source.ts';
import { type CountedRecord, CountedStream } from './counted-stream.ts';
import { ReaderProcess } from './reader-process.ts';

const START = 1_767_600_000_000;

/** A call of a reader, as a test tells it: `iterator shard-0001 horizon`. */
export interface Call {
  readonly what: string;
  /** Milliseconds since the test began. */
  readonly at: number;
}

/** The methods of a port, each of which may be taken by itself. */
type Calls<Port, Name extends string & keyof Port> = {
  readonly [Each in Name]: Port[Each] extends (...args: infer Args) => infer Answer
    ? (...args: Args) => Answer
    : never;
};

interface Ways {
  readonly source?: (source: Calls<StreamSource, 'list' | 'iterator' | 'records'>) => Partial<StreamSource>;
  readonly states?: (
    states: Calls<
      ShardStates,
      'load' | 'add' | 'claim' | 'renew' | 'release' | 'advance' | 'noteGaps' | 'gaps' | 'forget'
    >,
  ) => Partial<ShardStates>;
  readonly handle?: HandleRecords;
  /** By how much the process's clock is ahead of the stream's, in milliseconds. */
  readonly skewMs?: number;
}

interface Started {
  readonly process: ReaderProcess;
  readonly reader: ReadStream;
  readonly calls: Call[];
  result: ReadResult | undefined;
  error: unknown;
}

/** A modelled stream and readers of it, each call of which can be made to go wrong, in virtual time. */
export class Readers {
  readonly scheduler = new Scheduler(START, Chance.of(1));
  readonly stream: CountedStream;
  readonly states = new MemoryShardStates();
  /** `a1`: the first change of item a. */
  readonly handled: string[] = [];
  readonly #settings: SourceSettings;

  constructor(settings: Partial<SourceSettings & { readonly retentionMs: number }> = {}) {
    const { retentionMs = 86_400_000, ...source } = settings;
    this.stream = new CountedStream(() => this.scheduler.now, Chance.of(2), retentionMs);
    this.#settings = {
      ...{ iteratorMs: 900_000, listPage: 100, emptyPages: 0, hasChildrenOf: true },
      ...source,
    };
  }

  get now(): number {
    return this.scheduler.now - START;
  }

  /** Changes of items, in their order. */
  write(items: string): void {
    for (const item of items) this.stream.write(item);
  }

  start(options: Partial<ReadStreamOptions> = {}, ways: Ways = {}, owner = 'one'): Started {
    const process = new ReaderProcess(owner, this.scheduler, ways.skewMs ?? 0);
    const { sleeper, clock, monotonic, logger } = process;
    const calls: Call[] = [];
    const travels = async <T>(make: () => Promise<T>): Promise<T> => {
      await process.sleep(1);
      return make();
    };
    const seen = new ModelledSource(this.stream, Chance.of(3), this.#settings);
    const source = sourceWith(seen, (_, make) => travels(make));
    Object.assign(source, ways.source?.(source));
    const states = statesWith(this.states, (_, make) => travels(make));
    Object.assign(states, ways.states?.(states));
    const noted: StreamSource = Object.assign(
      sourceWith(source, (_, make) => make()),
      {
        list: (request, signal) => {
          const of = request.childrenOf === undefined ? '' : ` children of ${request.childrenOf}`;
          calls.push({ what: `list${of}`, at: this.now });
          return source.list(request, signal);
        },
        iterator: (shard, position, signal) => {
          const at = typeof position === 'string' ? position : Object.entries(position).flat().join(' ');
          calls.push({ what: `iterator ${shard} ${at}`, at: this.now });
          return source.iterator(shard, position, signal);
        },
        records: (iterator, max, signal) => {
          calls.push({ what: `records ${(JSON.parse(iterator) as { shard: string }).shard}`, at: this.now });
          return source.records(iterator, max, signal);
        },
      } satisfies Partial<StreamSource>,
    );
    const reader = new ReadStream(
      {
        ...{ source: noted, states, owner, clock, monotonic, sleeper, logger },
        handle: ways.handle ?? this.handling(process),
        random: new FixedRandom(0.5),
      },
      options,
    );
    const started: Started = { process, reader, calls, result: undefined, error: undefined };
    reader.run(process.stop.signal).then(
      (result) => (started.result = result),
      (error: unknown) => (started.error = error),
    );
    return started;
  }

  /** Handles all, each batch in 5 ms. */
  handling(process: ReaderProcess): HandleRecords {
    return async (records) => {
      await process.sleep(5);
      return records.map((record) => this.done(record));
    };
  }

  done(record: unknown): 'done' {
    this.handled.push(nameOf(record));
    return 'done';
  }

  async pass(milliseconds: number): Promise<void> {
    const until = this.scheduler.now + milliseconds;
    const time = { isOver: false };
    // What was begun just now goes first.
    await othersHaveRun();
    this.scheduler.at(until, () => {
      time.isOver = true;
    });
    while (!time.isOver) await this.scheduler.step();
  }

  async state(shard: string): Promise<ShardState | undefined> {
    return (await this.states.load(this.stream.arn)).find(({ id }) => id === shard);
  }

  async gaps(): Promise<readonly Gap[]> {
    return this.states.gaps(this.stream.arn);
  }

  /** Which shards each owner holds. */
  async owners(): Promise<Readonly<Record<string, readonly string[]>>> {
    const owners: Record<string, string[]> = {};
    for (const { id, lease, complete } of await this.states.load(this.stream.arn))
      if (!complete && lease.owner !== '') (owners[lease.owner] ??= []).push(id);
    return owners;
  }
}

/** `a1`: the first change of item a. */
export function nameOf(record: unknown): string {
  const { item, n } = record as CountedRecord;
  return `${item}${n}`;
}

export function callsOf({ calls }: { readonly calls: readonly Call[] }, start: string): readonly string[] {
  return calls.flatMap(({ what }) => (what.startsWith(start) ? what : []));
}

export function timesOf({ calls }: { readonly calls: readonly Call[] }, start: string): readonly number[] {
  return calls.flatMap(({ what, at }) => (what.startsWith(start) ? at : []));
}
