import { ContainerModule } from 'inversify';
import { IndexDocuments } from '../../application/index-documents.ts';
import { SearchFences } from '../../application/ports/search-fences.ts';
import { SearchIndex } from '../../application/ports/search-index.ts';
import { SourceRows } from '../../application/ports/source-rows.ts';
import { Retrier } from '../../application/retry.ts';
import { TABLE_MODEL } from './table-model.ts';

/** The indexer's use case, on whatever ports the other modules bind. */
export const indexDocumentsModule = new ContainerModule(({ bind }) => {
  bind(IndexDocuments).toResolvedValue(
    (model, index, fences, rows, retrier) => new IndexDocuments({ model, index, fences, rows, retrier }),
    [TABLE_MODEL, SearchIndex, SearchFences, SourceRows, Retrier],
  );
});
