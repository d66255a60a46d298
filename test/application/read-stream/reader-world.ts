import { MemoryShardStates } from '../../../src/adapters/memory/memory-shard-states.ts';
import type { ShardStates } from '../../../src/application/ports/shard-states.ts';
import type { StreamSource } from '../../../src/application/ports/stream-source.ts';
import type { HandleRecords } from '../../../src/application/read-stream/handle-records.ts';
import type { ReadStreamOptions } from '../../../src/application/read-stream/options.ts';
import { ReadStream } from '../../../src/application/read-stream/read-stream.ts';
import { Fault } from '../../../src/domain/fault.ts';
import { Random as Chance } from '../../../src/random/random.ts';
import { ReaderRules } from '../../../src/simulation/checks/reader-rules.ts';
import type { Report } from '../../../src/simulation/checks/violation.ts';
import { Violation } from '../../../src/simulation/checks/violation.ts';
import { chanceOf } from '../../../src/simulation/world/chance.ts';
import { SeededRandom } from '../../../src/simulation/world/process.ts';
import { Scheduler } from '../../../src/simulation/world/scheduler.ts';
import { type Around, sourceWith, statesWith } from '../../../src/simulation/reader/calls.ts';
import { ModelledSource } from '../../../src/simulation/reader/modelled-source.ts';
import { type CountedRecord, CountedStream } from './counted-stream.ts';
import { ReaderProcess } from './reader-process.ts';

const START = 1_767_600_000_000;
const SECOND = 1_000;

/** How the reader of one process is made wrong: by what it sees, or what is done of what it asks for. */
export interface Variant {
  readonly source?: (source: StreamSource) => StreamSource;
  readonly states?: (states: ShardStates) => ShardStates;
  readonly handle?: (handle: HandleRecords) => HandleRecords;
}

/** What may go wrong in a world, by its seed. */
export class Trouble {
  readonly chance: Chance;
  readonly failing: number;
  readonly latencyMs: number;
  readonly retentionMs: number;
  readonly iteratorMs: number;
  readonly from: 'horizon' | 'latest';

  constructor(seed: number) {
    this.chance = chanceOf(seed, 'trouble');
    this.failing = this.chance.pick([0, 0, 0.02, 0.1]);
    this.latencyMs = this.chance.pick([5, 30, 200]);
    this.retentionMs = this.chance.pick([86_400_000, 86_400_000, 40 * SECOND, 90 * SECOND]);
    this.iteratorMs = this.chance.pick([3 * SECOND, 900 * SECOND]);
    this.from = this.chance.pick(['horizon', 'horizon', 'latest']);
  }
}

/** A stream, processes that read it, and whatever happens to them, by a seed. */
export class ReaderWorld {
  readonly scheduler: Scheduler;
  readonly stream: CountedStream;
  readonly states: ShardStates = new MemoryShardStates();
  readonly trouble: Trouble;
  readonly rules: ReaderRules<CountedRecord>;
  readonly processes: ReaderProcess[] = [];
  readonly #seed: number;
  readonly #chance: Chance;
  readonly #variantOf: () => Variant;
  /** Items whose records fail, until when. */
  readonly #failing = new Map<string, number>();
  #isCalm = false;
  #isDark = false;
  #violation: Violation | undefined;

