import { Fault } from '../../domain/fault.ts';
import type { ShardState } from '../../domain/shard.ts';
import type { ReadStreamDependencies } from './dependencies.ts';
import type { GapNoting } from './gap-noting.ts';
import { noSuchStream, type ShardNoting } from './shard-noting.ts';
import { Wake } from './wake.ts';

/** How soon shards are listed again of which only some could be. */
const LIST_AGAIN_MS = 2_000;

/** Has the shards of a stream listed and noted at the beginning, and then now and then. */
export class StreamListing {
  readonly #deps: Pick<ReadStreamDependencies, 'source' | 'states' | 'random' | 'logger'>;
  readonly #noting: ShardNoting;
  readonly #gaps: GapNoting;
  readonly #stopped: AbortSignal;
  readonly #closed: AbortSignal;
  readonly #wake: Wake;

  /**
   * @param stopped aborted once nothing more is listed: then it is to be woken.
   * @param closed for requests to the states.
   */
  constructor(
    deps: ReadStreamDependencies,
    noting: ShardNoting,
    gaps: GapNoting,
    { stopped, closed }: { readonly stopped: AbortSignal; readonly closed: AbortSignal },
  ) {
    this.#deps = deps;
    this.#noting = noting;
    this.#gaps = gaps;
    this.#stopped = stopped;
    this.#closed = closed;
    this.#wake = new Wake(deps.sleeper);
  }

  /** All are to be listed now. */
  wake(): void {
    this.#wake.call();
  }

  /**
   * Only a complete listing tells where to begin.
   *
   * @returns what is noted; nothing where it was stopped before.
   * @throws Fault `configuration` when there is no such stream, or a setting keeps it from being listed.
   */
  async first(): Promise<readonly ShardState[]> {
    const { source, states, random } = this.#deps;
    const isStopped = () => this.#stopped.aborted;
    while (!isStopped()) {
      try {
        const isComplete = await this.#noting.noteAll();
        if (isComplete === undefined) throw noSuchStream(source.arn);
        await this.#gaps.load(this.#closed);
        const noted = await states.load(source.arn, this.#closed);
        if (isComplete) return noted;
      } catch (error) {
        if (isStopped()) break;
        if (Fault.is(error) && error.kind === 'configuration') throw error;
        this.#warn(error);
      }
      await this.#wake.wait(random.next() * LIST_AGAIN_MS);
    }
    return [];
  }

  /** Until it is stopped. */
  async again(listMs: number): Promise<void> {
    const { random } = this.#deps;
    const isStopped = () => this.#stopped.aborted;
    let isComplete = true;
    while (!isStopped()) {
      // Several processes are not to list all at the same time.
      await this.#wake.wait((isComplete ? listMs : LIST_AGAIN_MS) * (0.75 + random.next() / 2));
      if (isStopped()) return;
      try {
        isComplete = (await this.#noting.noteAll()) !== false;
        await this.#gaps.load(this.#closed);
      } catch (error) {
        isComplete = false;
        this.#warn(error);
      }
    }
  }

  #warn(error: unknown): void {
    const { logger, source } = this.#deps;
    logger.log('warn', 'the stream could not be listed', { stream: source.arn, error });
  }
}
