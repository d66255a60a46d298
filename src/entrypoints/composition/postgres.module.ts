import { ContainerModule, type ServiceIdentifier } from 'inversify';
import { EmfMetrics, type EmfMetricsOptions } from '../../adapters/aws/emf/emf-metrics.ts';
import { MemoryMetrics } from '../../adapters/memory/memory-metrics.ts';
import type { PostgresParts } from '../../adapters/postgres/open-backend.ts';
import { LATE_MS } from '../../application/index-outcome.ts';
import { Clock } from '../../application/ports/clock.ts';
import { DerivedListing } from '../../application/ports/derived-listing.ts';
import { DerivedRowRepository } from '../../application/ports/derived-row-repository.ts';
import { DerivedState } from '../../application/ports/derived-state.ts';
import { EffectLog } from '../../application/ports/effect-log.ts';
import { ImageRepository } from '../../application/ports/image-repository.ts';
import { Logger } from '../../application/ports/logger.ts';
import { MatcherRepository } from '../../application/ports/matcher-repository.ts';
import { Metrics } from '../../application/ports/metrics.ts';
import { KeptChanges } from '../../application/ports/kept-changes.ts';
import { ParkedItems } from '../../application/ports/parked-items.ts';
import { Notes } from '../../application/ports/notes.ts';
import { Quarantine } from '../../application/ports/quarantine.ts';
import { SearchActionSource } from '../../application/ports/search-action-source.ts';
import { SearchBacklog } from '../../application/ports/search-backlog.ts';
import { SearchFences } from '../../application/ports/search-fences.ts';
import { SearchIndex } from '../../application/ports/search-index.ts';
import { SearchQueue } from '../../application/ports/search-queue.ts';
import { ShardStates } from '../../application/ports/shard-states.ts';
import { Sleeper } from '../../application/ports/sleeper.ts';
import { SourceRows } from '../../application/ports/source-rows.ts';
import { TableGenerations } from '../../application/ports/table-generations.ts';
import { TableReplica } from '../../application/ports/table-replica.ts';
import { TableScan } from '../../application/ports/table-scan.ts';
import { invocationFields } from '../invocation.ts';
import type { DatabaseSettings } from '../database-settings.ts';
import { DERIVED_LISTINGS } from './derived-listings.ts';
import { OpenedLater, whenOpened } from './opened-later.ts';
import { SentActions } from './sent-actions.ts';
import { TABLE_MODEL } from './table-model.ts';

/** For how long search actions stay hidden that somebody has: longer than the longest answer takes, and what is written late. */
const VISIBILITY_MS = 4 * LATE_MS;

/** The database, once it is opened. */
export const PARTS: ServiceIdentifier<OpenedLater<PostgresParts>> = Symbol('PostgresParts');

/**
 * `BACKEND=postgres`: a server of PostgreSQL, or an embedded one. The database is opened, its tables are made, and all that this takes is loaded
 * with the first call: a worker on another backend is no larger for it. Connections are closed with the container.
 *
 * @param metrics where they are published, batch by batch; unless given, those of the last hundred batches are kept in memory.
 */
export function postgresModule(
  settings: DatabaseSettings,
  metrics?: Omit<EmfMetricsOptions, 'fields'>,
): ContainerModule {
  return new ContainerModule(({ bind }) => {
    bind(SentActions).toResolvedValue(() => new SentActions(), []);
    const parts = bind(PARTS).toResolvedValue(
      (model, clock, sleeper, sent, logger) =>
        new OpenedLater(
          async () =>
            (await import('../../adapters/postgres/open-backend.ts')).openBackend(settings, {
              ...{ model, clock, sleeper, visibilityMs: VISIBILITY_MS },
              onSent: (actions) => {
                sent.count += actions;
              },
              onDied: ({ collection, id }, reason) =>
                logger.log('error', 'search action kept as a dead letter', { collection, id, reason }),
            }),
          (parts) => parts.close(),
        ),
      [TABLE_MODEL, Clock, Sleeper, SentActions, Logger],
    );
    // The binding's own: the promise of a module's first `onDeactivation` is awaited by nobody (@inversifyjs/core 15.0.1).
    parts.onDeactivation((opened) => opened.close());

    /** Binds a port to the part of that name, by all methods that the port has. */
    const bindPart = <Name extends keyof PostgresParts, Port extends PostgresParts[Name] & object>(
      kind: ServiceIdentifier<Port> & { readonly prototype: Port },
      name: Name,
      ...names: Parameters<typeof whenOpened<Port>> extends [unknown, unknown, ...infer Rest] ? Rest : never
    ) => {
      bind<Port>(kind).toResolvedValue(
        (parts) => whenOpened(kind, async () => (await parts.get())[name] as Port, ...names),
        [PARTS],
      );
    };
    bind(Metrics).toResolvedValue(
      () =>
        metrics === undefined
          ? new MemoryMetrics()
          : new EmfMetrics({ ...metrics, fields: invocationFields }),
      [],
    );
    bindPart(TableReplica, 'replica', { apply: true }, {});
    bindPart(ImageRepository, 'images', { load: true, save: true }, {});
    bindPart(MatcherRepository, 'matcher', { load: true, look: true, apply: true, correct: true }, {});
    bindPart(DerivedRowRepository, 'derivedRows', { load: true, read: true, apply: true, discard: true }, {});
    bindPart(SearchBacklog, 'backlog', { waiting: true }, {});
    bindPart(EffectLog, 'effects', { load: true, advance: true }, {});
    bindPart(TableGenerations, 'generations', { generationOf: true, adopt: true }, {});
    bindPart(SearchQueue, 'queue', { send: true }, {});
    bindPart(SearchIndex, 'index', { apply: true, applyToAll: true, read: true }, { documents: true });
    bindPart(SearchFences, 'fences', { load: true, advance: true }, { documents: true });
    bindPart(SourceRows, 'sourceRows', { read: true }, {});
    bindPart(TableScan, 'scan', { page: true, size: true }, {});
    bindPart(Notes, 'notes', { load: true, save: true, remove: true }, {});
    bindPart(ParkedItems, 'parkedItems', { look: true, save: true, page: true }, {});
    bindPart(KeptChanges, 'keptChanges', { load: true, discard: true }, {});
    bindPart(
      ShardStates,
      'shards',
      {
        ...{ load: true, add: true, claim: true, renew: true, release: true, advance: true, forget: true },
        ...{ noteGaps: true, gaps: true, closeGaps: true },
      },
      {},
    );
    bindPart(
      DerivedState,
      'state',
      {},
      { documents: true, pointers: true, counts: true, derivedRows: true, rows: true },
    );
    bind(DERIVED_LISTINGS).toResolvedValue(
      (parts) => (model) =>
        Object.assign(
          whenOpened(
            DerivedListing,
            async () => (await parts.get()).listingOf(model),
            {},
            { elsewhere: true, states: true },
          ),
          { inTable: () => undefined },
        ),
      [PARTS],
    );
    bind(DerivedListing).toResolvedValue(
      (listingOf, model) => listingOf(model),
      [DERIVED_LISTINGS, TABLE_MODEL],
    );
    bind(SearchActionSource).toResolvedValue(
      (parts) =>
        Object.assign(
          whenOpened(
            SearchActionSource,
            async () => (await parts.get()).actions,
            { receive: true, acknowledge: true, giveBack: true, extend: true, refuse: true },
            {},
          ),
          { visibilityMs: VISIBILITY_MS },
        ),
      [PARTS],
    );
    if (settings.hasQuarantine) bindPart(Quarantine, 'quarantine', { keep: true }, {});
  });
}
