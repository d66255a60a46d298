import { MemoryImageRepository } from '../../adapters/memory/memory-image-repository.ts';
import type { EntityView, ImageRepository } from '../../application/ports/image-repository.ts';
import { Fault } from '../../domain/fault.ts';
import type { Entity } from '../../domain/pointer.ts';
import type { Random } from '../../random/random.ts';
import { type Ports, portsWith } from '../world/ports.ts';
import type { Instance } from '../world/instance.ts';
import type { RememberedTable } from '../world/remembered-table.ts';
import type { Scheduler } from '../world/scheduler.ts';
import { SECOND } from '../world/settings.ts';

/** Which reads see everything that was written before them. The others may see the table as it was a while ago. */
export interface Reads {
  readonly newestImage: 'consistent' | 'stale';
  readonly defaultRow: 'consistent' | 'stale';
  readonly pointedImage: 'consistent' | 'stale';
}

/** As the repositories of the AWS backend ask; their own tests see that they do. */
export const CONSISTENT: Reads = {
  newestImage: 'consistent',
  defaultRow: 'consistent',
  pointedImage: 'consistent',
};

export interface RequestParts {
  readonly scheduler: Scheduler;
  readonly random: Random;
  readonly instance: Instance;
  readonly table: RememberedTable;
  readonly reads: Reads;
  /** How long after one request of a call the next takes effect at most; 0: all at one moment. */
  readonly gapMs: number;
  /** Entries in one request. */
  readonly perRequest: number;
  /** An entity's images changed while they were read: whoever handles that change answers for its default row. */
  readonly overtaken: (entity: Entity) => void;
}

/**
 * The stores as the repositories of the AWS backend use them, where a call is several requests, each of which takes
 * effect at a moment of its own. A process that ends sends no further ones.
 */
export function inSeveralRequests(stores: Ports, parts: RequestParts): Ports {
  const { gapMs, reads } = parts;
  const isConsistent = Object.values(reads).every((read) => read === 'consistent');
  if (gapMs === 0 && isConsistent) return stores;
  const requests = new Requests(parts);
  return portsWith(stores, {
    'images.load': (load) => (entities, signal) => loadImages(requests, load, entities, signal),
    'images.save': (save) => (writes, signal) => requests.atOnce(writes, save, signal),
    'matcher.load': (load) => (rows, signal) => requests.reading(rows, load, signal),
    'matcher.apply': (apply) => (moves, signal) => requests.inTurn(moves, apply, signal),
    'rows.load': (load) => (rows, signal) => requests.reading(rows, load, signal),
    'rows.apply': (apply) => (moves, signal) => requests.inTurn(moves, apply, signal),
    'effects.advance': (advance) => (moves, signal) => requests.atOnce(moves, advance, signal),
  });
}

const SOON_MS = 30;

/** How old a stale answer is at most. */
const STALE_MS = [100, SECOND, 5 * SECOND];

type Call<T, Result> = (entries: readonly T[]) => Promise<readonly Result[]>;

class Requests {
  readonly parts: RequestParts;

  constructor(parts: RequestParts) {
    this.parts = parts;
  }

  /** Groups of entries that one request has. */
  groups<T>(entries: readonly T[]): (readonly T[])[] {
    const { perRequest } = this.parts;
    return Array.from({ length: Math.ceil(entries.length / perRequest) }, (_, index) =>
      entries.slice(index * perRequest, (index + 1) * perRequest),
    );
  }

  /** Reads in requests that are all under way at the same time. */
  async reading<T, Result>(
    entries: readonly T[],
    call: Call<T, Result>,
    signal: AbortSignal | undefined,
  ): Promise<readonly Result[]> {
    const results = this.groups(entries).map(async (group) => {
      await this.next();
      signal?.throwIfAborted();
      return call(group);
    });
    return (await Promise.all(results)).flatMap((group) => [...group]);
  }

  /** Writes in transactions that are under way at the same time, the first of which goes out at once. */
  async atOnce<T, Result>(
    entries: readonly T[],
    call: Call<T, Result>,
    signal: AbortSignal | undefined,
  ): Promise<readonly Result[]> {
    const results = this.groups(entries).map(async (group, index) => {
      if (index > 0) await this.next();
      signal?.throwIfAborted();
      return call(group);
    });
    return (await Promise.all(results)).flatMap((group) => [...group]);
  }

