import { MemoryShardStates } from '../../adapters/memory/memory-shard-states.ts';
import { ReaderRules } from '../checks/reader-rules.ts';
import type { Random } from '../../random/random.ts';
import { chanceOf } from '../world/chance.ts';
import { type Entry, isOfNoKind, nameOf } from '../world/entry.ts';
import { MINUTE, SECOND } from '../world/settings.ts';
import type { Loss, StreamReading, TableStream } from '../world/stream.ts';
import type { World } from '../world/world.ts';
import type { EntryRecord } from './entry-record.ts';
import { ModelledSource } from './modelled-source.ts';
import { type ModelledShard, ModelledStream } from './modelled-stream.ts';
import { ReaderProcess } from './reader-process.ts';
import type { ReaderSettings } from './reader-settings.ts';
import { seenSource, seenStates } from './seen-calls.ts';

/** How long after faults have ended, and nobody writes, all must be handled. */
const PATIENCE_MS = 20 * MINUTE;
/** How often it is seen whether anything is left. */
const LOOK_MS = 2 * SECOND;

/** Processes that read one stream. Whichever ends is followed by another; where nothing is left, they rest until there is. */
export class StreamReaders implements TableStream, StreamReading {
  readonly epoch: number;
  readonly arn: string;
  readonly #world: World;
  readonly #settings: ReaderSettings;
  readonly #stream: ModelledStream<EntryRecord>;
  readonly #rules: ReaderRules<EntryRecord>;
  readonly #chance: Random;
  readonly #byEntry = new Map<Entry, EntryRecord>();
  #processes: ReaderProcess[] = [];
  #started = 0;
  /** Processes that are about to start. */
  #starting = 0;
  #isEnabled: boolean;
  #isEnded = false;
  /** Nothing was left, and nothing has come. */
  #isResting = false;
  #heldUntil = 0;
  /** When something last came to be done. */
  #since = 0;

