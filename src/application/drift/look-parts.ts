import type { Fault } from '../../domain/fault.ts';
import type { DocumentFields, DocumentKey } from '../../domain/search-document.ts';
import type { TableModel } from '../../domain/table-model.ts';
import type { DerivedRowRepository } from '../ports/derived-row-repository.ts';
import type { ImageRepository } from '../ports/image-repository.ts';
import type { MatcherRepository } from '../ports/matcher-repository.ts';
import type { SearchFences } from '../ports/search-fences.ts';
import type { SearchIndex } from '../ports/search-index.ts';
import type { SourceRows } from '../ports/source-rows.ts';

/** What it takes to look at what is derived. */
export interface LookParts {
  readonly model: TableModel;
  /** Whether a derivation is to be compared. */
  readonly isAsked: (derivation: string) => boolean;
  readonly sourceRows: SourceRows;
  readonly matcher: MatcherRepository;
  readonly images: ImageRepository;
  readonly derivedRows: DerivedRowRepository;
  /** Undefined where there are no documents to be compared. */
  readonly index: SearchIndex | undefined;
  /** Undefined where nothing is noted of how new documents are. */
  readonly fences: SearchFences | undefined;
  /** A document as the index holds it: as it is, unless the engine has a schema. A Fault where the engine refuses it. */
  readonly asHeld: (key: DocumentKey, fields: DocumentFields) => DocumentFields | Fault;
}
