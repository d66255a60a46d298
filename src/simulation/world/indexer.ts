import { LATE_MS } from '../../application/index-outcome.ts';
import { IndexQueue } from '../../application/index-queue.ts';
import { type LogFields, Logger } from '../../application/ports/logger.ts';
import { type MetricName, Metrics, unitOf } from '../../application/ports/metrics.ts';
import { Retrier } from '../../application/retry.ts';
import type { SearchFence } from '../../domain/search-fence.ts';
import type { Random } from '../../random/random.ts';
import type { CallFault } from '../faults/call-faults.ts';
import { chanceOf } from './chance.ts';
import { type ConsumerPorts, fencesWith, overWire, rowsWith } from './consumer-ports.ts';
import type { Counts } from './counts.ts';
import { isAfter } from './entry.ts';
import { Instance, Life } from './instance.ts';
import { MessageSource } from './message-source.ts';
import { SeededRandom, timeOf } from './process.ts';
import { SECOND } from './settings.ts';
import { Wire } from './wire.ts';
import type { World } from './world.ts';

/** How long a client of the search engine, of the queue or of the table waits for an answer. */
const TIMEOUT_MS = 10 * SECOND;

/** How long a request of a busy indexer, or its answer, is on its way at most. */
const BUSY_LATENCY_MS = 3 * SECOND;

/** The processes that drain the search queue. Whichever ends is followed by another one. */
export class Indexer {
  readonly #world: World;
  readonly #random: Random;
  readonly #stores: Omit<ConsumerPorts, 'source'>;
  #consumers: Instance[] = [];
  #started = 0;

  constructor(world: World) {
    this.#world = world;
    this.#random = chanceOf(world.settings.seed, 'indexer');
    this.#stores = { index: world.engine, fences: observedFences(world), rows: rowsOf(world) };
    const few = this.#random.int(1, 3);
    for (let count = world.settings.isIndexerBusy ? 3 : few; count > 0; count--) this.#start();
  }

  /** Whether any of its processes stood still: what it wrote last may be old, as long as it does not find out. */
  get isDisturbed(): boolean {
    return this.#consumers.some(({ life }) => life.isDisturbed);
  }

  /** All processes are replaced by such as have the definition of now: none of the old goes on. */
  deploy(): void {
    for (const instance of this.#consumers) this.#crash(instance);
  }

  #crash(instance: Instance): void {
    if (!instance.alive) return;
    const { scheduler, trace } = this.#world;
    trace(() => `${instance.name} crashes`);
    instance.life.crash();
    this.#consumers = this.#consumers.filter((other) => other !== instance);
    scheduler.in(this.#random.int(1, 5 * SECOND), () => {
      this.#start();
    });
  }

  #start(): void {
    const { settings, scheduler, variant, counts, definition } = this.#world;
    const instance = new Instance(`consumer ${++this.#started}`, new Life(this.#random.int(-SECOND, SECOND)));
    this.#consumers.push(instance);
    const random = chanceOf(settings.seed, 'consumer', instance.name);
    const source = new MessageSource({
      ...{ queue: this.#world.queue, scheduler, instance },
      random: chanceOf(settings.seed, 'receives', instance.name),
      visibilityMs: settings.visibilityMs,
    });
    const { source: received, ...ports } = variant.consumer(
      overWire({ ...this.#stores, source }, this.#wireOf(instance)),
    );
    const { clock, sleeper } = timeOf(scheduler, instance);
    const metrics = new CountedMetrics(counts);
    const own = new SeededRandom(random);
    const documents = variant.indexDocuments({
      ...{ ...ports, model: definition.model },
      retrier: new Retrier(sleeper, own, metrics, settings.retries),
    });
    const queue = new IndexQueue(
      {
        ...{ source: received, documents, sleeper, metrics },
        ...{
          clock,
          random: own,
          logger: new TracedLogger(this.#world),
        },
      },
      {
        ...{ receivers: random.int(1, 2), receiveMax: random.pick([1, 3, 10]), waitMs: 0, heldMax: 50 },
        batchMax: random.pick(settings.isIndexerBusy ? [1, 2] : [1, 3, 100]),
        lingerMs: random.pick([0, 50, SECOND]),
      },
    );
    void queue.run(new AbortController().signal);
  }

  #wireOf(instance: Instance): Wire<Parameters<World['faults']['ofIndexer']>[0]> {
    const { settings, scheduler, faults, trace } = this.#world;
    return new Wire(instance, {
      ...{ scheduler, trace, quietFrom: settings.quietFrom },
      latencyMs: settings.isIndexerBusy ? BUSY_LATENCY_MS : settings.latencyMs,
      faultOf: (port, now) => withoutResidual(faults.ofIndexer(port, now), instance),
      random: chanceOf(settings.seed, 'indexer wire', instance.name),
      refusals: chanceOf(settings.seed, 'indexer refusals', instance.name),
      lateMs: LATE_MS - TIMEOUT_MS,
      timeoutMs: TIMEOUT_MS,
      crash: (crashed) => {
        this.#crash(crashed);
      },
    });
  }
}

/**
 * A process that stood still may have written late, over what others wrote and acknowledged: it alone can know. Where it ends
 * before it finds that out, nobody does, which GUARANTEES.md says.
 */
function withoutResidual(fault: CallFault | undefined, { frozenUntil }: Instance): CallFault | undefined {
  return frozenUntil > 0 && fault?.startsWith('crash') === true ? 'lost' : fault;
}

/** The fences, of which it is seen that none moves back. */
function observedFences({ fences, ledger, invariants }: World): ConsumerPorts['fences'] {
  const isOlder = (from: SearchFence, to: SearchFence) =>
    isAfter(ledger.positionOf(from.version), ledger.positionOf(to.version));
  return fencesWith(
    (keys) => fences.load(keys),
    async (moves) => {
      const keys = moves.map(({ key }) => key);
      const before = await fences.load(keys);
      const results = await fences.advance(moves);
      for (const [index, result] of results.entries()) {
        const [from, move] = [before[index], moves[index]];
        if (result !== 'done' || from === undefined || move === undefined || !('version' in from)) continue;
        if (isOlder(from, move.to))
          invariants.report(
            'a fence never moves back',
            `${move.key.collection} ${move.key.id}: from ${from.version.sequence} to ${move.to.version.sequence}`,
          );
      }
      return results;
    },
  );
}

/** The table's rows as they are. A backend that keeps them itself has no others. */
function rowsOf(world: World): ConsumerPorts['rows'] {
  return rowsWith(async (keys) => keys.map((key) => world.rowAt(key)));
}

class CountedMetrics extends Metrics {
  readonly #counts: Counts;

  constructor(counts: Counts) {
    super();
    this.#counts = counts;
  }

  override add(name: MetricName, value: number): void {
    if (unitOf(name) === 'Count' && value > 0) this.#counts.add(`metric: ${name}`, value);
  }

  override request(): void {
    // Requests are counted where they arrive.
  }

  override flush(): void {
    // They are counted at once.
  }
}

class TracedLogger extends Logger {
  readonly #world: World;

  constructor(world: World) {
    super();
    this.#world = world;
  }

  override enabled(): boolean {
    return true;
  }

  override log(_level: string, message: string, { error, ...fields }: LogFields): void {
    this.#world.trace(() => `indexer: ${message} ${JSON.stringify(fields)} ${String(error)}`);
  }
}
