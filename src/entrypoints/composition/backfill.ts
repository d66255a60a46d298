import type { Container } from 'inversify';
import { SystemMonotonicClock } from '../../adapters/system/system.ts';
import { Backfill } from '../../application/backfill/backfill.ts';
import { BringIntoLine } from '../../application/bring-into-line/bring-into-line.ts';
import { Clock } from '../../application/ports/clock.ts';
import { DerivedListing } from '../../application/ports/derived-listing.ts';
import { Notes } from '../../application/ports/notes.ts';
import { Random } from '../../application/ports/random.ts';
import { Sleeper } from '../../application/ports/sleeper.ts';
import { TableScan } from '../../application/ports/table-scan.ts';
import { Retrier } from '../../application/retry.ts';
import { partsOfBringing } from './parts-of-bringing.ts';
import { TABLE_MODEL } from './table-model.ts';

/** What fills all that is derived in a container. @throws when a port is not bound. */
export function backfillIn(container: Container): Backfill {
  const model = container.get(TABLE_MODEL);
  const [retrier, clock] = [container.get(Retrier), container.get(Clock)];
  return new Backfill({
    bring: new BringIntoLine(partsOfBringing(container)),
    ...{ model, retrier, clock },
    scan: container.get(TableScan),
    listing: container.get(DerivedListing),
    notes: container.get(Notes),
    monotonicClock: new SystemMonotonicClock(),
    sleeper: container.get(Sleeper),
    random: container.get(Random),
  });
}
