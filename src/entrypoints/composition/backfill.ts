import { createHash } from 'node:crypto';
import type { Container } from 'inversify';
import { SystemMonotonicClock } from '../../adapters/system/system.ts';
import { Backfill } from '../../application/backfill/backfill.ts';
import {
  BringIntoLine,
  type BringIntoLineDependencies,
} from '../../application/bring-into-line/bring-into-line.ts';
import { UnwritingImages, UnwritingLog } from '../../application/bring-into-line/unwriting-ports.ts';
import { withoutWriting } from '../../application/bring-into-line/without-writing.ts';
import { DerivationNotes } from '../../application/plan/derivation-notes.ts';
import { Purge } from '../../application/purge/purge.ts';
import { RemoveDerived, type RemoveDerivedParts } from '../../application/purge/remove-derived.ts';
import { ClearDocuments } from '../../application/bring-into-line/clear-documents.ts';
import { Plan } from '../../application/plan/plan.ts';
import { DerivedListing } from '../../application/ports/derived-listing.ts';
import { EffectLog } from '../../application/ports/effect-log.ts';
import { ImageRepository } from '../../application/ports/image-repository.ts';
import { Notes } from '../../application/ports/notes.ts';
import { Random } from '../../application/ports/random.ts';
import { Sleeper } from '../../application/ports/sleeper.ts';
import { TableReplica } from '../../application/ports/table-replica.ts';
import { TableScan } from '../../application/ports/table-scan.ts';
import { Fingerprinter } from '../../domain/drift/fingerprint.ts';
import { bringIntoLinePartsIn } from './bring-into-line.ts';
import { DERIVED_LISTINGS } from './derived-listings.ts';
import { TABLE_MODEL } from './table-model.ts';

/** What fills all that is derived in a container. @throws when a port is not bound. */
export function backfillIn(container: Container): Backfill {
  const { deps, dry } = bringingIn(container);
  return new Backfill({
    ...{ bring: new BringIntoLine(deps), clear: new ClearDocuments(deps) },
    pretend: { bring: new BringIntoLine(dry), clear: new ClearDocuments(dry) },
    ...{ model: deps.model, retrier: deps.retrier, clock: deps.clock, fences: deps.fences },
    scan: container.get(TableScan),
    replica: container.get(TableReplica, { optional: true }),
    listing: container.get(DerivedListing),
    notes: container.get(Notes),
    derivations: derivationNotesIn(container),
    monotonicClock: new SystemMonotonicClock(),
    sleeper: container.get(Sleeper),
    random: container.get(Random),
  });
}

/** What removes what derivations have derived that are gone. @throws when a port is not bound. */
export function purgeIn(container: Container): Purge {
  const { deps, dry } = bringingIn(container);
  const { model, retrier, clock, fences } = deps;
  const removing = (
    ports: BringIntoLineDependencies,
    own: Pick<RemoveDerivedParts, 'images' | 'effects'>,
  ) => ({
    clear: new ClearDocuments(ports),
    remove: new RemoveDerived({ ...ports, ...own }),
  });
  const [images, log] = [container.get(ImageRepository), container.get(EffectLog)];
  return new Purge({
    ...{ model, retrier, clock, fences },
    removing: removing(deps, { images, effects: log }),
    pretending: removing(dry, { images: new UnwritingImages(images), effects: new UnwritingLog(log) }),
    listingOf: container.get(DERIVED_LISTINGS),
    scan: container.get(TableScan),
    notes: container.get(Notes),
    derivations: derivationNotesIn(container),
    monotonicClock: new SystemMonotonicClock(),
    sleeper: container.get(Sleeper),
  });
}

/** What brings rows into line, and the same without writing. */
function bringingIn(container: Container) {
  const random = container.get(Random);
  const deps = bringIntoLinePartsIn(container);
  const dry = withoutWriting(deps, {
    images: container.get(ImageRepository),
    log: container.get(EffectLog),
    fingerprints: new Fingerprinter(() => random.next()),
  });
  return { deps, dry };
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
