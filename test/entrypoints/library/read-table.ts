import { setImmediate as othersHaveRun } from 'node:timers/promises';
import { ContainerModule } from 'inversify';
import { encodeRecord } from '../../../src/adapters/dynamodb-stream/encode-value.ts';
import { MemoryStream } from '../../../src/adapters/memory/memory-stream.ts';
import { MemoryStreamSource } from '../../../src/adapters/memory/memory-stream-source.ts';
import { Clock } from '../../../src/application/ports/clock.ts';
import { Logger } from '../../../src/application/ports/logger.ts';
import { MonotonicClock } from '../../../src/application/ports/monotonic-clock.ts';
import { Random } from '../../../src/application/ports/random.ts';
import { Sleeper } from '../../../src/application/ports/sleeper.ts';
import type { StreamSource } from '../../../src/application/ports/stream-source.ts';
import { Fault } from '../../../src/domain/fault.ts';
import type { Value } from '../../../src/domain/value.ts';
import { Random as Chance } from '../../../src/random/random.ts';
import { Scheduler } from '../../../src/simulation/world/scheduler.ts';
import { FixedRandom } from '../../application/doubles.ts';
import { ReaderProcess } from '../../application/read-stream/reader-process.ts';

type Row = Readonly<Record<string, Value>>;

/** Virtual time in which a test has gone wrong, in milliseconds. */
const TOO_LONG = 3_600_000;

/** A table whose stream is in memory, and readers of it, in virtual time. */
export class ReadTable {
  readonly stream: MemoryStream;
  readonly scheduler = new Scheduler(1_767_603_600_000, Chance.of(1));
  readonly process = new ReaderProcess('one', this.scheduler, 0);
  readonly source: StreamSource;
  readonly #rows = new Map<string, Row>();
  /** Numbers get longer as they grow: as texts they are in another order. */
  #sequence = 95n;

  constructor(table = 'orders', shards = 1) {
    this.stream = new MemoryStream(
      `arn:aws:dynamodb:eu-central-1:111122223333:table/${table}/stream/2026-01-05T09:00:00.000`,
      { shards },
    );
    this.source = new MemoryStreamSource(this.stream, this.process.clock);
  }

  /** Has a reader live in this time. */
  get modules(): readonly ContainerModule[] {
    const { clock, monotonic, sleeper, logger } = this.process;
    return [
      new ContainerModule(({ rebind }) => {
        void rebind(Clock).toConstantValue(clock);
        void rebind(MonotonicClock).toConstantValue(monotonic);
        void rebind(Sleeper).toConstantValue(sleeper);
        void rebind(Logger).toConstantValue(logger);
        void rebind(Random).toConstantValue(new FixedRandom(0.5));
      }),
    ];
  }

  /** What a reader is made of that reads it. */
  get read() {
    return { source: this.source, modules: this.modules };
  }

  /** What was logged. */
  get lines() {
    return this.process.lines;
  }

  /** A row is written; removed where it has no attributes. */
  put(key: Row, attributes?: Row, { sizeBytes = 100, view = 'NEW_AND_OLD_IMAGES' } = {}): void {
    const name = JSON.stringify(encodeRecord(key));
    const before = this.#rows.get(name);
    const after = attributes && { ...key, ...attributes };
    if (after === undefined) this.#rows.delete(name);
    else this.#rows.set(name, after);
    const image = (title: string, row: Row | undefined) =>
      row === undefined ? {} : { [title]: encodeRecord(row) };
    this.append({
      eventName: before === undefined ? 'INSERT' : after === undefined ? 'REMOVE' : 'MODIFY',
      dynamodb: {
        Keys: encodeRecord(key),
        ...(view.startsWith('NEW') ? image('NewImage', after) : {}),
        ...(view.includes('OLD') ? image('OldImage', before) : {}),
        SizeBytes: sizeBytes,
        StreamViewType: view,
      },
    });
  }

  /** A record of any kind. */
  append({ dynamodb, ...record }: { readonly dynamodb: object; readonly eventName?: string }): void {
    this.stream.append({
      ...{ eventID: `e${++this.#sequence}`, eventSource: 'aws:dynamodb', eventSourceARN: this.stream.arn },
      ...record,
      dynamodb: {
        ApproximateCreationDateTime: Math.floor(this.scheduler.now / 1_000),
        SequenceNumber: String(this.#sequence),
        ...dynamodb,
      },
    });
  }

  /** Orders of customers: `a1` is the first of a. */
  orders(names: string): void {
    for (const [customer = '', order = ''] of names.split(' '))
      this.put({ PK: `CUSTOMER#${customer}`, SK: `ORDER#${order}` }, { status: 'paid' });
  }

  get leaves(): readonly string[] {
    return this.stream.shards.flatMap(({ id, closed }) => (closed ? [] : id));
  }

  /** Time passes until a promise is settled. */
  async settled<T>(promise: Promise<T>): Promise<T> {
    const state = { isSettled: false };
    const settle = () => {
      state.isSettled = true;
    };
    promise.then(settle, settle);
    const limit = this.scheduler.now + TOO_LONG;
    await othersHaveRun();
    while (!state.isSettled) {
      if (!(await this.scheduler.step())) await othersHaveRun();
      if (this.scheduler.now > limit) throw new Error('it takes for ever');
    }
    return promise;
  }

  async pass(milliseconds: number): Promise<void> {
    await othersHaveRun();
    await this.settled(this.process.sleep(milliseconds));
  }

  /** The first changes of a loop: as many as are asked for, or all until it ends. */
  taken<C>(changes: AsyncIterable<C>, count = Infinity): Promise<readonly C[]> {
    const take = async () => {
      const taken: C[] = [];
      for await (const change of changes) if (taken.push(change) >= count) break;
      return taken;
    };
    return this.settled(take());
  }
}

/** The Fault that a promise rejects with. */
export async function faultOf(promise: Promise<unknown>): Promise<Fault> {
  const error = await promise.then(
    () => undefined,
    (rejected: unknown) => rejected,
  );
  if (Fault.is(error)) return error;
  throw new Error('it does not reject with a Fault', { cause: error });
}
