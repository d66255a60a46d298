import type { Container } from 'inversify';
import type { BringIntoLineDependencies } from '../../application/bring-into-line/bring-into-line.ts';
import { Clock } from '../../application/ports/clock.ts';
import { DerivedRowRepository } from '../../application/ports/derived-row-repository.ts';
import { MatcherRepository } from '../../application/ports/matcher-repository.ts';
import { SearchFences } from '../../application/ports/search-fences.ts';
import { SearchQueue } from '../../application/ports/search-queue.ts';
import { SourceRows } from '../../application/ports/source-rows.ts';
import { ReconcileDefaultImage } from '../../application/reconcile-default-image.ts';
import { Retrier } from '../../application/retry.ts';
import { RunEffects } from '../../application/run-effects.ts';
import { TABLE_MODEL } from './table-model.ts';

/** What it takes to bring all that is derived in a container into line with its rows. @throws when a port is not bound. */
export function bringIntoLinePartsIn(container: Container): BringIntoLineDependencies {
  return {
    model: container.get(TABLE_MODEL),
    rows: container.get(SourceRows),
    matcher: container.get(MatcherRepository),
    derivedRows: container.get(DerivedRowRepository),
    fences: container.get(SearchFences),
    queue: container.get(SearchQueue),
    pointers: container.get(ReconcileDefaultImage),
    effects: container.get(RunEffects),
    retrier: container.get(Retrier),
    clock: container.get(Clock),
  };
}