  constructor(seed: number, variantOf: () => Variant = () => ({})) {
    this.#seed = seed;
    this.#variantOf = variantOf;
    this.trouble = new Trouble(seed);
    this.#chance = chanceOf(seed, 'world');
    this.scheduler = new Scheduler(START, chanceOf(seed, 'ties'));
    this.stream = new CountedStream(
      () => this.scheduler.now,
      chanceOf(seed, 'stream'),
      this.trouble.retentionMs,
    );
    this.rules = new ReaderRules({
      ...{ stream: this.stream, states: this.states, from: this.trouble.from, report: this.#report },
      nameOf: ({ item, n, shard, sequence }) => `${item} ${n} (${shard}, ${sequence})`,
    });
  }

  /** @throws Violation when a reader does what it must not, or does not do what it must. */
  async run(): Promise<void> {
    this.#plan();
    const calmAt = START + 90 * SECOND;
    while (this.scheduler.now < calmAt) await this.#step();
    this.#calm();
    for (const until = calmAt + 600 * SECOND; ;) {
      const left = await this.rules.left();
      if (left === undefined) break;
      let isGoingOn = this.scheduler.now <= until;
      // Not after each: there is much to look at.
      for (let steps = 0; steps < 20 && isGoingOn; steps++) isGoingOn = await this.#step();
      if (!isGoingOn && (await this.rules.left()) !== undefined)
        this.#violated('every record is handled, unless a gap is noted', left);
    }
    for (const process of this.processes) process.stop.abort();
    const stopped = this.scheduler.now;
    while (this.processes.some(({ alive, ended }) => alive && ended === undefined)) {
      if (this.scheduler.now > stopped + 40 * SECOND) this.#violated('a stopped reader ends in time', '');
      await this.#step();
    }
    await this.#checkEnded();
  }

  async #checkEnded(): Promise<void> {
    for (const { ended } of this.processes)
      if (typeof ended === 'object') this.#violated('a reader goes on', String(ended.error));
    // A claim without an answer may leave a lease that its owner does not know of; who stood still takes its leases for lost.
    const isReleased = ({ alive, frozenUntil }: ReaderProcess) =>
      this.trouble.failing === 0 && alive && frozenUntil === 0;
    await this.rules.ended(new Set(this.processes.filter(isReleased).map(({ owner }) => owner)));
    this.#check();
  }

