import { beginningOf, type NotedShards } from '../../domain/shard-order.ts';
import type { ShardState } from '../../domain/shard.ts';
import type { ReadStreamDependencies } from './dependencies.ts';
import type { ShardStatus } from './reader-status.ts';
import { ShardReading } from './shard-reading.ts';
import type { SharedReading } from './shared-reading.ts';

/** What is told of the readings of a process. */
export interface ReadingListener {
  /** A shard is closed, and all of its records are handled. */
  readonly completed: (shard: string) => Promise<void>;
  /** A shard could not be read, for a reason that is no fault of the stream's. */
  readonly failed: (shard: string, error: unknown) => void;
  /** A shard is read no longer. */
  readonly ended: () => void;
}

/** The shards that a process reads, each by the lease that it holds. */
export class ShardReadings {
  readonly #deps: ReadStreamDependencies;
  readonly #shared: SharedReading;
  readonly #listener: ReadingListener;
  readonly #readings = new Map<string, ShardReading>();
  /** What goes on for each shard: the next reading of one begins when the last has ended. */
  readonly #work = new Map<string, Promise<void>>();
  readonly #settled = new Set<string>();
  /** How many records each had left when its last reading ended. */
  readonly #left = new Map<string, number>();
  #isStopped = false;

  constructor(deps: ReadStreamDependencies, shared: SharedReading, listener: ReadingListener) {
    this.#deps = deps;
    this.#shared = shared;
    this.#listener = listener;
  }

  /** Whether nothing goes on. */
  get isIdle(): boolean {
    return this.#work.size === 0;
  }

  /** How many records were read and not handled when the last reading of their shard ended. */
  get unhandled(): number {
    return [...this.#left.values()].reduce((sum, left) => sum + left, 0);
  }

  /** Only `once`: whether a shard's records are handled, or were tried often enough. */
  isSettled(shard: string): boolean {
    return this.#settled.has(shard);
  }

  /** @param now by the time of the stream. */
  statuses(now: number): readonly ShardStatus[] {
    return Array.from(this.#readings.values(), (reading) => ({
      shard: reading.state.id,
      lagMs: reading.lagMs(now),
      held: reading.held,
      blockedItems: reading.blockedItems,
      frontier: reading.frontier,
      problem: reading.problem,
    }));
  }

  /** Begins with a shard whose lease was just claimed. */
  begin(state: ShardState, noted: NotedShards): void {
    const { id } = state;
    const before = this.#work.get(id) ?? Promise.resolve();
    const work = before
      .then(() => this.#read(state, noted))
      .catch((error: unknown) => this.#listener.failed(id, error))
      .finally(() => {
        if (this.#work.get(id) === work) this.#work.delete(id);
        this.#listener.ended();
      });
    this.#work.set(id, work);
  }

  /** Reads no more, and begins nothing; what is being handled goes on. */
  stop(): void {
    this.#isStopped = true;
    for (const reading of this.#readings.values()) reading.stop();
  }

  /** Gives up what is being handled: of one shard, or of all. */
  giveUp(shard?: string): void {
    for (const [id, reading] of this.#readings) if (shard === undefined || id === shard) reading.giveUp();
  }

  async #read(state: ShardState, noted: NotedShards): Promise<void> {
    const { id, lease } = state;
    if (this.#isStopped || this.#shared.epochOf(id) !== lease.epoch) return;
    const reading = new ShardReading(state, beginningOf(state, noted), this.#deps, this.#shared);
    this.#readings.set(id, reading);
    const end = await reading.run().finally(() => {
      this.#readings.delete(id);
      // Read again, it counts again.
      this.#left.set(id, reading.held);
    });
    if (end === 'settled') this.#settled.add(id);
    if (end === 'complete') await this.#listener.completed(id);
  }
}
