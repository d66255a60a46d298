import { ContainerModule, type ServiceIdentifier } from 'inversify';
import { FollowedTables } from '../../application/followed-tables.ts';
import type { PoisonListener } from '../../application/poison-listener.ts';
import { Clock } from '../../application/ports/clock.ts';
import { ImageRepository } from '../../application/ports/image-repository.ts';
import { Logger } from '../../application/ports/logger.ts';
import { Metrics } from '../../application/ports/metrics.ts';
import { ParkedItems } from '../../application/ports/parked-items.ts';
import { ParkItems } from '../../application/park/park-items.ts';
import { Fault } from '../../domain/fault.ts';
import type { Settings } from '../settings.ts';
import { Quarantine } from '../../application/ports/quarantine.ts';
import { Random } from '../../application/ports/random.ts';
import { Sleeper } from '../../application/ports/sleeper.ts';
import { Retrier, type RetryPolicy } from '../../application/retry.ts';
import { MatcherRepository } from '../../application/ports/matcher-repository.ts';
import { SearchQueue } from '../../application/ports/search-queue.ts';
import { TableGenerations } from '../../application/ports/table-generations.ts';
import { TableReplica } from '../../application/ports/table-replica.ts';
import { ProcessBatch } from '../../application/process-batch.ts';
import { GENERAL_NAMES } from '../../application/tallies.ts';
import { ReconcileDefaultImage } from '../../application/reconcile-default-image.ts';
import { SyncSearchDocument } from '../../application/sync-search-document.ts';
import { DeriveRows } from '../../application/derive-rows.ts';
import { DerivedRowRepository } from '../../application/ports/derived-row-repository.ts';
import { EffectLog } from '../../application/ports/effect-log.ts';
import { RunEffects } from '../../application/run-effects.ts';
import { UpdateMatcherTuple } from '../../application/update-matcher-tuple.ts';
import { fleet } from '../../fleet/definition.ts';
import { TABLE_MODEL } from './table-model.ts';

/** How effects are tried again. */
export const RETRY_POLICY: ServiceIdentifier<RetryPolicy> = Symbol('RetryPolicy');

/** Which share of a batch's items may be quarantined for one reason: above 0, up to 1. */
export const QUARANTINE_MAX_SHARE: ServiceIdentifier<number> = Symbol('QuarantineMaxShare');

type PoisonSettings = Pick<Settings, 'poison' | 'parkAfter'>;

/** What becomes of records that can never be handled. Need not be bound. */
export const POISON_SETTINGS: ServiceIdentifier<PoisonSettings> = Symbol('PoisonSettings');

/** Told of every record that can never be handled. Need not be bound. */
export const POISON_LISTENER: ServiceIdentifier<PoisonListener> = Symbol('PoisonListener');

/** The use cases, on whatever ports the other modules bind, for the fleet unless another definition is given. */
export const coreModule = new ContainerModule(({ bind }) => {
  bind(TABLE_MODEL).toConstantValue(fleet.model);
  bind(Retrier).toResolvedValue(
    (sleeper, random, metrics, policy: RetryPolicy) => new Retrier(sleeper, random, metrics, policy),
    [Sleeper, Random, Metrics, RETRY_POLICY],
  );
  bind(FollowedTables).toResolvedValue(
    (generations, retrier, clock) => new FollowedTables(generations, retrier, clock),
    [TableGenerations, Retrier, Clock],
  );
  bind(SyncSearchDocument).toResolvedValue(
    (queue, retrier) => new SyncSearchDocument(queue, retrier),
    [SearchQueue, Retrier],
  );
  bind(ReconcileDefaultImage).toResolvedValue(
    (images, retrier) => new ReconcileDefaultImage(images, retrier),
    [ImageRepository, Retrier],
  );
  bind(UpdateMatcherTuple).toResolvedValue(
    (matcher, retrier) => new UpdateMatcherTuple(matcher, retrier),
    [MatcherRepository, Retrier],
  );
  bind(DeriveRows).toResolvedValue(
    (rows, retrier) => new DeriveRows(rows, retrier),
    [DerivedRowRepository, Retrier],
  );
  bind(RunEffects).toDynamicValue((context) => {
    const policy = context.get<RetryPolicy>(RETRY_POLICY);
    const [sleeper, random, metrics] = [context.get(Sleeper), context.get(Random), context.get(Metrics)];
    const retrierOf = (own: Partial<RetryPolicy>) =>
      new Retrier(sleeper, random, metrics, { ...policy, ...own });
    return new RunEffects({
      log: context.get(EffectLog),
      retrier: context.get(Retrier),
      retrierOf,
      ...{ sleeper, clock: context.get(Clock), metrics },
      logger: context.get(Logger),
    });
  });
  bind(ProcessBatch).toDynamicValue((context) => {
    const settings = context.get<PoisonSettings>(POISON_SETTINGS, { optional: true });
    const poison = settings?.poison;
    // Bound where one is configured: without it, poison blocks, unless items are parked.
    const quarantine = context.get(Quarantine, { optional: true });
    if (poison === 'quarantine' && quarantine === undefined)
      throw new Fault(
        'configuration',
        'poison is to go to quarantine, and there is none: configure or bind one',
      );
    const isQuarantined = poison === undefined || poison === 'quarantine';
    return new ProcessBatch({
      search: context.get(SyncSearchDocument),
      defaultImages: context.get(ReconcileDefaultImage),
      matcher: context.get(UpdateMatcherTuple),
      derivedRows: context.get(DeriveRows),
      effects: context.get(RunEffects),
      // Only backends that keep the table's rows themselves bind one.
      replica: context.get(TableReplica, { optional: true }),
      quarantine: isQuarantined ? quarantine : undefined,
      parking: poison === 'park' ? new ParkItems(context.get(ParkedItems), context.get(Retrier)) : undefined,
      parkAfter: settings?.parkAfter,
      quarantineMaxShare: context.get(QUARANTINE_MAX_SHARE),
      onPoison: context.get(POISON_LISTENER, { optional: true }),
      retrier: context.get(Retrier),
      metrics: context.get(Metrics),
      clock: context.get(Clock),
      logger: context.get(Logger),
      kindNames: context.get(TABLE_MODEL) === fleet.model ? undefined : GENERAL_NAMES,
    });
  });
});
