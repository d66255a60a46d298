import {
  ImageRepository,
  type DefaultImageWrite,
  type EntityView,
} from '../../../src/application/ports/image-repository.ts';
import { MatcherRepository } from '../../../src/application/ports/matcher-repository.ts';
import { type PoisonRecord, Quarantine } from '../../../src/application/ports/quarantine.ts';
import { SearchQueue } from '../../../src/application/ports/search-queue.ts';
import { TableReplica } from '../../../src/application/ports/table-replica.ts';
import type { Done, Result } from '../../../src/application/ports/result.ts';
import type { Change } from '../../../src/domain/change.ts';
import { Fault } from '../../../src/domain/fault.ts';
import type { LinkMove, LinkState } from '../../../src/domain/link-move.ts';
import type { Entity, Link } from '../../../src/domain/row.ts';
import type { SearchAction } from '../../../src/domain/search-action.ts';
import type { Ports } from '../runs/variant.ts';
import type { Wire } from '../world/wire.ts';

/** What a worker asks for, as it asks. */
export interface PortCall {
  readonly port: string;
  readonly signal: AbortSignal | undefined;
  /** What the call is about, where it says so. */
  readonly changes?: readonly { readonly stream: string; readonly sequence: string }[];
  readonly versions?: readonly { readonly link: Link; readonly epoch: string; readonly sequence: string }[];
  readonly entities?: readonly Entity[];
  readonly poison?: readonly PoisonRecord[];
}

/** The stores as a worker reaches them: over a wire. */
export function faultyPorts(stores: Ports, wire: Wire, called: (call: PortCall) => void): Ports {
  return {
    queue: new WiredQueue(stores.queue, wire, called),
    images: new WiredImages(stores.images, wire, called),
    matcher: new WiredMatcher(stores.matcher, wire, called),
    replica: stores.replica && new WiredReplica(stores.replica, wire, called),
    generations: stores.generations,
    quarantine: stores.quarantine && new WiredQuarantine(stores.quarantine, wire, called),
  };
}

type Called = (call: PortCall) => void;

class WiredQueue extends SearchQueue {
  readonly #store: SearchQueue;
  readonly #wire: Wire;
  readonly #called: Called;

  constructor(store: SearchQueue, wire: Wire, called: Called) {
    super();
    this.#store = store;
    this.#wire = wire;
    this.#called = called;
  }

  override send(actions: readonly SearchAction[], signal?: AbortSignal) {
    this.#called({ port: 'queue.send', signal, changes: actions.map(({ identity }) => identity) });
    return this.#wire.call('queue.send', actions, (some) => this.#store.send(some));
  }
}

class WiredImages extends ImageRepository {
  readonly #store: ImageRepository;
  readonly #wire: Wire;
  readonly #called: Called;

  constructor(store: ImageRepository, wire: Wire, called: Called) {
    super();
    this.#store = store;
    this.#wire = wire;
    this.#called = called;
  }

  override load(entities: readonly Entity[], signal?: AbortSignal): Promise<readonly (EntityView | Fault)[]> {
    this.#called({ port: 'images.load', signal, entities });
    return this.#wire.call('images.load', entities, (some) => this.#store.load(some, signal));
  }

  override save(writes: readonly DefaultImageWrite[], signal?: AbortSignal) {
    this.#called({ port: 'images.save', signal, entities: writes.map(({ view }) => view.entity) });
    return this.#wire.call<DefaultImageWrite, Result>(
      'images.save',
      writes,
      (some) => this.#store.save(some, signal),
      'conflict',
    );
  }
}

class WiredMatcher extends MatcherRepository {
  readonly #store: MatcherRepository;
  readonly #wire: Wire;
  readonly #called: Called;

  constructor(store: MatcherRepository, wire: Wire, called: Called) {
    super();
    this.#store = store;
    this.#wire = wire;
    this.#called = called;
  }

  override load(links: readonly Link[], signal?: AbortSignal) {
    this.#called({ port: 'matcher.load', signal });
    // Wrapped, because a link that nothing was counted for has no state, and no result means a fault.
    return this.#wire
      .call<Link, { readonly state: LinkState | undefined | Fault }>('matcher.load', links, async (some) =>
        (await this.#store.load(some, signal)).map((state) => ({ state })),
      )
      .then((results) => results.map((result) => (Fault.is(result) ? result : result.state)));
  }

  override apply(moves: readonly LinkMove[], signal?: AbortSignal) {
    const versions = moves.map(({ link, to }) => ({ link, ...to.version }));
    this.#called({ port: 'matcher.apply', signal, versions });
    return this.#wire.call<LinkMove, Result>(
      'matcher.apply',
      moves,
      (some) => this.#store.apply(some, signal),
      'conflict',
    );
  }
}

class WiredReplica extends TableReplica {
  readonly #store: TableReplica;
  readonly #wire: Wire;
  readonly #called: Called;

  constructor(store: TableReplica, wire: Wire, called: Called) {
    super();
    this.#store = store;
    this.#wire = wire;
    this.#called = called;
  }

  override async apply(changes: readonly Change[], signal?: AbortSignal): Promise<readonly Change[]> {
    this.#called({ port: 'replica.apply', signal, changes: changes.map(({ identity }) => identity) });
    const effect = async () => [await this.#store.apply(changes)];
    const [result] = await this.#wire.call<readonly Change[], readonly Change[] | Fault>(
      'replica.apply',
      [changes],
      effect,
    );
    if (Fault.is(result)) throw result;
    return result ?? [];
  }
}

class WiredQuarantine extends Quarantine {
  readonly #store: Quarantine;
  readonly #wire: Wire;
  readonly #called: Called;

  constructor(store: Quarantine, wire: Wire, called: Called) {
    super();
    this.#store = store;
    this.#wire = wire;
    this.#called = called;
  }

  override keep(records: readonly PoisonRecord[], signal?: AbortSignal) {
    this.#called({ port: 'quarantine.keep', signal, poison: records });
    return this.#wire.call<PoisonRecord, Done>('quarantine.keep', records, (some) => this.#store.keep(some));
  }
}
