import type { Container } from 'inversify';
import { toDeliveries } from '../../adapters/dynamodb-stream/to-deliveries.ts';
import { SystemMonotonicClock } from '../../adapters/system/system.ts';
import { BringIntoLine } from '../../application/bring-into-line/bring-into-line.ts';
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
  const own = bringIntoLinePartsIn(container);
  const { model, retrier } = own;
  const random = container.get(Random);
  const parts = isDry
    ? withoutWriting(own, {
        images: container.get(ImageRepository),
        log: container.get(EffectLog),
        fingerprints: new Fingerprinter(() => random.next()),
      })
    : own;
  const tables = container.get(FollowedTables);
  return new Redrive({
    ...{ model, retrier, stream },
    bring: new BringIntoLine(parts),
    effects: parts.effects,
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
