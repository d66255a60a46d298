import { MemoryDerivedListing } from '../../../src/adapters/memory/memory-derived-listing.ts';
import type { MemorySearchEngine } from '../../../src/adapters/memory/memory-search-engine.ts';
import { MemoryImageRepository } from '../../../src/adapters/memory/memory-image-repository.ts';
import { Verify } from '../../../src/application/drift/verify.ts';
import { VERIFY_DEFAULTS, type VerifyParts } from '../../../src/application/drift/verify-parts.ts';
import {
  DerivedListing,
  type ListedItem,
  type ListedState,
} from '../../../src/application/ports/derived-listing.ts';
import type { DerivedRowRepository } from '../../../src/application/ports/derived-row-repository.ts';
import type { MatcherRepository } from '../../../src/application/ports/matcher-repository.ts';
import { MonotonicClock } from '../../../src/application/ports/monotonic-clock.ts';
import { SearchBacklog } from '../../../src/application/ports/search-backlog.ts';
import { SearchIndex } from '../../../src/application/ports/search-index.ts';
import type { SearchQueue } from '../../../src/application/ports/search-queue.ts';
import { Sleeper } from '../../../src/application/ports/sleeper.ts';
import { DRIFT_KINDS, type DriftKind } from '../../../src/domain/drift/finding.ts';
import type { Mending } from '../../../src/domain/drift/mending.ts';
import { FillWorld } from '../bring-into-line/fill-world.ts';
import { aRetrier, FixedRandom } from '../doubles.ts';

type Pause = () => Promise<void> | undefined;

/** What somebody who mends does otherwise. */
export interface MendingPorts {
  readonly matcher?: MatcherRepository;
  readonly derivedRows?: DerivedRowRepository;
  readonly queue?: SearchQueue;
}

/** What is listed, as others may come between any two items. */
class SlowListing extends DerivedListing {
  readonly #inner: DerivedListing;
  readonly #pause: Pause;

  constructor(inner: DerivedListing, pause: Pause) {
    super();
    this.#inner = inner;
    this.#pause = pause;
  }

  override inTable(): undefined {
    return undefined;
  }

  override async *elsewhere(tables: readonly string[]): AsyncGenerator<readonly ListedItem[]> {
    for await (const page of this.#inner.elsewhere(tables))
      for (const item of page) {
        await this.#pause();
        yield [item];
      }
  }

  override async *states(): AsyncGenerator<readonly ListedState[]> {
    for await (const page of this.#inner.states())
      for (const state of page) {
        await this.#pause();
        yield [state];
      }
  }
}

/** Others may come before each reading. */
class SlowIndex extends SearchIndex {
  readonly #inner: MemorySearchEngine;
  readonly #pause: Pause;

  constructor(inner: MemorySearchEngine, pause: Pause) {
    super();
    this.#inner = inner;
    this.#pause = pause;
  }

  override apply(...given: Parameters<SearchIndex['apply']>) {
    return this.#inner.apply(...given);
  }

  override async read(...given: Parameters<SearchIndex['read']>) {
    await this.#pause();
    return this.#inner.read(...given);
  }

  override documents(...given: Parameters<SearchIndex['documents']>) {
    return this.#inner.documents(...given);
  }
}

/** Says that nothing waits, once something is done. */
class Awaited extends SearchBacklog {
  readonly #before: () => Promise<void>;

  constructor(before: () => Promise<void>) {
    super();
    this.#before = before;
  }

  override async waiting(): Promise<number> {
    await this.#before();
    return 0;
  }
}

/** No time passes. */
class Standing extends MonotonicClock {
  override elapsed(): number {
    return 0;
  }
}

class Paused extends Sleeper {
  readonly #pause: Pause;

  constructor(pause: Pause) {
    super();
    this.#pause = pause;
  }

  override async sleep(): Promise<void> {
    await this.#pause();
  }
}

/** Lets so many calls of some methods through, and none afterwards. */
function mortalFor(writes: number) {
  let left = writes;
  return <Port extends object>(port: Port, methods: readonly (keyof Port)[]): Port =>
    new Proxy(port, {
      get: (target, name) => {
        const member: unknown = Reflect.get(target, name, target);
        if (typeof member !== 'function') return member;
        return (...given: unknown[]): unknown => {
          if (methods.includes(name as keyof Port) && left-- <= 0) return Promise.reject(new Error('dead'));
          return Reflect.apply(member, target, given);
        };
      },
    });
}

/**
 * Mends everything that is derived in a world, beside whatever goes on there. It does not wait for what is under way, so it finds much that is no
 * drift.
 *
 * @param before is waited for before documents are looked at again.
 * @returns what became of each finding.
 */
export async function repairIn(
  world: FillWorld,
  model: VerifyParts['model'],
  pause: Pause,
  {
    ports = {},
    kinds = DRIFT_KINDS,
    writes = Infinity,
    before = () => Promise.resolve(),
  }: {
    readonly ports?: MendingPorts;
    readonly kinds?: readonly DriftKind[];
    /** So many calls that write get through: afterwards it is as if it had died. */
    readonly writes?: number;
    readonly before?: () => Promise<void>;
  } = {},
): Promise<readonly (Mending | undefined)[]> {
  const mortal = mortalFor(writes);
  const matcher = mortal(ports.matcher ?? world.matcher, ['apply', 'correct']);
  const derivedRows = mortal(ports.derivedRows ?? world.derivedRows, ['apply', 'discard']);
  const queue = mortal(ports.queue ?? world.queue, ['send']);
  const { engine } = world;
  const verify = new Verify({
    ...{ model, retrier: aRetrier({ conflicts: 1_000 }), wallClock: world.clock },
    scan: world.scan,
    listing: new SlowListing(
      new MemoryDerivedListing(model.keys, world.table, world.matcher, world.derivedRows),
      pause,
    ),
    sourceRows: world.paused(world.rows),
    matcher: world.paused(matcher),
    images: world.paused(new MemoryImageRepository(world.table)),
    derivedRows: world.paused(derivedRows),
    index: new SlowIndex(engine, pause),
    fences: world.paused(world.fences),
    backlog: new Awaited(before),
    asHeld: (_, fields) => fields,
    bring: world.filler({ matcher, derivedRows, queue }),
    queue: world.paused(queue),
    clock: new Standing(),
    sleeper: new Paused(pause),
    random: new FixedRandom(0.37),
  });
  const mendings: (Mending | undefined)[] = [];
  await verify.execute(
    { ...VERIFY_DEFAULTS, repair: kinds, settleMs: 0, segments: 1, pageRows: 2, looks: 4 },
    { onFinding: (_, mending) => mendings.push(mending) },
    new AbortController().signal,
  );
  return mendings;
}
