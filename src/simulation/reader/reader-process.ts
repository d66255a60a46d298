import { Logger, type LogFields, type LogLevel } from '../../application/ports/logger.ts';
import type { ShardStates } from '../../application/ports/shard-states.ts';
import { Sleeper } from '../../application/ports/sleeper.ts';
import type { StreamSource } from '../../application/ports/stream-source.ts';
import { READ_STREAM_DEFAULTS } from '../../application/read-stream/options.ts';
import { ReadStream } from '../../application/read-stream/read-stream.ts';
import { wordsOf } from '../../domain/row-view.ts';
import { chanceOf } from '../world/chance.ts';
import { Instance, Life } from '../world/instance.ts';
import { SeededRandom, timeOf } from '../world/process.ts';
import { SECOND } from '../world/settings.ts';
import type { World } from '../world/world.ts';
import { sourceWith, statesWith } from './calls.ts';
import type { EntryRecord } from './entry-record.ts';
import { ReaderBatches } from './reader-batches.ts';
import { FAITHFUL_READER } from './reader-parts.ts';
import type { ReaderSettings } from './reader-settings.ts';
import { readerWire } from './reader-wire.ts';

/** How much longer than it says a reader may take to end: for its last writes, and for what it waits for meanwhile. */
const END_MS = 15 * SECOND;

interface ReaderProcessParts {
  readonly name: string;
  readonly skew: number;
  readonly settings: ReaderSettings;
  readonly source: StreamSource;
  readonly states: ShardStates;
  readonly handled: (record: EntryRecord) => void;
  /** It is over, well or not: by a crash as well. */
  readonly ended: (reader: ReaderProcess) => void;
}

/** A process that reads a stream with others, as it is composed in production. */
export class ReaderProcess {
  readonly life: Life;
  readonly instance: Instance;
  readonly #world: World;
  readonly #parts: ReaderProcessParts;
  readonly #stop = new AbortController();
  #isOver = false;
  #isStopping = false;

  constructor(world: World, parts: ReaderProcessParts) {
    this.#world = world;
    this.#parts = parts;
    this.life = new Life(parts.skew, () => {
      this.#end();
    });
    this.instance = new Instance(parts.name, this.life);
    void this.#run();
  }

  get name(): string {
    return this.#parts.name;
  }

  /** Whether it is to read. */
  get isRunning(): boolean {
    return !this.#isOver && !this.#isStopping;
  }

  /** Whether it may still do anything. */
  get isOver(): boolean {
    return this.#isOver;
  }

  isFrozen(now: number): boolean {
    return this.life.frozenUntil > now;
  }

  /** It is told to end. */
  stop(): void {
    const { scheduler, invariants } = this.#world;
    if (this.#isOver || this.#isStopping) return;
    this.#isStopping = true;
    scheduler.in(
      0,
      () => {
        this.#stop.abort();
      },
      this.life,
    );
    const stopMs = this.#parts.settings.options.stopMs ?? READ_STREAM_DEFAULTS.stopMs;
    scheduler.in(stopMs + END_MS, () => {
      if (!this.#isOver && !this.life.isDisturbed)
        invariants.report('a stopped reader ends in time', this.name);
    });
  }

  async #run(): Promise<void> {
    const { settings, scheduler, invariants, variant, trace } = this.#world;
    const { name, source, states, handled } = this.#parts;
    const { clock, monotonic, sleeper } = timeOf(scheduler, this.instance);
    const parts = { ...FAITHFUL_READER, ...variant.reader() };
    const batches = new ReaderBatches(this.#world, name, this.life, handled);
    const reader = new ReadStream(
      {
        source: parts.source(sourceWith(source, readerWire(this.#world, this.instance, 'stream'))),
        states: parts.states(statesWith(states, readerWire(this.#world, this.instance, 'states'))),
        handle: parts.handle(batches.handle),
        owner: name,
        ...{
          clock,
          monotonic,
          sleeper: new WholeMilliseconds(sleeper),
          logger: new TracedLogger(this.#world, name),
        },
        random: new SeededRandom(chanceOf(settings.seed, 'reader jitter', name)),
      },
      parts.options(this.#parts.settings.options),
    );
    try {
      const { isEndOfStream } = await reader.run(this.#stop.signal);
      trace(() => `${name} has ended`);
      if (!isEndOfStream && !this.#stop.signal.aborted)
        invariants.report('a reader goes on', `${name} has ended by itself`);
    } catch (error) {
      invariants.report('a reader goes on', name, error);
    }
    this.#end();
  }

  #end(): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#parts.ended(this);
  }
}

/** As timers have them: a wait that is left of another is no shorter. */
class WholeMilliseconds extends Sleeper {
  readonly #sleeper: Sleeper;

  constructor(sleeper: Sleeper) {
    super();
    this.#sleeper = sleeper;
  }

  override sleep(milliseconds: number, signal: AbortSignal): Promise<void> {
    return this.#sleeper.sleep(Math.max(1, Math.ceil(milliseconds)), signal);
  }
}

class TracedLogger extends Logger {
  readonly #world: World;
  readonly #name: string;

  constructor(world: World, name: string) {
    super();
    this.#world = world;
    this.#name = name;
  }

  override enabled(): boolean {
    return true;
  }

  override log(_level: LogLevel, message: string, { error, ...fields }: LogFields): void {
    const because = error === undefined ? '' : ` ${wordsOf(error)}`;
    this.#world.trace(() => `${this.#name}: ${message} ${JSON.stringify(fields)}${because}`);
  }
}
