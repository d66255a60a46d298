import { MemoryImageRepository } from '../../../src/adapters/memory/memory-image-repository.ts';
import type { EntityView, ImageRepository } from '../../../src/application/ports/image-repository.ts';
import { Fault } from '../../../src/domain/fault.ts';
import { contradictsItself, type Entity, type Member } from '../../../src/domain/pointer.ts';
import type { Random } from '../../../src/fleet/feed/random.ts';
import { type Ports, portsWith } from '../../support/ports.ts';
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
  /** What was read was true at no moment. */
  readonly contradicted: () => void;
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
    // In transactions that are under way at the same time.
    'images.save': (save) => async (writes, signal) => {
      const results = requests.groups(writes).map(async (group, index) => {
        if (index > 0) await requests.next();
        signal?.throwIfAborted();
        return save(group);
      });
      return (await Promise.all(results)).flat();
    },
    'matcher.load': (load) => async (rows, signal) => {
      const states = requests.groups(rows).map(async (group) => {
        await requests.next();
        signal?.throwIfAborted();
        return load(group);
      });
      return (await Promise.all(states)).flat();
    },
    // In transactions, one after the other.
    'matcher.apply': (apply) => async (moves, signal) => {
      const results: Awaited<ReturnType<typeof apply>>[number][] = [];
      for (const group of requests.groups(moves)) {
        if (results.length > 0) await requests.next();
        signal?.throwIfAborted();
        results.push(...(await apply(group)));
      }
      return results;
    },
  });
}

const SOON_MS = 30;

/** How old a stale answer is at most. */
const STALE_MS = [100, SECOND, 5 * SECOND];

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
      const waiting = table.onDefaultRow(entity, () => {
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

/** The newest images one by one, default rows in groups beside them; then the images that those point to. */
async function loadImages(
  requests: Requests,
  load: ImageRepository['load'],
  entities: readonly Entity[],
  signal: AbortSignal | undefined,
): Promise<readonly (EntityView | Fault)[]> {
  const { table, reads, overtaken, contradicted } = requests.parts;
  const before = entities.map((entity) => table.imageWrites(entity));
  const look = async (some: readonly Entity[], read: 'consistent' | 'stale') => {
    signal?.throwIfAborted();
    // A stale one beside it: what is read consistently is noted by the store.
    const views = await load(some);
    return read === 'consistent'
      ? views
      : new MemoryImageRepository(table.asOf(requests.aWhileAgo())).load(some);
  };
  const [newest, defaultRows] = await Promise.all([
    Promise.all(
      entities.map(async (entity) => {
        await requests.next();
        return look([entity], reads.newestImage);
      }),
    ),
    Promise.all(
      requests.groups(entities).map(async (group) => {
        await requests.nextAfterOthers(group[0]!);
        return look(group, reads.defaultRow);
      }),
    ),
  ]);
  const newestViews = newest.flat();
  const views = defaultRows.flat().map((view, index) => joined(view, newestViews[index]));

  const elsewhere = views.filter(pointsElsewhere);
  const found = new Map<EntityView | Fault, Member | undefined>();
  await Promise.all(
    requests.groups(elsewhere).map(async (group) => {
      await requests.next();
      signal?.throwIfAborted();
      const then = reads.pointedImage === 'consistent' ? table : table.asOf(requests.aWhileAgo());
      for (const view of group) found.set(view, then.member(view.entity, view.current?.sort ?? ''));
    }),
  );
  for (const [index, entity] of entities.entries())
    if (table.imageWrites(entity) !== before[index]) overtaken(entity);
  const complete = views.map((view) =>
    Fault.is(view) || !found.has(view) ? view : { ...view, target: found.get(view) },
  );
  for (const view of complete) if (!Fault.is(view) && contradictsItself(view)) contradicted();
  return complete;
}

/** What the default row says by one read, beside the newest image by another. */
function joined(row: EntityView | Fault, newest: EntityView | Fault | undefined): EntityView | Fault {
  if (Fault.is(row) || newest === undefined) return row;
  if (Fault.is(newest)) return newest;
  const isNewest = row.current !== undefined && row.current.sort === newest.newest?.sort;
  return { ...row, newest: newest.newest, target: isNewest ? newest.newest : undefined };
}

/** The default row points to an image that has not been read yet. */
function pointsElsewhere(view: EntityView | Fault): view is EntityView {
  return !Fault.is(view) && view.current !== undefined && view.current.sort !== view.newest?.sort;
}
