import type { Gap, StreamGap } from '../../domain/shard.ts';
import type { NotingDependencies } from './dependencies.ts';
import { gapsOf } from './table-gaps.ts';

/** What to do about a gap. */
export const REPAIR_GAP =
  'changes were lost for good: bring what is derived in line with the rows as they are (contrail verify --repair=missing,stale,wrong,extra), which closes the gap';

/** Notes gaps for good, loudly. */
export class GapNoting {
  readonly #deps: Pick<NotingDependencies, 'source' | 'states' | 'openGaps' | 'clock' | 'logger'>;
  readonly #signal: AbortSignal;
  readonly #noting = new Map<string, Promise<void>>();
  #open: readonly StreamGap[] = [];

  /** @param signal for requests to the states. */
  constructor(deps: NotingDependencies, signal: AbortSignal) {
    this.#deps = deps;
    this.#signal = signal;
  }

  /** Those that nobody has closed. */
  get open(): readonly StreamGap[] {
    return this.#open;
  }

  /** @throws Fault when they cannot be read. */
  async load(signal: AbortSignal): Promise<void> {
    const { openGaps, states, source } = this.#deps;
    this.#open = await (openGaps?.(signal) ?? gapsOf(states, source.arn, signal));
  }

  /**
   * Notes a gap for good.
   *
   * @throws Fault when it is not known whether it is noted: nothing may go on as if there were none.
   */
  async note(found: Omit<Gap, 'at'>): Promise<void> {
    const gap = { ...found, at: this.#deps.clock.now() };
    const { arn } = this.#deps.source;
    const isSame = ({ stream, shard, reason, after }: StreamGap) =>
      stream === arn && shard === gap.shard && reason === gap.reason && after === gap.after;
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
    logger.log('error', 'records of the stream are lost', { stream: source.arn, ...gap, do: REPAIR_GAP });
    this.#open = [...this.#open, { stream: source.arn, ...gap }];
  }
}