  constructor(
    world: World,
    settings: ReaderSettings,
    { epoch, arn, sequence }: { readonly epoch: number; readonly arn: string; readonly sequence: bigint },
    isEnabled: boolean,
  ) {
    const { scheduler, invariants } = world;
    this.#world = world;
    this.#settings = settings;
    this.epoch = epoch;
    this.arn = arn;
    this.#chance = chanceOf(world.settings.seed, 'readers of', epoch);
    this.#stream = new ModelledStream(arn, () => scheduler.now, settings.retentionMs, sequence);
    this.#stream.open(settings.shards);
    this.#rules = new ReaderRules({
      stream: this.#stream,
      states: seenStates(new MemoryShardStates(), world),
      from: 'beginning',
      report: invariants.report,
      nameOf: ({ entry }) => nameOf(entry),
      isOfNoKind: ({ entry }) => isOfNoKind(entry),
    });
    this.#isEnabled = isEnabled;
    this.#since = scheduler.now;
    this.#fill();
    scheduler.at(Math.max(scheduler.now, world.settings.quietFrom) + LOOK_MS, () => this.#look());
  }

  get isKnown(): boolean {
    return this.#rules.isBegun;
  }

  get finished(): boolean {
    return this.#isEnded && this.#isResting && this.#processes.every(({ isOver }) => isOver);
  }

  /** Those that may still do something. */
  get processes(): readonly ReaderProcess[] {
    return this.#processes;
  }

  lossOf(entry: Entry): Loss | undefined {
    const record = this.#byEntry.get(entry);
    if (record === undefined || this.#rules.isHandled(record) || !this.#stream.isTrimmed(record))
      return undefined;
    return this.#rules.isDone(record) ? 'noted' : 'not noted';
  }

  enable(): void {
    this.#isEnabled = true;
    this.#wake();
    this.#fill();
  }

  hold(milliseconds: number): void {
    const { scheduler } = this.#world;
    this.#heldUntil = Math.max(this.#heldUntil, scheduler.now + milliseconds);
    for (const { instance, isOver } of this.#processes) if (!isOver) this.#world.pool.crash(instance);
    scheduler.in(milliseconds, () => {
      this.#fill();
    });
  }

  /** All processes are replaced by such as have the definition of now: after a while, none of the old goes on. */
  deploy(lasts: number): void {
    const old = [...this.#processes];
    const replace = () => {
      for (const { instance, isOver } of old) if (!isOver) this.#world.pool.crash(instance);
    };
    if (lasts === 0) replace();
    else {
      if (this.#isEnabled && !this.#isResting) this.#start();
      this.#world.scheduler.in(lasts, replace);
    }
  }

  append(entry: Entry): void {
    const { scheduler } = this.#world;
    const record = this.#stream.append(
      {
        sequence: String(entry.position.sequence),
        item: entry.spoil?.hidesItem === true ? '' : entry.key,
        at: scheduler.now,
        entry,
      },
      entry.key,
    );
    if (record === undefined) throw new Error('the stream is closed');
    this.#byEntry.set(entry, record);
    this.#wake();
  }

  split(fraction: number): void {
    this.#roll(fraction, true);
  }

  /** Here shards do not merge: another follows. */
  merge(fraction: number): void {
    this.#roll(fraction, false);
  }

  end(): void {
    this.#isEnded = true;
    this.#stream.switchOff();
    this.#wake();
  }

  /** What is still to be read; undefined when nothing is. */
  left(): Promise<string | undefined> {
    return this.#rules.left();
  }

  #roll(fraction: number, isSplit: boolean): void {
    const shard = this.#stream.leaves.find(({ from, to }) => from <= fraction && fraction < to);
    if (shard === undefined) return;
    this.#stream.roll(shard, isSplit);
    this.#world.trace(() => `${shard.id} is closed, and followed by ${this.#childrenOf(shard)}`);
    this.#wake();
  }

  #childrenOf({ id }: ModelledShard<EntryRecord>): string {
    return this.#stream.shards
      .filter(({ parent }) => parent === id)
      .map((child) => child.id)
      .join(' and ');
  }

  #wake(): void {
    const { scheduler } = this.#world;
    this.#since = scheduler.now;
    if (!this.#isResting) return;
    this.#isResting = false;
    this.#world.counts.add('readers woken');
    this.#fill();
    scheduler.in(LOOK_MS, () => this.#look());
  }

  /** As many as there are to be, unless nobody is to read. */
  #fill(): void {
    const { scheduler } = this.#world;
    if (!this.#isEnabled || this.#isResting || scheduler.now < this.#heldUntil) return;
    const running = this.#processes.filter(({ isRunning }) => isRunning).length;
    for (let count = running + this.#starting; count < this.#settings.processes; count++) {
      this.#starting++;
      scheduler.in(this.#chance.int(1, 5 * SECOND), () => {
        this.#starting--;
        if (!this.#isResting && scheduler.now >= this.#heldUntil) this.#start();
      });
    }
  }

  #start(): void {
    const { settings } = this.#world;
    const name = `reader ${++this.#started} of stream ${this.epoch}`;
    const seen = new ModelledSource(
      this.#stream,
      chanceOf(settings.seed, 'source', name),
      this.#settings.source,
    );
    this.#world.trace(() => `${name} starts`);
    this.#processes.push(
      new ReaderProcess(this.#world, {
        name,
        skew: this.#chance.int(-2 * SECOND, 2 * SECOND),
        settings: this.#settings,
        source: seenSource(this.#rules.source(seen), this.#world, name),
        states: this.#rules.states,
        handled: (record) => {
          this.#rules.handled(record);
        },
        ended: (reader) => {
          this.#processes = this.#processes.filter((other) => other !== reader);
          this.#fill();
        },
      }),
    );
  }

  /** Once faults have ended: whether anything is left for somebody to read. */
  async #look(): Promise<void> {
    const { scheduler, settings, invariants, ledger } = this.#world;
    if (this.#isResting) return;
    const left = this.#isEnabled ? await this.left() : undefined;
    if (left === undefined) {
      this.#isResting = true;
      for (const reader of this.#processes) reader.stop();
      return;
    }
    const { now } = scheduler;
    // Who stands still for long may be all that there is.
    if (this.#processes.every((one) => one.isFrozen(now) || !one.isRunning) && this.#starting === 0)
      this.#start();
    const from = Math.max(
      this.#since,
      settings.quietFrom,
      ledger.followedFrom({ position: { epoch: this.epoch, sequence: 0n } }) ?? now,
    );
    if (now > from + PATIENCE_MS)
      invariants.report('every record is handled, unless a gap is noted', `${left} is left`);
    else scheduler.in(LOOK_MS, () => this.#look());
  }
}
