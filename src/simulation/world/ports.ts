import type { DerivedRowRepository } from '../../application/ports/derived-row-repository.ts';
import type { EffectLog } from '../../application/ports/effect-log.ts';
import type { ImageRepository } from '../../application/ports/image-repository.ts';
import type { MatcherRepository } from '../../application/ports/matcher-repository.ts';
import type { Quarantine } from '../../application/ports/quarantine.ts';
import type { SearchQueue } from '../../application/ports/search-queue.ts';
import type { TableGenerations } from '../../application/ports/table-generations.ts';
import type { TableReplica } from '../../application/ports/table-replica.ts';
import { Fault } from '../../domain/fault.ts';

/** The ports that a worker calls. */
export interface Ports {
  readonly queue: SearchQueue;
  readonly images: ImageRepository;
  readonly matcher: MatcherRepository;
  readonly rows: DerivedRowRepository;
  readonly effects: EffectLog;
  readonly replica: TableReplica | undefined;
  readonly quarantine: Quarantine | undefined;
  readonly generations: TableGenerations;
}

/** Their methods, by the names that calls have. */
interface Methods {
  'queue.send': SearchQueue['send'];
  'images.load': ImageRepository['load'];
  'images.save': ImageRepository['save'];
  'matcher.load': MatcherRepository['load'];
  'matcher.apply': MatcherRepository['apply'];
  'rows.load': DerivedRowRepository['load'];
  'rows.apply': DerivedRowRepository['apply'];
  'effects.load': EffectLog['load'];
  'effects.advance': EffectLog['advance'];
  'replica.apply': TableReplica['apply'];
  'quarantine.keep': Quarantine['keep'];
  'generations.of': TableGenerations['generationOf'];
}

export type PortMethod = keyof Methods;

type Entries<Name extends PortMethod> = Name extends 'replica.apply' | 'generations.of'
  ? readonly Parameters<Methods[Name]>[0][]
  : Parameters<Methods[Name]>[0];

/** One call, and what it asks for. All of a replica's changes are one entry. */
export type PortCall = {
  readonly [Name in PortMethod]: {
    readonly port: Name;
    readonly entries: Entries<Name>;
    readonly signal: AbortSignal | undefined;
  };
}[PortMethod];

/**
 * Stands around every call. `make` makes it, for all of its entries or for some, with one result each.
 *
 * @param spurious a result that the port may give to any entry without having done it.
 */
export type Around = <Entry, Result>(
  call: PortCall & { readonly entries: readonly Entry[] },
  make: (entries: readonly Entry[]) => Promise<readonly (Result | Fault)[]>,
  spurious?: Result,
) => Promise<readonly (Result | Fault)[]>;

/** The ports, with some of their methods made anew from those that they have. */
export function portsWith(
  { queue, images, matcher, rows, effects, replica, quarantine, generations }: Ports,
  ways: { readonly [Name in PortMethod]?: (method: Methods[Name]) => Methods[Name] },
): Ports {
  const made = <Name extends PortMethod>(name: Name, method: Methods[Name]): Methods[Name] =>
    ways[name]?.(method) ?? method;
  return {
    queue: queueWith(made('queue.send', queue.send.bind(queue))),
    images: {
      load: made('images.load', images.load.bind(images)),
      save: made('images.save', images.save.bind(images)),
    },
    matcher: {
      load: made('matcher.load', matcher.load.bind(matcher)),
      look: matcher.look.bind(matcher),
      apply: made('matcher.apply', matcher.apply.bind(matcher)),
      correct: matcher.correct.bind(matcher),
    },
    rows: {
      load: made('rows.load', rows.load.bind(rows)),
      read: rows.read.bind(rows),
      apply: made('rows.apply', rows.apply.bind(rows)),
      discard: rows.discard.bind(rows),
    },
    effects: {
      load: made('effects.load', effects.load.bind(effects)),
      advance: made('effects.advance', effects.advance.bind(effects)),
    },
    replica: replica && replicaWith(made('replica.apply', replica.apply.bind(replica))),
    quarantine: quarantine && quarantineWith(made('quarantine.keep', quarantine.keep.bind(quarantine))),
    generations: {
      generationOf: made('generations.of', generations.generationOf.bind(generations)),
      adopt: generations.adopt.bind(generations),
    },
  };
}

export function queueWith(send: SearchQueue['send']): SearchQueue {
  return { send };
}

export function replicaWith(apply: TableReplica['apply']): TableReplica {
  return { apply, mayLackRows: false };
}

export function quarantineWith(keep: Quarantine['keep']): Quarantine {
  return { keep };
}

/** The ports, with the same around each of their calls. */
export function aroundCalls(ports: Ports, around: Around): Ports {
  return portsWith(ports, {
    'queue.send': (send) => (entries, signal) =>
      around({ port: 'queue.send', entries, signal }, (some) => send(some, signal)),
    'images.load': (load) => (entries, signal) =>
      around({ port: 'images.load', entries, signal }, (some) => load(some, signal)),
    'images.save': (save) => (entries, signal) =>
      around({ port: 'images.save', entries, signal }, (some) => save(some, signal), 'conflict'),
    'matcher.load': (load) => (entries, signal) =>
      around({ port: 'matcher.load', entries, signal }, (some) => load(some, signal)),
    'matcher.apply': (apply) => (entries, signal) =>
      around({ port: 'matcher.apply', entries, signal }, (some) => apply(some, signal), 'busy'),
    'rows.load': (load) => (entries, signal) =>
      around({ port: 'rows.load', entries, signal }, (some) => load(some, signal)),
    'rows.apply': (apply) => (entries, signal) =>
      around({ port: 'rows.apply', entries, signal }, (some) => apply(some, signal), 'conflict'),
    'effects.load': (load) => (entries, signal) =>
      around({ port: 'effects.load', entries, signal }, (some) => load(some, signal)),
    'effects.advance': (advance) => (entries, signal) =>
      around({ port: 'effects.advance', entries, signal }, (some) => advance(some, signal), 'conflict'),
    'replica.apply': (apply) => async (changes) => {
      const call = { port: 'replica.apply', entries: [changes], signal: undefined } as const;
      return theOne(await around(call, (all) => Promise.all(all.map((some) => apply(some)))));
    },
    'quarantine.keep': (keep) => (entries, signal) =>
      around({ port: 'quarantine.keep', entries, signal }, (some) => keep(some, signal)),
    'generations.of': (generationOf) => async (tableArn, signal) => {
      const call = { port: 'generations.of', entries: [tableArn], signal } as const;
      return theOne(await around(call, (all) => Promise.all(all.map((one) => generationOf(one, signal)))));
    },
  });
}

function theOne<Result>([result]: readonly (Result | Fault)[]): Result {
  if (Fault.is(result)) throw result;
  if (result === undefined) throw new Fault('transient', 'there was no answer');
  return result;
}
