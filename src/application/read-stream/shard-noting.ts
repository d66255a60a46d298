import { Fault } from '../../domain/fault.ts';
import { newShards } from '../../domain/new-shards.ts';
import { forgettable, knownByFollowers } from '../../domain/shard-order.ts';
import type { NotingDependencies } from './dependencies.ts';
import type { GapNoting } from './gap-noting.ts';
import type { Listed, ShardLister } from './list-shards.ts';
import type { ReadStreamOptions } from './options.ts';

type NotingOptions = Pick<ReadStreamOptions, 'from' | 'once' | 'forgetMs'>;

/** Notes which shards there are. Presence is acted on whatever the listing, absence only when it is complete. */
export class ShardNoting {
  readonly #deps: NotingDependencies;
  readonly #lister: ShardLister;
  readonly #gaps: GapNoting;
  readonly #options: NotingOptions;
  readonly #signal: AbortSignal;
  #isEnabled = true;
  #isFinal = false;
  /** Those that get no more records. */
  #closed: ReadonlySet<string> = new Set();
  /** Since when complete shards are missing from the stream, by the monotonic clock. */
  #missing: ReadonlyMap<string, number> = new Map();
  #pending: Promise<Listed | undefined> | undefined;

  /** @param signal for requests to the states. */
  constructor(
    deps: NotingDependencies,
    lister: ShardLister,
    gaps: GapNoting,
    options: NotingOptions,
    signal: AbortSignal,
  ) {
    this.#deps = deps;
    this.#lister = lister;
    this.#gaps = gaps;
    this.#options = options;
    this.#signal = signal;
  }

  /** Whether new changes come, by the last listing. */
  get isEnabled(): boolean {
    return this.#isEnabled;
  }

  /** Whether all shards are noted, and there will never be others. */
  get isFinal(): boolean {
    return this.#isFinal;
  }

  /**
   * Lists all shards, and notes them.
   *
   * @returns whether all were listed; undefined when there is no such stream.
   * @throws Fault when nothing was listed, or it is not known what was noted.
   */
  async noteAll(): Promise<boolean | undefined> {
    const listed = await this.#listAll();
    if (listed !== undefined) await this.#note(listed);
    // Not before they are noted: one that is not might still be read.
    if (listed === undefined || (listed.isComplete && !listed.isEnabled)) this.#isFinal = true;
    return listed?.isComplete;
  }

  /**
   * Notes the children of a shard that is closed. Where none can be told by themselves, all shards are listed.
   *
   * @returns false when not all were listed.
   * @throws Fault as `noteAll` does.
   */
  async noteChildren(shard: string): Promise<boolean> {
    const listed = await this.#lister.list(shard);
    if (listed?.shards.some(({ parent }) => parent === shard) !== true)
      return (await this.noteAll()) !== false;
    await this.#note(listed);
    return true;
  }

  /** Whether a shard is known to get no more records. */
  isClosed(shard: string): boolean {
    return this.#closed.has(shard);
  }

  /** Whether a shard is in the stream; undefined when not all shards could be listed. */
  async isListed(shard: string): Promise<boolean | undefined> {
    const listed = await this.#listAll();
    if (listed === undefined) return false;
    if (listed.shards.some(({ id }) => id === shard)) return true;
    return listed.isComplete ? false : undefined;
  }

  /** Who asks while others wait for an answer gets the same. */
  async #listAll(): Promise<Listed | undefined> {
    this.#pending ??= this.#lister.list().finally(() => (this.#pending = undefined));
    const listed = await this.#pending;
    this.#isEnabled = listed?.isEnabled ?? false;
    if (!this.#isEnabled) await this.#noteSwitchedOff();
    return listed;
  }

  /** Of a stream that was never read nothing is lost. */
  async #noteSwitchedOff(): Promise<void> {
    const { states, source } = this.#deps;
    const noted = await states.load(source.arn, this.#signal);
    if (noted.length > 0)
      await this.#gaps.note({ shard: undefined, reason: 'switched off', after: undefined });
  }

  async #note({ shards, isComplete, askedAt }: Listed): Promise<void> {
    const { states, source, logger } = this.#deps;
    const closed = shards.flatMap((shard) => (shard.closed ? shard.id : []));
    // Of a partial listing those of the one before are kept.
    this.#closed = new Set([...closed, ...(isComplete ? [] : this.#closed)]);
    const noted = await states.load(source.arn, this.#signal);
    const { generations, lost } = newShards(shards, isComplete, noted, this.#options.from);
    for (const shard of lost) {
      this.#refuseOld(askedAt);
      await this.#gaps.note({ shard, reason: 'vanished', after: undefined });
    }
    for (const some of generations) {
      this.#refuseOld(askedAt);
      await states.add(source.arn, some, this.#signal);
    }
    const added = generations.flat();
    if (added.length > 0) logger.log('info', 'new shards', { shards: added.map(({ id }) => id) });
    if (!isComplete) return;
    const missing = forgettable(noted, new Set(shards.map(({ id }) => id)));
    // Who does not stay would never see how long they are missing.
    const gone = this.#options.once ? knownByFollowers(missing, noted) : this.#goneForLong(missing);
    if (gone.length === 0) return;
    await states.forget(source.arn, gone, this.#signal);
    logger.log('info', 'shards that have left the stream', { shards: gone });
  }

  /** Another process may have seen a shard just before it left the stream: one that was forgotten would be new to it, and then lost. */
  #goneForLong(missing: readonly string[]): readonly string[] {
    const now = this.#deps.monotonic.elapsed();
    this.#missing = new Map(missing.map((id) => [id, this.#missing.get(id) ?? now]));
    return missing.filter((id) => now - (this.#missing.get(id) ?? now) >= this.#options.forgetMs);
  }

  /** What it has may be forgotten by now, as where the process stood still. */
  #refuseOld(askedAt: number): void {
    if (this.#deps.monotonic.elapsed() - askedAt <= this.#options.forgetMs / 2) return;
    throw new Fault('transient', 'the listing of the stream is too old for shards to be noted by it');
  }
}

export function noSuchStream(arn: string): Fault {
  return new Fault(
    'configuration',
    `there is no stream ${arn}: switch the table's stream on, with new and old images, and give its present ARN`,
  );
}
