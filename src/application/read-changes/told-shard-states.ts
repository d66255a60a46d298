import type { Gap, ShardState, StreamGap } from '../../domain/shard.ts';
import { ShardStates } from '../ports/shard-states.ts';

/** Shards of a stream. */
export interface StreamShards {
  /** The stream's ARN. */
  readonly stream: string;
  readonly shards: readonly string[];
}

/** Told of what is noted of streams, whoever has noted it, before anything of that is read. Where it says that it failed, it is told again. */
export interface NotedListener {
  readonly newShards: (shards: StreamShards, failed: () => void) => void;
  readonly removedShards: (shards: StreamShards, failed: () => void) => void;
  /** Once for each, also for those that were open before. */
  readonly gap: (gap: StreamGap, failed: () => void) => void;
}

/** Shard states that are kept under a name, so that readers for other purposes have theirs, and tell what changes. */
export class ToldShardStates extends ShardStates {
  readonly #inner: ShardStates;
  readonly #suffix: string;
  readonly #listener: NotedListener;
  readonly #shards = new Map<string, ReadonlySet<string>>();
  readonly #gaps = new Set<string>();

  constructor(inner: ShardStates, name: string | undefined, listener: NotedListener) {
    super();
    this.#inner = inner;
    this.#suffix = name === undefined ? '' : `#${name}`;
    this.#listener = listener;
  }

  override readonly load: ShardStates['load'] = async (stream, signal) => {
    const noted = await this.#inner.load(this.#named(stream), signal);
    // Of a table its streams are noted.
    if (!TABLE.test(stream)) this.#tellShards(stream, noted);
    return noted;
  };

  override readonly add: ShardStates['add'] = (stream, shards, signal) =>
    this.#inner.add(this.#named(stream), shards, signal);

  override readonly claim: ShardStates['claim'] = (stream, claims, owner, signal) =>
    this.#inner.claim(this.#named(stream), claims, owner, signal);

  override readonly renew: ShardStates['renew'] = (stream, held, owner, signal) =>
    this.#inner.renew(this.#named(stream), held, owner, signal);

  override readonly release: ShardStates['release'] = (stream, held, owner, signal) =>
    this.#inner.release(this.#named(stream), held, owner, signal);

  override readonly advance: ShardStates['advance'] = (stream, moves, signal) =>
    this.#inner.advance(this.#named(stream), moves, signal);

  override readonly forget: ShardStates['forget'] = (stream, shards, signal) =>
    this.#inner.forget(this.#named(stream), shards, signal);

  override readonly noteGaps: ShardStates['noteGaps'] = async (stream, gaps, signal) => {
    await this.#inner.noteGaps(this.#named(stream), gaps, signal);
    this.#tellGaps(stream, gaps);
  };

  override readonly gaps: ShardStates['gaps'] = async (stream, signal) => {
    const gaps = await this.#inner.gaps(this.#named(stream), signal);
    this.#tellGaps(stream, gaps);
    return gaps;
  };

  override readonly closeGaps: ShardStates['closeGaps'] = async (stream, gaps, signal) => {
    await this.#inner.closeGaps(this.#named(stream), gaps, signal);
    for (const gap of gaps) this.#gaps.delete(markOf(stream, gap));
  };

  #named(stream: string): string {
    return `${stream}${this.#suffix}`;
  }

  #tellShards(stream: string, noted: readonly ShardState[]): void {
    const before =
      this.#shards.get(stream) ?? new Set(noted.flatMap(({ id, complete }) => (complete ? id : [])));
    const now = new Set(noted.map(({ id }) => id));
    this.#shards.set(stream, now);
    const added = [...now].filter((id) => !before.has(id));
    const removed = [...before].filter((id) => !now.has(id));
    const failed = () => void this.#shards.set(stream, before);
    if (added.length > 0) this.#listener.newShards({ stream, shards: added }, failed);
    if (removed.length > 0) this.#listener.removedShards({ stream, shards: removed }, failed);
  }

  #tellGaps(stream: string, gaps: readonly Gap[]): void {
    for (const gap of gaps) {
      const mark = markOf(stream, gap);
      if (this.#gaps.has(mark)) continue;
      this.#gaps.add(mark);
      this.#listener.gap({ stream, ...gap }, () => this.#gaps.delete(mark));
    }
  }
}

/** Noted again, it is told again: more may be lost. */
function markOf(stream: string, { shard, reason, after, at }: Gap): string {
  return JSON.stringify([stream, shard, reason, after, at]);
}

const TABLE = /:table\/[^/]+$/;
