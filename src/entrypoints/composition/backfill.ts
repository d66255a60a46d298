import { createHash } from 'node:crypto';
import type { Container } from 'inversify';
import { SystemMonotonicClock } from '../../adapters/system/system.ts';
import { Backfill } from '../../application/backfill/backfill.ts';
import { BringIntoLine } from '../../application/bring-into-line/bring-into-line.ts';
import { withoutWriting } from '../../application/bring-into-line/without-writing.ts';
import { DerivationNotes } from '../../application/plan/derivation-notes.ts';
import { Plan } from '../../application/plan/plan.ts';
import { DerivedListing } from '../../application/ports/derived-listing.ts';
import { EffectLog } from '../../application/ports/effect-log.ts';
import { ImageRepository } from '../../application/ports/image-repository.ts';
import { Notes } from '../../application/ports/notes.ts';
import { Random } from '../../application/ports/random.ts';
import { Sleeper } from '../../application/ports/sleeper.ts';
import { TableScan } from '../../application/ports/table-scan.ts';
import { Fingerprinter } from '../../domain/drift/fingerprint.ts';
import { bringIntoLinePartsIn } from './bring-into-line.ts';
import { TABLE_MODEL } from './table-model.ts';

/** What fills all that is derived in a container. @throws when a port is not bound. */
export function backfillIn(container: Container): Backfill {
  const parts = bringIntoLinePartsIn(container);
  const { model, retrier, clock } = parts;
  const random = container.get(Random);
  const read = {
    images: container.get(ImageRepository),
    log: container.get(EffectLog),
    fingerprints: new Fingerprinter(() => random.next()),
  };
  return new Backfill({
    bring: new BringIntoLine(parts),
    pretend: new BringIntoLine(withoutWriting(parts, read)),
    ...{ model, retrier, clock },
    scan: container.get(TableScan),
    listing: container.get(DerivedListing),
    notes: container.get(Notes),
    derivations: derivationNotesIn(container),
    monotonicClock: new SystemMonotonicClock(),
    sleeper: container.get(Sleeper),
    random,
  });
}

/** What says what is to be filled, and what is gone. @throws when a port is not bound. */
export function planIn(container: Container): Plan {
  return new Plan({
    model: container.get(TABLE_MODEL),
    scan: container.get(TableScan),
    derivations: derivationNotesIn(container),
  });
}

function derivationNotesIn(container: Container): DerivationNotes {
  return new DerivationNotes(container.get(Notes), (text) => createHash('sha256').update(text).digest('hex'));
}
