import type { Container } from 'inversify';
import { SystemMonotonicClock } from '../../adapters/system/system.ts';
import { BringIntoLine } from '../../application/bring-into-line/bring-into-line.ts';
import { DeriveRows } from '../../application/derive-rows.ts';
import { KeptChanges } from '../../application/ports/kept-changes.ts';
import { ParkedItems } from '../../application/ports/parked-items.ts';
import { Sleeper } from '../../application/ports/sleeper.ts';
import { TableReplica } from '../../application/ports/table-replica.ts';
import { RedriveParked } from '../../application/redrive/redrive-parked.ts';
import { ReplayKept } from '../../application/redrive/replay-kept.ts';
import { type RedriveParts, readRecordsIn, redrivingPartsIn } from './redrive.ts';

/** What redrives the parked items of a container. @throws when a port is not bound. */
export function redriveParkedIn(
  container: Container,
  parts: Pick<RedriveParts, 'isDry' | 'table' | 'streamArn'>,
): RedriveParked {
  const bringing = redrivingPartsIn(container, parts.isDry);
  const { model, retrier, effects } = bringing;
  return new RedriveParked({
    ...{ model, retrier },
    items: container.get(ParkedItems),
    kept: container.get(KeptChanges),
    replay: new ReplayKept({
      ...{ model, retrier, effects },
      derivedRows: parts.isDry ? undefined : container.get(DeriveRows),
      // Only backends that keep the table's rows themselves bind one.
      replica: container.get(TableReplica, { optional: true }),
      read: readRecordsIn(container, parts),
    }),
    bring: new BringIntoLine(bringing),
    clock: new SystemMonotonicClock(),
    sleeper: container.get(Sleeper),
  });
}
