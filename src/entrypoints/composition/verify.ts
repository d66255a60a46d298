import type { Container } from 'inversify';
import { SystemMonotonicClock } from '../../adapters/system/system.ts';
import type { LookParts } from '../../application/drift/look-parts.ts';
import { Verify } from '../../application/drift/verify.ts';
import { Clock } from '../../application/ports/clock.ts';
import { DerivedListing } from '../../application/ports/derived-listing.ts';
import { DerivedRowRepository } from '../../application/ports/derived-row-repository.ts';
import { ImageRepository } from '../../application/ports/image-repository.ts';
import { MatcherRepository } from '../../application/ports/matcher-repository.ts';
import { Random } from '../../application/ports/random.ts';
import { SearchBacklog } from '../../application/ports/search-backlog.ts';
import { SearchFences } from '../../application/ports/search-fences.ts';
import { SearchIndex } from '../../application/ports/search-index.ts';
import { SearchQueue } from '../../application/ports/search-queue.ts';
import { Sleeper } from '../../application/ports/sleeper.ts';
import { SourceRows } from '../../application/ports/source-rows.ts';
import { TableScan } from '../../application/ports/table-scan.ts';
import { Retrier } from '../../application/retry.ts';
import { asIndexed, fieldsByName } from '../../domain/as-indexed.ts';
import type { SearchSchema } from '../../domain/search-schema.ts';
import { BringIntoLine } from '../../application/bring-into-line/bring-into-line.ts';
import { bringIntoLinePartsIn } from './bring-into-line.ts';
import { TABLE_MODEL } from './table-model.ts';

/**
 * What compares all that is derived in a container with the table's rows.
 *
 * @param schemas of the collections of the search engine; undefined where it has none, and keeps documents as they are.
 * @throws when a port is not bound.
 */
export function verifyIn(container: Container, schemas: readonly SearchSchema[] | undefined): Verify {
  const model = container.get(TABLE_MODEL);
  const hasDocuments = model.documents.length > 0;
  return new Verify({
    model,
    scan: container.get(TableScan),
    listing: container.get(DerivedListing),
    sourceRows: container.get(SourceRows),
    matcher: container.get(MatcherRepository),
    images: container.get(ImageRepository),
    derivedRows: container.get(DerivedRowRepository),
    index: hasDocuments ? container.get(SearchIndex) : undefined,
    fences: hasDocuments ? container.get(SearchFences) : undefined,
    backlog: hasDocuments ? container.get(SearchBacklog) : undefined,
    asHeld: heldBy(schemas),
    bring: new BringIntoLine(bringIntoLinePartsIn(container)),
    queue: container.get(SearchQueue),
    wallClock: container.get(Clock),
    clock: new SystemMonotonicClock(),
    sleeper: container.get(Sleeper),
    random: container.get(Random),
    retrier: container.get(Retrier),
  });
}

function heldBy(schemas: readonly SearchSchema[] | undefined): LookParts['asHeld'] {
  if (schemas === undefined) return (_, fields) => fields;
  const fieldsOf = new Map(schemas.map((schema) => [schema.collection, fieldsByName(schema)]));
  return (key, fields) => {
    const known = fieldsOf.get(key.collection);
    return known === undefined ? fields : asIndexed(key, fields, known);
  };
}