  readonly #report: Report = (invariant, particulars) => {
    this.#violation ??= new Violation(invariant, particulars);
  };

  #violated(...[invariant, particulars]: Parameters<Report>): never {
    this.#report(invariant, particulars);
    throw this.#violation as Error;
  }

  #check(): void {
    if (this.#violation !== undefined) throw this.#violation;
  }

  start(options: Partial<ReadStreamOptions> = {}): ReaderProcess {
    const owner = `reader-${this.processes.length + 1}`;
    const process = new ReaderProcess(owner, this.scheduler, this.#chance.int(-2_000, 2_000));
    this.processes.push(process);
    const { sleeper, clock, monotonic, logger } = process;
    const around = this.#around(process);
    const { source = same, states = same, handle = same } = this.#variantOf();
    const seen = new ModelledSource(this.stream, chanceOf(this.#seed, owner, 'source'), {
      iteratorMs: this.trouble.iteratorMs,
      listPage: this.#chance.int(1, 4),
      emptyPages: this.#chance.pick([0, 0.3]),
      hasChildrenOf: this.#chance.chance(0.7),
      beginnings: this.#seed % 2 === 0 ? 'listed' : 'known',
    });
    const reader = new ReadStream(
      {
        source: source(sourceWith(this.rules.source(seen), around)),
        states: states(statesWith(this.rules.states, around)),
        handle: handle((records, { signal }) => this.#handle(process, records, signal)),
        ...{ owner, clock, monotonic, sleeper, logger },
        random: new SeededRandom(chanceOf(this.#seed, owner, 'random')),
      },
      {
        ...{ from: this.trouble.from, failoverMs: 10 * SECOND, listMs: 20 * SECOND, stopMs: 10 * SECOND },
        ...{ batchMs: 15 * SECOND, retryMs: 5 * SECOND, pageSize: 20, batchSize: this.#chance.int(1, 20) },
        ...{ parallelizationFactor: this.#chance.int(1, 3), aheadMax: this.#chance.pick([5, 40, 10_000]) },
        ...options,
      },
    );
    reader.run(process.stop.signal).then(
      () => (process.ended = 'well'),
      (error: unknown) => (process.ended = { error }),
    );
    return process;
  }

  #plan(): void {
    this.stream.open(this.#chance.int(1, 3));
    const items = Array.from({ length: this.#chance.int(2, 9) }, (_, n) => `item-${n}`);
    const write = () => this.stream.write(this.#chance.pick(items));
    for (let n = this.#chance.int(0, 20); n > 0; n--) write();
    for (let n = this.#chance.int(20, 120); n > 0; n--) this.#at(80, write);
    for (let n = this.#chance.int(0, 6); n > 0; n--)
      this.#at(80, () => {
        const { leaves } = this.stream;
        if (leaves.length > 0) this.stream.roll(this.#chance.pick(leaves), this.#chance.chance(0.4));
      });
    const start = () => {
      if (!this.#isDark) this.start();
    };
    for (let n = this.#chance.int(1, 3); n > 0; n--) this.#at(n === 1 ? 10 : 70, start);
    for (let n = this.#chance.int(0, 3); n > 0; n--) this.#at(85, () => this.#disturb());
    if (this.#chance.chance(0.5))
      for (const item of items)
        if (this.#chance.chance(0.3))
          this.#at(60, () => this.#failing.set(item, this.scheduler.now + this.#chance.int(1, 30) * SECOND));
    if (this.trouble.retentionMs < 60 * SECOND && this.#chance.chance(0.5))
      this.#at(25, () => this.#darken());
    if (this.#chance.chance(0.1)) this.scheduler.at(START + 85 * SECOND, () => this.stream.switchOff());
  }

  /** At some time within so many seconds. */
  #at(seconds: number, happen: () => void): void {
    this.scheduler.at(START + this.#chance.int(0, seconds * SECOND), happen);
  }

  #disturb(): void {
    const alive = this.processes.filter((process) => process.alive && process.ended === undefined);
    if (alive.length === 0) return;
    const process = this.#chance.pick(alive);
    const kind = this.#chance.int(0, 2);
    if (kind === 0) process.alive = false;
    else if (kind === 1) process.frozenUntil = this.scheduler.now + this.#chance.int(1, 40) * SECOND;
    else process.stop.abort();
    this.#at(85, () => {
      if (!this.#isDark) this.start();
    });
  }

  /** Nobody reads for long. */
  #darken(): void {
    for (const process of this.processes) process.alive = false;
    this.#isDark = true;
    this.scheduler.in(60 * SECOND, () => {
      this.#isDark = false;
      this.start();
    });
  }

  /** Nothing goes wrong any more. Somebody reads, new or not. */
  #calm(): void {
    this.#isCalm = true;
    this.#failing.clear();
    const isRead = this.processes.some(
      ({ alive, ended, stop }) => alive && ended === undefined && !stop.signal.aborted,
    );
    if (!isRead || this.#chance.chance(0.5)) this.start();
  }

  /** False when nothing happens any more. */
  async #step(): Promise<boolean> {
    const isGoingOn = await this.scheduler.step();
    this.#check();
    return isGoingOn;
  }

  /** A request travels, takes effect, and is answered, each with or without a fault: effect comes whatever its sender does. */
  #around(process: ReaderProcess): Around {
    const chance = chanceOf(this.#seed, process.owner, 'calls');
    const { latencyMs, failing } = this.trouble;
    const isFailing = () => !this.#isCalm && chance.chance(failing);
    return (name, make, signal) =>
      new Promise((resolve, reject) => {
        const abort = () => reject(new Fault('transient', `${name} was aborted`));
        if (signal?.aborted === true) {
          abort();
          return;
        }
        signal?.addEventListener('abort', abort);
        const answer = (how: () => void) =>
          this.scheduler.in(
            chance.int(1, latencyMs),
            () => {
              signal?.removeEventListener('abort', abort);
              how();
            },
            process,
          );
        if (isFailing()) answer(() => reject(new Fault('transient', `${name} failed`)));
        else
          this.scheduler.in(chance.int(1, latencyMs), async () => {
            // At once: what comes of it is told once the answer has travelled.
            const made = make();
            await made.catch(() => undefined);
            if (isFailing()) answer(() => reject(new Fault('transient', `${name} got no answer`)));
            else answer(() => resolve(made));
          });
      });
  }

  async #handle(process: ReaderProcess, records: readonly unknown[], signal: AbortSignal) {
    if (!this.#isCalm && this.#chance.chance(this.trouble.failing / 2)) {
      if (this.#chance.chance(0.5)) throw new Fault('transient', 'the handler failed');
      // It hangs, and does not even listen.
      await new Promise(() => undefined);
    }
    const failed = new Set<string>();
    const results: ('done' | Fault)[] = [];
    for (const each of records as readonly CountedRecord[]) {
      await process.sleep(this.#chance.int(0, 20));
      const isFailing = (this.#failing.get(each.item) ?? 0) > this.scheduler.now || signal.aborted;
      if (isFailing) failed.add(each.item);
      if (!failed.has(each.item)) this.rules.handled(each);
      results.push(failed.has(each.item) ? new Fault('transient', 'it fails') : 'done');
    }
    return results;
  }
}

function same<T>(value: T): T {
  return value;
}
