import { setImmediate as othersHaveRun } from 'node:timers/promises';
import { Container } from 'inversify';
import { MemoryShardStates } from '../../../src/adapters/memory/memory-shard-states.ts';
import { Clock } from '../../../src/application/ports/clock.ts';
import { Logger } from '../../../src/application/ports/logger.ts';
import { MonotonicClock } from '../../../src/application/ports/monotonic-clock.ts';
import { Random } from '../../../src/application/ports/random.ts';
import { ShardStates } from '../../../src/application/ports/shard-states.ts';
import { Sleeper } from '../../../src/application/ports/sleeper.ts';
import type { HandleRecords } from '../../../src/application/read-stream/handle-records.ts';
import { Follow, type FollowOptions } from '../../../src/entrypoints/follow/follow.ts';
import { Random as Chance } from '../../../src/random/random.ts';
import { Scheduler } from '../../../src/simulation/world/scheduler.ts';
import { type Around, sourceWith, statesWith } from '../../../src/simulation/reader/calls.ts';
import { ModelledSource } from '../../../src/simulation/reader/modelled-source.ts';
import { CountedStream } from '../../application/read-stream/counted-stream.ts';
import { ReaderProcess } from '../../application/read-stream/reader-process.ts';
import { nameOf } from '../../application/read-stream/readers.ts';
import { FixedRandom } from '../../application/doubles.ts';

const SETTINGS = { iteratorMs: 900_000, listPage: 100, emptyPages: 0, hasChildrenOf: true };

/** A table with one stream after the other, and a process that follows them, in virtual time. */
export class FollowedTable {
  readonly arn = 'arn:aws:dynamodb:eu-west-1:111122223333:table/modelled';
  readonly scheduler = new Scheduler(1_767_600_000_000, Chance.of(1));
  process = new ReaderProcess('one', this.scheduler, 0);
  readonly states = new MemoryShardStates();
  /** `a1`: the first change of item a in its stream. By the present process. */
  handled: string[] = [];
  /** Those that can be read. */
  readonly streams = new Map<string, CountedStream>();
  latest: string | undefined;
  /** Stands around every call. */
  around: Around = (_, make) => make();
  result: 'ended' | 'nothing to read' | { readonly error: unknown } | undefined;
  #retentionMs = 86_400_000;
  #count = 0;

  /** @param retentionMs how long records stay. */
  constructor(retentionMs?: number) {
    this.#retentionMs = retentionMs ?? this.#retentionMs;
  }

  /** Its stream is switched on: it is another than before. */
  switchOn(items = ''): CountedStream {
    const arn = `${this.arn}/stream/2026-0${++this.#count}-05T00:00:00.000`;
    const stream = Object.assign(
      new CountedStream(() => this.scheduler.now, Chance.of(2), this.#retentionMs),
      { arn },
    );
    stream.open(1);
    for (const item of items) stream.write(item);
    this.streams.set(arn, stream);
    this.latest = arn;
    return stream;
  }

  switchOff(): void {
    this.streams.get(this.latest ?? '')?.switchOff();
    this.latest = undefined;
  }

  /** The process has ended: another takes its place. */
  replaceProcess(): void {
    this.process = new ReaderProcess('another', this.scheduler, 0);
    this.handled = [];
  }

  follow(options: FollowOptions = {}, handle?: HandleRecords): Follow {
    const { process, handled } = this;
    const container = new Container();
    container.bind(Clock).toConstantValue(process.clock);
    container.bind(MonotonicClock).toConstantValue(process.monotonic);
    container.bind(Sleeper).toConstantValue(process.sleeper);
    container.bind(Logger).toConstantValue(process.logger);
    container.bind(Random).toConstantValue(new FixedRandom(0.5));
    const travels: Around = async (name, make, signal) => {
      await process.sleep(1);
      return this.around(name, make, signal);
    };
    container.bind(ShardStates).toConstantValue(statesWith(this.states, travels));
    return new Follow(
      {
        container,
        source: (arn) => this.#source(arn, travels),
        handle:
          handle ?? (async (records) => records.map((each) => (handled.push(nameOf(each)), 'done' as const))),
        owner: 'one',
      },
      options,
    );
  }

  /** Follows the table until it is stopped, or nothing is left. */
  start(options: FollowOptions = {}, handle?: HandleRecords): Follow {
    const follow = this.follow(options, handle);
    this.result = undefined;
    const describe = () =>
      this.around('describe', async () => ({ table: this.arn, stream: this.latest }), undefined);
    follow.table(describe, this.process.stop.signal).then(
      (isRead) => (this.result = isRead ? 'ended' : 'nothing to read'),
      (error: unknown) => (this.result = { error }),
    );
    return follow;
  }

  async pass(milliseconds: number): Promise<void> {
    const time = { isOver: false };
    await othersHaveRun();
    this.scheduler.at(this.scheduler.now + milliseconds, () => {
      time.isOver = true;
    });
    while (!time.isOver) await this.scheduler.step();
  }

  #source(arn: string, around: Around) {
    const stream = this.streams.get(arn);
    const gone = new CountedStream(() => this.scheduler.now, Chance.of(2), this.#retentionMs);
    const source = sourceWith(
      new ModelledSource(Object.assign(stream ?? gone, { arn }), Chance.of(3), SETTINGS),
      around,
    );
    return stream === undefined
      ? Object.assign(source, { list: () => around('list', async () => undefined, undefined) })
      : source;
  }
}
