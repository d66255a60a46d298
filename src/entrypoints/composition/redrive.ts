import type { Container } from 'inversify';
import { toDeliveries } from '../../adapters/dynamodb-stream/to-deliveries.ts';
import { SystemMonotonicClock } from '../../adapters/system/system.ts';
import {
  BringIntoLine,
  type BringIntoLineDependencies,
} from '../../application/bring-into-line/bring-into-line.ts';
import { withoutWriting } from '../../application/bring-into-line/without-writing.ts';
import { FollowedTables } from '../../application/followed-tables.ts';
import { EffectLog } from '../../application/ports/effect-log.ts';
import { ImageRepository } from '../../application/ports/image-repository.ts';
import { Random } from '../../application/ports/random.ts';
import { Sleeper } from '../../application/ports/sleeper.ts';
import { TableReplica } from '../../application/ports/table-replica.ts';
import { Redrive, type RedriveDependencies } from '../../application/redrive/redrive.ts';
import { NO_LIMIT } from '../../application/time-limit.ts';
import { Fingerprinter } from '../../domain/drift/fingerprint.ts';
import { isObject } from '../../domain/json.ts';
import { bringIntoLinePartsIn } from './bring-into-line.ts';
import { TABLE_MODEL } from './table-model.ts';

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
export function redriveIn(container: Container, parts: RedriveParts): Redrive {
  const bringing = redrivingPartsIn(container, parts.isDry);
  const { model, retrier, effects } = bringing;
  return new Redrive({
    ...{ model, retrier, effects, stream: parts.stream },
    bring: new BringIntoLine(bringing),
    // Only backends that keep the table's rows themselves bind one.
    replica: container.get(TableReplica, { optional: true }),
    read: readRecordsIn(container, parts),
    clock: new SystemMonotonicClock(),
    sleeper: container.get(Sleeper),
  });
}

/** What brings rows into line, or only says what it would do. */
export function redrivingPartsIn(container: Container, isDry: boolean): BringIntoLineDependencies {
  const own = bringIntoLinePartsIn(container);
  if (!isDry) return own;
  const random = container.get(Random);
  return withoutWriting(own, {
    images: container.get(ImageRepository),
    log: container.get(EffectLog),
    fingerprints: new Fingerprinter(() => random.next()),
  });
}

/** What reads records of the streams that are followed. */
export function readRecordsIn(
  container: Container,
  { table, streamArn }: Pick<RedriveParts, 'table' | 'streamArn'>,
): RedriveDependencies['read'] {
  const [model, tables] = [container.get(TABLE_MODEL), container.get(FollowedTables)];
  return (records) =>
    toDeliveries(
      streamArn === undefined ? records : records.map((record) => named(record, streamArn)),
      model,
      (tableArns) => tables.generationsOf(tableArns, NO_LIMIT),
      table,
    );
}

function named(record: unknown, streamArn: string): unknown {
  return isObject(record) ? { eventSourceARN: streamArn, ...record } : record;
}
