import type { Gap } from '../../domain/shard.ts';
import { Bell } from '../bell.ts';
import { Backoff } from './backoff.ts';
import type { ReadStreamDependencies } from './dependencies.ts';

/** What to do about a gap. */
const REPAIR =
  'changes were lost for good: bring what is derived in line with the rows as they are (verify, then repair), then close the gap';

/** Notes gaps for good, loudly. */
export class GapNoting {
  readonly #deps: Pick<ReadStreamDependencies, 'source' | 'states' | 'clock' | 'random' | 'logger'>;
  readonly #signal: AbortSignal;
  readonly #bell: Bell;
  readonly #retryMs: number;
  readonly #noting = new Map<string, Promise<void>>();
  #open: readonly Gap[] = [];

  /** @param signal aborted when nothing is noted any more. */
  constructor(deps: ReadStreamDependencies, signal: AbortSignal, retryMs: number) {
    this.#deps = deps;
    this.#signal = signal;
    this.#bell = new Bell(deps.sleeper);
    signal.addEventListener('abort', () => this.#bell.ring());
    this.#retryMs = retryMs;
  }

  /** Those that nobody has closed. */
  get open(): readonly Gap[] {
    return this.#open;
  }

  /** @throws Fault when they cannot be read. */
  async load(signal: AbortSignal): Promise<void> {
    this.#open = await this.#deps.states.gaps(this.#deps.source.arn, signal);
  }

  /**
   * Notes a gap, and tries until it is noted: nothing may go on as if there were none.
   *
   * @throws Fault when it is not, because the process is to stop.
   */
  async note(found: Omit<Gap, 'at'>): Promise<void> {
    const gap = { ...found, at: this.#deps.clock.now() };
    const isSame = (other: Gap) =>
      other.shard === gap.shard && other.reason === gap.reason && other.after === gap.after;
    if (this.#open.some(isSame)) return;
    // Several may notice it at the same time.
    const name = JSON.stringify([gap.shard, gap.reason, gap.after]);
    const noting = this.#noting.get(name) ?? this.#note(gap).finally(() => this.#noting.delete(name));
    this.#noting.set(name, noting);
    await noting;
  }

  async #note(gap: Gap): Promise<void> {
    const { source, states, random, logger } = this.#deps;
    const backoff = new Backoff(random, this.#retryMs);
    for (;;) {
      try {
        await states.noteGaps(source.arn, [gap], this.#signal);
        break;
      } catch (error) {
        logger.log('error', 'a gap could not be noted, so reading waits', { ...gap, error });
        if (!this.#signal.aborted) await this.#bell.wait(backoff.next());
        if (this.#signal.aborted) throw error;
      }
    }
    logger.log('error', 'records of the stream are lost', { stream: source.arn, ...gap, do: REPAIR });
    this.#open = [...this.#open, gap];
  }
}
