import { setImmediate as othersHaveRun } from 'node:timers/promises';
import { Clock, createReader, MonotonicClock, Sleeper } from 'contrail';
import { ContainerModule } from 'contrail/adapters';
import { MemoryStream, MemoryStreamSource } from 'contrail/testing';
import { Replica, type Row, type SavedCopy } from './replica.js';

const ARN = 'arn:aws:dynamodb:eu-central-1:111122223333:table/prices/stream/2026-01-05T09:00:00.000';
const ROWS = 5;
/** How long a change is on its way to the stream, in milliseconds; what an eventually consistent read sees is older. */
const STREAM_MS = 100;
const STALE_MS = 1_000;
/** How long it takes to list the shards. */
const LIST_MS = 200;

/** What can be done wrong. */
export type Mistake =
  | 'scan before the bookmark'
  | 'a scan that is not consistent'
  | 'a scan of one page'
  | 'state saved before the rows';

export interface Step {
  /** Milliseconds since the one before. */
  readonly after: number;
  readonly what: 'put' | 'remove' | 'roll' | 'split' | 'trim' | 'kill' | 'lose what is saved';
  /** Of which row or shard. */
  readonly which: number;
}

/** A table with its stream, and processes that have a copy of it, in a time of their own. */
export class World {
  readonly #mistake: Mistake | undefined;
  readonly #time = new Time();
  readonly #table = new Map<string, Row>();
  /** The rows as they were a moment ago. */
  readonly #stale = new Map<string, Row>();
  readonly #stream = new MemoryStream(ARN, { shards: 2 });
  #written = 0;
  #saved: SavedCopy | undefined;
  #process = new AbortController();
  #replica: Replica;
  readonly #ended: Promise<void>[] = [];

  constructor(mistake?: Mistake) {
    this.#mistake = mistake;
    for (let which = 0; which < ROWS - 1; which++) this.#write('put', which);
    this.#replica = this.#start();
  }

