import { type Gap, isSameGap, isSamePosition, type StreamGap } from '../../domain/shard.ts';
import type { NotingDependencies } from './dependencies.ts';
import type { SourceTime } from './source-time.ts';
import { gapsOf } from './table-gaps.ts';

/** What to do about a gap. */
export const REPAIR_GAP =
  'changes were lost for good: bring what is derived in line with the rows as they are (contrail verify --repair=missing,stale,wrong,extra), which closes the gap';

/** How soon what grew a gap is not told apart from what made it, in milliseconds: whoever repairs reads rows as they are long after that was written. */
const SAME_MS = 60_000;

/** Notes gaps for good, loudly. */
export class GapNoting {
  readonly #deps: Pick<NotingDependencies, 'source' | 'states' | 'openGaps' | 'logger'>;
  readonly #signal: AbortSignal;
  readonly #noting = new Map<string, Promise<void>>();
  #open: readonly StreamGap[] = [];

  readonly #time: SourceTime;

  /**
   * @param signal for requests to the states.
   * @param time when gaps are noticed, the same for all processes.
   */
  constructor(deps: NotingDependencies, signal: AbortSignal, time: SourceTime) {
    this.#deps = deps;
    this.#signal = signal;
    this.#time = time;
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

  /** One was closed by this process. */
  closed(gap: StreamGap): void {
    this.#open = this.#open.filter((open) => !isSameGap(open, gap));
  }

  /**
   * Notes a gap for good.
   *
   * @throws Fault when it is not known whether it is noted: nothing may go on as if there were none.
   */
  async note(found: Omit<Gap, 'at'>): Promise<void> {
    const gap = { ...found, at: this.#time.now() };
    if (this.#open.some((open) => isNoted(gap, open) && open.stream === this.#deps.source.arn)) return;
    // Several may notice it at the same time.
    const name = JSON.stringify([gap.shard, gap.reason, gap.after]);
    const noting = this.#noting.get(name) ?? this.#note(gap).finally(() => this.#noting.delete(name));
    this.#noting.set(name, noting);
    await noting;
  }

  async #note(gap: Gap): Promise<void> {
    const { source, states, logger } = this.#deps;
    const stream = source.arn;
    // Another process may have noticed it.
    const noted = (await states.gaps(stream, this.#signal)).find((open) => isNoted(gap, open));
    if (noted === undefined) await states.noteGaps(stream, [gap], this.#signal);
    const open = noted ?? gap;
    logger.log('error', 'records of the stream are lost', { stream, ...open, do: REPAIR_GAP });
    const others = this.#open.filter((one) => one.stream !== stream || !isSamePosition(gap, one));
    this.#open = [...others, { stream, ...open }];
  }
}

/** Whether an open gap is for this one too: not where more may have left the stream at its position since. */
function isNoted(gap: Gap, open: Gap): boolean {
  return isSamePosition(gap, open) && (gap.reason !== 'trimmed' || gap.at - open.at < SAME_MS);
}
