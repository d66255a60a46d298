import type { Container } from 'inversify';
import { toDeliveries } from '../../adapters/dynamodb-stream/to-deliveries.ts';
import { SystemMonotonicClock } from '../../adapters/system/system.ts';
import { BringIntoLine } from '../../application/bring-into-line/bring-into-line.ts';
import { FollowedTables } from '../../application/followed-tables.ts';
import { EffectLog } from '../../application/ports/effect-log.ts';
import { ImageRepository } from '../../application/ports/image-repository.ts';
import { Sleeper } from '../../application/ports/sleeper.ts';
import { TableReplica } from '../../application/ports/table-replica.ts';
import { ReconcileDefaultImage } from '../../application/reconcile-default-image.ts';
import {
  ForeseenActions,
  ForeseenCounts,
  ForeseenEffects,
  ForeseenPointers,
  ForeseenRows,
} from '../../application/redrive/foreseen.ts';
import { Redrive, type RedriveDependencies } from '../../application/redrive/redrive.ts';
import { NO_LIMIT } from '../../application/time-limit.ts';
import { isObject } from '../../domain/json.ts';
import { partsOfBringing } from './parts-of-bringing.ts';

export interface RedriveParts {
  /** Whether it is only said what would be done. */
  readonly isDry: boolean;
  /** Name or ARN of the only table whose records are taken; any table's that is followed, unless given. */
  readonly table: string | undefined;
  /** The stream of records that do not name theirs. */
  readonly streamArn: string | undefined;
  readonly stream: RedriveDependencies['stream'];
}

/** What redrives in a container. @throws when a port is not bound. */
export function redriveIn(container: Container, { isDry, table, streamArn, stream }: RedriveParts): Redrive {
  const parts = partsOfBringing(container);
  const { model, retrier } = parts;
  const effects = isDry ? new ForeseenEffects(container.get(EffectLog)) : parts.effects;
  const bring = isDry
    ? new BringIntoLine({
        ...parts,
        matcher: new ForeseenCounts(parts.matcher),
        derivedRows: new ForeseenRows(parts.derivedRows),
        queue: new ForeseenActions(),
        pointers: new ReconcileDefaultImage(new ForeseenPointers(container.get(ImageRepository)), retrier),
        effects,
      })
    : new BringIntoLine(parts);
  const tables = container.get(FollowedTables);
  return new Redrive({
    ...{ model, retrier, bring, effects, stream },
    // Only backends that keep the table's rows themselves bind one.
    replica: container.get(TableReplica, { optional: true }),
    read: (records) =>
      toDeliveries(
        streamArn === undefined ? records : records.map((record) => named(record, streamArn)),
        model,
        (tableArns) => tables.generationsOf(tableArns, NO_LIMIT),
        table,
      ),
    clock: new SystemMonotonicClock(),
    sleeper: container.get(Sleeper),
  });
}

function named(record: unknown, streamArn: string): unknown {
  return isObject(record) ? { eventSourceARN: streamArn, ...record } : record;
}