  get table(): readonly Row[] {
    return sorted([...this.#table.values()]);
  }

  get copy(): readonly Row[] | undefined {
    return this.#replica.rows && sorted(this.#replica.rows);
  }

  async run(steps: readonly Step[]): Promise<void> {
    for (const { after, what, which } of steps) {
      await this.#time.pass(after);
      if (what === 'put' || what === 'remove') this.#write(what, which);
      else if (what === 'lose what is saved') this.#saved = undefined;
      else if (what === 'kill') {
        this.#process.abort();
        this.#replica = this.#start();
      } else {
        const ids = new Set(this.#stream.shards.map(({ id }) => id));
        const shards = this.#stream.shards.filter(({ closed, parent = '' }) =>
          // A shard leaves the stream only after those that it came from.
          what === 'trim' ? closed && !ids.has(parent) : !closed,
        );
        const shard = shards[which % shards.length];
        if (shard !== undefined) this.#stream[what](shard.id);
      }
    }
    await this.#time.pass(15_000);
  }

  async end(): Promise<void> {
    this.#process.abort();
    const over = new AbortController();
    const ended = Promise.all(this.#ended).finally(() => {
      over.abort();
    });
    while (!over.signal.aborted) await this.#time.pass(1_000);
    await ended;
  }

  #start(): Replica {
    const { signal } = (this.#process = new AbortController());
    let before: readonly Row[] = [];
    const replica = new Replica({
      keys: ['id'],
      reader: (state) => {
        before = [...this.#table.values()];
        const settings = {
          source: new SlowSource(this.#stream, this.#time),
          from: 'latest',
          modules: [this.#time.module()],
        } as const;
        return createReader({ ...settings, log: { level: 'silent' }, ...(state !== undefined && { state }) });
      },
      rows: () => this.#scan(before),
    });
    const to = (copy: SavedCopy) => this.#save(copy, signal);
    this.#ended.push(replica.follow({ signal, saved: this.#saved, save: { everyChanges: 2, to } }));
    return replica;
  }

  /** Each row as it is when its page is read. */
  async *#scan(before: readonly Row[]): AsyncGenerator<Row> {
    if (this.#mistake === 'scan before the bookmark') return yield* before;
    const read = this.#mistake === 'a scan that is not consistent' ? this.#stale : this.#table;
    for (let which = 0; which < ROWS; which++) {
      if (which > 1 && this.#mistake === 'a scan of one page') return;
      await this.#time.sleep(which % 2 === 0 ? 150 : 0);
      const row = read.get(nameOf(which));
      if (row !== undefined) yield row;
    }
  }

  /** A process that is killed meanwhile has saved nothing. */
  async #save(copy: SavedCopy, killed: AbortSignal): Promise<void> {
    if (this.#mistake === 'state saved before the rows' && !killed.aborted && this.#saved !== undefined)
      this.#saved = { ...this.#saved, state: copy.state };
    await this.#time.sleep(100);
    if (!killed.aborted) this.#saved = copy;
  }

  #write(what: 'put' | 'remove', which: number): void {
    const name = nameOf(which);
    const [before, key] = [this.#table.get(name), { id: { S: name } }];
    if (what === 'remove' && before === undefined) return;
    const sequence = String(++this.#written + 1_000);
    const after = what === 'remove' ? undefined : { ...key, price: { N: sequence } };
    set(this.#table, name, after);
    void this.#time.sleep(STALE_MS).then(() => set(this.#stale, name, after));
    const record = {
      eventID: sequence,
      eventName: after === undefined ? 'REMOVE' : before === undefined ? 'INSERT' : 'MODIFY',
      eventSource: 'aws:dynamodb',
      eventSourceARN: ARN,
      dynamodb: {
        ApproximateCreationDateTime: Math.floor(this.#time.now / 1_000),
        Keys: key,
        ...(after && { NewImage: after }),
        ...(before && { OldImage: before }),
        SequenceNumber: sequence,
        SizeBytes: 100,
        StreamViewType: 'NEW_AND_OLD_IMAGES',
      },
    };
    void this.#time.sleep(STREAM_MS).then(() => this.#stream.append(record));
  }
}

class SlowSource extends MemoryStreamSource {
  readonly #time: Time;

  constructor(stream: MemoryStream, time: Time) {
    super(stream, time.clock);
    this.#time = time;
  }

  override async list(...asked: Parameters<MemoryStreamSource['list']>) {
    await this.#time.sleep(LIST_MS, asked[1]);
    return super.list(...asked);
  }
}

/** Passes as fast as everything is done that happens in it. */
class Time {
  now = Date.UTC(2026, 0, 5, 9);
  readonly clock: Clock;
  readonly #asleep = new Set<{ readonly until: number; readonly wake: () => void }>();

  constructor() {
    const now = () => this.now;
    this.clock = new (class extends Clock {
      override now = now;
    })();
  }

  /** Has a reader live in this time. */
  module(): ContainerModule {
    const elapsed = () => this.now;
    const sleep = (milliseconds: number, signal: AbortSignal) => this.sleep(milliseconds, signal);
    const monotonic = new (class extends MonotonicClock {
      override elapsed = elapsed;
    })();
    const sleeper = new (class extends Sleeper {
      override sleep = sleep;
    })();
    return new ContainerModule(({ rebind }) => {
      void rebind(Clock).toConstantValue(this.clock);
      void rebind(MonotonicClock).toConstantValue(monotonic);
      void rebind(Sleeper).toConstantValue(sleeper);
    });
  }

  async sleep(milliseconds: number, signal?: AbortSignal): Promise<void> {
    if (signal?.aborted === true) return;
    await new Promise<void>((resolve) => {
      const wake = () => {
        this.#asleep.delete(sleeping);
        signal?.removeEventListener('abort', wake);
        resolve();
      };
      const sleeping = { until: this.now + milliseconds, wake };
      this.#asleep.add(sleeping);
      signal?.addEventListener('abort', wake);
    });
  }

  async pass(milliseconds: number): Promise<void> {
    const until = this.now + milliseconds;
    for (;;) {
      // All that may be done now is done first.
      for (let turns = 0; turns < 3; turns++) await othersHaveRun();
      const [first] = [...this.#asleep].sort((a, b) => a.until - b.until);
      if (first === undefined || first.until > until) break;
      this.now = Math.max(this.now, first.until);
      first.wake();
    }
    this.now = until;
  }
}

function nameOf(which: number): string {
  return `p-${which % ROWS}`;
}

function set(rows: Map<string, Row>, name: string, row: Row | undefined): void {
  if (row === undefined) rows.delete(name);
  else rows.set(name, row);
}

function sorted(rows: readonly Row[]): readonly Row[] {
  return rows.toSorted((a, b) => JSON.stringify(a).localeCompare(JSON.stringify(b)));
}
