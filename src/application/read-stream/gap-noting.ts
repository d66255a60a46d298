import type { Gap } from '../../domain/shard.ts';
import type { NotingDependencies } from './dependencies.ts';

/** What to do about a gap. */
const REPAIR =
  'changes were lost for good: bring what is derived in line with the rows as they are (verify, then repair), then close the gap';

/** Notes gaps for good, loudly. */
export class GapNoting {
  readonly #deps: Pick<NotingDependencies, 'source' | 'states' | 'clock' | 'logger'>;
  readonly #signal: AbortSignal;
  readonly #noting = new Map<string, Promise<void>>();
  #open: readonly Gap[] = [];

  /** @param signal for requests to the states. */
  constructor(deps: NotingDependencies, signal: AbortSignal) {
    this.#deps = deps;
    this.#signal = signal;
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
   * Notes a gap for good.
   *
   * @throws Fault when it is not known whether it is noted: nothing may go on as if there were none.
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
    const { source, states, logger } = this.#deps;
    await states.noteGaps(source.arn, [gap], this.#signal);
    logger.log('error', 'records of the stream are lost', { stream: source.arn, ...gap, do: REPAIR });
    this.#open = [...this.#open, gap];
  }
}
