import type { MemoryMatcherRepository } from '../../../src/adapters/memory/memory-matcher-repository.ts';
import type { MemoryTable } from '../../../src/adapters/memory/memory-table.ts';
import { ImageRepository, type DefaultImageWrite } from '../../../src/application/ports/image-repository.ts';
import { MatcherRepository } from '../../../src/application/ports/matcher-repository.ts';
import { type PoisonRecord, Quarantine } from '../../../src/application/ports/quarantine.ts';
import { SearchQueue } from '../../../src/application/ports/search-queue.ts';
import { type Image } from '../../../src/domain/default-image.ts';
import type { LinkMove } from '../../../src/domain/link-move.ts';
import { type Entity, type Link } from '../../../src/domain/row.ts';
import type { SearchAction } from '../../../src/domain/search-action.ts';
import { equalRecords } from '../../../src/domain/value.ts';
import type { Ledger } from '../world/ledger.ts';
import type { Ports } from '../runs/variant.ts';
import type { Watch } from './watch.ts';

interface Observers {
  readonly ledger: Ledger;
  readonly watch: Watch;
  readonly now: () => number;
  readonly table: MemoryTable;
  readonly counts: MemoryMatcherRepository;
  /** Before and after are undefined where there was, or is, no default row. */
  readonly defaultRowWritten: (entity: Entity, before: Image | undefined, after: Image | undefined) => void;
  readonly quarantined: (records: readonly PoisonRecord[]) => void;
}

/** The stores, with everything noted that takes effect in them. */
export function observedStores(stores: Ports, observers: Observers): Ports {
  return {
    queue: new ObservedQueue(stores.queue, observers),
    images: new ObservedImages(stores.images, observers),
    matcher: new ObservedMatcher(stores.matcher, observers),
    replica: stores.replica,
    generations: stores.generations,
    quarantine: stores.quarantine && new ObservedQuarantine(stores.quarantine, observers),
  };
}

class ObservedQueue extends SearchQueue {
  readonly #inner: SearchQueue;
  readonly #observers: Observers;

  constructor(inner: SearchQueue, observers: Observers) {
    super();
    this.#inner = inner;
    this.#observers = observers;
  }

  override async send(actions: readonly SearchAction[]) {
    const results = await this.#inner.send(actions);
    for (const [index, action] of actions.entries())
      if (results[index] === 'done') this.#observers.ledger.accepted(action);
    return results;
  }
}

class ObservedImages extends ImageRepository {
  readonly #inner: ImageRepository;
  readonly #observers: Observers;

  constructor(inner: ImageRepository, observers: Observers) {
    super();
    this.#inner = inner;
    this.#observers = observers;
  }

  override async load(entities: readonly Entity[]) {
    const { ledger, now, table } = this.#observers;
    for (const entity of entities) if (isInLine(table, entity)) ledger.inLine(entity, now());
    return this.#inner.load(entities);
  }

  override async save(writes: readonly DefaultImageWrite[]) {
    const { ledger, now, table, watch, defaultRowWritten } = this.#observers;
    const before = writes.map(({ view }) => table.defaultImage(view.entity));
    const results = await this.#inner.save(writes);
    for (const [index, { view }] of writes.entries()) {
      const was = before[index];
      const is = table.defaultImage(view.entity);
      if (was?.revision === is?.revision) {
        if (results[index] === 'done')
          watch.report('a default row that is said to be written is', nameOf(view.entity));
        continue;
      }
      if (sameImage(was?.image, is?.image))
        watch.report('a default row is written only to change it', nameOf(view.entity));
      if (is !== undefined && !sameImage(is.image, table.image(view.entity, is.image.imageId)))
        watch.report('a default row repeats an image that is there when it is written', nameOf(view.entity));
      if (was !== undefined && was.image.imageId !== is?.image.imageId)
        if (table.image(view.entity, was.image.imageId) !== undefined)
          watch.report('a default is given up only when its image is gone', nameOf(view.entity));
      ledger.inLine(view.entity, now());
      defaultRowWritten(view.entity, was?.image, is?.image);
    }
    return results;
  }
}

class ObservedMatcher extends MatcherRepository {
  readonly #inner: MatcherRepository;
  readonly #observers: Observers;

  constructor(inner: MatcherRepository, observers: Observers) {
    super();
    this.#inner = inner;
    this.#observers = observers;
  }

  override load(links: readonly Link[]) {
    return this.#inner.load(links);
  }

  override async apply(moves: readonly LinkMove[]) {
    const { ledger, watch, counts } = this.#observers;
    const results = await this.#inner.apply(moves);
    for (const [index, move] of moves.entries()) if (results[index] === 'done') ledger.counted(move);
    for (const { tuple, count } of counts.tupleCounts())
      if (!(count > 0)) watch.report('counts are above zero', `${JSON.stringify(tuple)}: ${count}`);
    return results;
  }
}

class ObservedQuarantine extends Quarantine {
  readonly #inner: Quarantine;
  readonly #observers: Observers;

  constructor(inner: Quarantine, observers: Observers) {
    super();
    this.#inner = inner;
    this.#observers = observers;
  }

  override async keep(records: readonly PoisonRecord[]) {
    const results = await this.#inner.keep(records);
    this.#observers.quarantined(records.filter((_, index) => results[index] === 'done'));
    return results;
  }
}

function nameOf({ orgId, entityType, entityId }: Entity): string {
  return `the images of ${orgId} for ${entityType} ${entityId}`;
}

/** Whether there is a default row exactly when there are images, and it repeats one of them. */
function isInLine(table: MemoryTable, entity: Entity): boolean {
  const row = table.defaultImage(entity);
  if (row === undefined) return table.newestImage(entity) === undefined;
  return sameImage(row.image, table.image(entity, row.image.imageId));
}

function sameImage(a: Image | undefined, b: Image | undefined): boolean {
  if (a === undefined || b === undefined) return a === b;
  return equalRecords(a.attributes, b.attributes);
}
