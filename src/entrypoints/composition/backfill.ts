import { createHash } from 'node:crypto';
import type { Container } from 'inversify';
import { SystemMonotonicClock } from '../../adapters/system/system.ts';
import { Backfill } from '../../application/backfill/backfill.ts';
import {
  BringIntoLine,
  type BringIntoLineDependencies,
} from '../../application/bring-into-line/bring-into-line.ts';
import { withoutWriting } from '../../application/bring-into-line/without-writing.ts';
import { DerivationNotes } from '../../application/plan/derivation-notes.ts';
import { Plan } from '../../application/plan/plan.ts';
import { Clock } from '../../application/ports/clock.ts';
import { DerivedListing } from '../../application/ports/derived-listing.ts';
import { DerivedRowRepository } from '../../application/ports/derived-row-repository.ts';
import { EffectLog } from '../../application/ports/effect-log.ts';
import { ImageRepository } from '../../application/ports/image-repository.ts';
import { MatcherRepository } from '../../application/ports/matcher-repository.ts';
import { Notes } from '../../application/ports/notes.ts';
import { Random } from '../../application/ports/random.ts';
import { SearchFences } from '../../application/ports/search-fences.ts';
import { SearchQueue } from '../../application/ports/search-queue.ts';
import { Sleeper } from '../../application/ports/sleeper.ts';
import { SourceRows } from '../../application/ports/source-rows.ts';
import { TableScan } from '../../application/ports/table-scan.ts';
import { ReconcileDefaultImage } from '../../application/reconcile-default-image.ts';
import { Retrier } from '../../application/retry.ts';
import { RunEffects } from '../../application/run-effects.ts';
import { Fingerprinter } from '../../domain/drift/fingerprint.ts';
import { TABLE_MODEL } from './table-model.ts';

/** What fills all that is derived in a container. @throws when a port is not bound. */
export function backfillIn(container: Container): Backfill {
  const model = container.get(TABLE_MODEL);
  const [retrier, clock] = [container.get(Retrier), container.get(Clock)];
  const random = container.get(Random);
  const deps: BringIntoLineDependencies = {
    ...{ model, retrier, clock },
    rows: container.get(SourceRows),
    matcher: container.get(MatcherRepository),
    derivedRows: container.get(DerivedRowRepository),
    fences: container.get(SearchFences),
    queue: container.get(SearchQueue),
    pointers: container.get(ReconcileDefaultImage),
    effects: container.get(RunEffects),
  };
  const ports = {
    images: container.get(ImageRepository),
    log: container.get(EffectLog),
    fingerprints: new Fingerprinter(() => random.next()),
  };
  return new Backfill({
    bring: new BringIntoLine(deps),
    pretend: new BringIntoLine(withoutWriting(deps, ports)),
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
