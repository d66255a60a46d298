import type { Shard } from '../../domain/shard.ts';
import { Fault } from '../../domain/fault.ts';
import { Backoff } from './backoff.ts';
import type { NotingDependencies } from './dependencies.ts';
import type { SourceTime } from './source-time.ts';

/** What was learnt of the stream's shards. */
export interface Listed {
  readonly shards: readonly Shard[];
  /** Whether it has all of them: only then is one that it lacks gone. */
  readonly isComplete: boolean;
  /** Whether new changes come. */
  readonly isEnabled: boolean;
  /** When it was asked for, by the monotonic clock. */
  readonly askedAt: number;
}

/** The API allows ten requests a second, for all who ask. */
const SPACING_MS = 200;
/** How often a page is tried until what there is must do. */
const ATTEMPTS = 4;

/** Lists a stream's shards, page by page, at a rate that leaves others room. */
export class ShardLister {
  readonly #deps: Pick<NotingDependencies, 'source' | 'monotonic' | 'sleeper' | 'random' | 'logger'>;
  readonly #signal: AbortSignal;
  readonly #retryMs: number;
  readonly #time: SourceTime;
  #nextAt = -Infinity;

  /**
   * @param signal aborted to stop it.
   * @param time is told what the source says of it.
   */
  constructor(deps: NotingDependencies, signal: AbortSignal, retryMs: number, time: SourceTime) {
    this.#deps = deps;
    this.#signal = signal;
    this.#retryMs = retryMs;
    this.#time = time;
  }

  /**
   * @param childrenOf asks for this shard's children only; never complete.
   * @returns undefined when there is no such stream.
   * @throws Fault when not even a first page could be read.
   */
  async list(childrenOf?: string): Promise<Listed | undefined> {
    const askedAt = this.#deps.monotonic.elapsed();
    const shards = new Map<string, Shard>();
    let isEnabled = true;
    for (let after: string | undefined; ;) {
      let page;
      try {
        page = await this.#page({ after, childrenOf });
      } catch (error) {
        if (after === undefined) throw error;
        this.#deps.logger.log('warn', 'the shards of the stream could not all be listed', {
          ...{ listed: shards.size, error },
        });
        return { shards: [...shards.values()], isComplete: false, isEnabled, askedAt };
      }
      if (page === undefined) return undefined;
      for (const shard of page.shards) shards.set(shard.id, shard);
      isEnabled = page.enabled;
      if (page.next === undefined)
        return { shards: [...shards.values()], isComplete: childrenOf === undefined, isEnabled, askedAt };
      after = page.next;
    }
  }

  async #page(request: { after: string | undefined; childrenOf: string | undefined }) {
    const { source, random, monotonic } = this.#deps;
    const backoff = new Backoff(random, this.#retryMs);
    for (;;) {
      const now = monotonic.elapsed();
      const at = Math.max(now, this.#nextAt);
      this.#nextAt = at + SPACING_MS;
      await this.#pause(at - now);
      try {
        const page = await source.list(request, this.#signal);
        this.#time.answered(page?.at);
        return page;
      } catch (error) {
        const pause = backoff.next();
        const isForGood = Fault.is(error) && error.kind === 'configuration';
        if (isForGood || backoff.failures >= ATTEMPTS || this.#signal.aborted) throw error;
        await this.#pause(pause);
      }
    }
  }

  /** With a signal of its own, as several may pause. */
  async #pause(milliseconds: number): Promise<void> {
    if (milliseconds <= 0 || this.#signal.aborted) return;
    const own = new AbortController();
    const end = () => {
      own.abort();
    };
    this.#signal.addEventListener('abort', end);
    await this.#deps.sleeper.sleep(milliseconds, own.signal);
    this.#signal.removeEventListener('abort', end);
  }
}