  /** Writes in transactions, one after the other. */
  async inTurn<T, Result>(
    entries: readonly T[],
    call: Call<T, Result>,
    signal: AbortSignal | undefined,
  ): Promise<readonly Result[]> {
    const results: Result[] = [];
    for (const group of this.groups(entries)) {
      if (results.length > 0) await this.next();
      signal?.throwIfAborted();
      results.push(...(await call(group)));
    }
    return results;
  }

  /** Resolves when the next request takes effect. */
  next(): Promise<void> {
    const { scheduler, random, gapMs, instance } = this.parts;
    // Mostly at once or soon: where all are slow, nobody gets done while somebody else waits.
    const after = random.chance(0.5)
      ? 0
      : random.int(0, random.chance(0.9) ? Math.min(gapMs, SOON_MS) : gapMs);
    return after === 0
      ? Promise.resolve()
      : new Promise((resolve) => {
          scheduler.in(after, resolve, instance);
        });
  }

  /** As `next`, but at times held back until somebody else has written the entity's default row. */
  nextAfterOthers(entity: Entity): Promise<void> {
    const { scheduler, random, gapMs, instance, table } = this.parts;
    if (!random.chance(0.2)) return this.next();
    return new Promise((resolve) => {
      const goOn = () => {
        waiting.stop();
        resolve();
      };
      const waiting = table.onPointer(entity, () => {
        waiting.stop();
        scheduler.in(random.int(0, 10), goOn, instance);
      });
      scheduler.in(gapMs, goOn, instance);
    });
  }

  /** When what a stale answer shows was true. */
  aWhileAgo(): number {
    const { scheduler, random } = this.parts;
    return scheduler.now - random.int(0, random.pick(STALE_MS));
  }
}

type Loading = { -readonly [Part in keyof EntityView]: EntityView[Part] };

/** Default rows in groups, then the images that those point to; one by one the newest images, where they decide. */
async function loadImages(
  requests: Requests,
  load: ImageRepository['load'],
  entities: readonly Entity[],
  signal: AbortSignal | undefined,
): Promise<readonly (EntityView | Fault)[]> {
  const { table, reads, overtaken } = requests.parts;
  const before = entities.map((entity) => table.memberWrites(entity));
  const seenBy = (read: 'consistent' | 'stale') => {
    signal?.throwIfAborted();
    return read === 'consistent' ? table : table.asOf(requests.aWhileAgo());
  };
  const defaultRows = await Promise.all(
    requests.groups(entities).map(async (group) => {
      const [first] = group;
      if (first !== undefined) await requests.nextAfterOthers(first);
      signal?.throwIfAborted();
      // Not of the table itself: what is read consistently is noted by the store.
      return reads.defaultRow === 'consistent'
        ? load(group)
        : new MemoryImageRepository(seenBy(reads.defaultRow)).load(group);
    }),
  );
  const views: readonly (Loading | Fault)[] = defaultRows
    .flat()
    .map((view) => (Fault.is(view) ? view : { ...view, newest: undefined, target: undefined }));

  const addTargets = async (some: readonly Loading[]) => {
    await requests.next();
    const then = seenBy(reads.pointedImage);
    for (const view of some) view.target = then.member(view.entity, view.current?.sort ?? '');
  };
  const addNewest = async (view: Loading) => {
    await requests.next();
    view.newest = seenBy(reads.newestImage).newest(view.entity);
    if (view.newest?.sort === view.current?.sort) view.target = view.newest;
  };
  const readable = views.filter((view): view is Loading => !Fault.is(view));
  const isNewestNeeded = ({ entity, current }: EntityView) =>
    current === undefined || entity.model.choose === 'newest';
  const pointing = readable.filter(({ current }) => current !== undefined);
  await Promise.all([
    ...requests.groups(pointing).map(addTargets),
    ...readable.filter(isNewestNeeded).map(addNewest),
  ]);
  await Promise.all(
    pointing.filter((view) => view.target === undefined && !isNewestNeeded(view)).map(addNewest),
  );
  for (const [index, entity] of entities.entries())
    if (table.memberWrites(entity) !== before[index]) overtaken(entity);
  return views;
}
