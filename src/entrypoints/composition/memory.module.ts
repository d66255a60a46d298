import { ContainerModule } from 'inversify';
import { DerivedListing } from '../../application/ports/derived-listing.ts';
import { DerivedRowRepository } from '../../application/ports/derived-row-repository.ts';
import { EffectLog } from '../../application/ports/effect-log.ts';
import { DerivedState } from '../../application/ports/derived-state.ts';
import { ImageRepository } from '../../application/ports/image-repository.ts';
import { MatcherRepository } from '../../application/ports/matcher-repository.ts';
import { Metrics } from '../../application/ports/metrics.ts';
import { MemoryDerivedListing } from '../../adapters/memory/memory-derived-listing.ts';
import { Notes } from '../../application/ports/notes.ts';
import { SearchBacklog } from '../../application/ports/search-backlog.ts';
import { SearchQueue } from '../../application/ports/search-queue.ts';
import { TableGenerations } from '../../application/ports/table-generations.ts';
import { TableReplica } from '../../application/ports/table-replica.ts';
import { TableScan } from '../../application/ports/table-scan.ts';
import { MemoryDerivedRowRepository } from '../../adapters/memory/memory-derived-row-repository.ts';
import { MemoryEffectLog, type UnmadeWrite } from '../../adapters/memory/memory-effect-log.ts';
import { MemoryDerivedState } from '../../adapters/memory/memory-derived-state.ts';
import { MemoryImageRepository } from '../../adapters/memory/memory-image-repository.ts';
import { MemoryMatcherRepository } from '../../adapters/memory/memory-matcher-repository.ts';
import { MemoryMetrics } from '../../adapters/memory/memory-metrics.ts';
import { MemoryParkedItems } from '../../adapters/memory/memory-parked-items.ts';
import { KeptChanges } from '../../application/ports/kept-changes.ts';
import { ParkedItems } from '../../application/ports/parked-items.ts';
import { MemoryNotes } from '../../adapters/memory/memory-notes.ts';
import { MemorySearchBacklog } from '../../adapters/memory/memory-search-backlog.ts';
import { MemorySearchIndex } from '../../adapters/memory/memory-search-index.ts';
import { MemorySearchQueue } from '../../adapters/memory/memory-search-queue.ts';
import { MemoryTableGenerations } from '../../adapters/memory/memory-table-generations.ts';
import { MemoryTableScan } from '../../adapters/memory/memory-table-scan.ts';
import { MemoryTable } from '../../adapters/memory/memory-table.ts';
import { DERIVED_LISTINGS } from './derived-listings.ts';
import { TABLE_MODEL } from './table-model.ts';

/** `BACKEND=memory`: everything in this process, gone when it ends. */
export const memoryModule = new ContainerModule(({ bind }) => {
  bind(MemoryTable).toResolvedValue((model) => new MemoryTable(model), [TABLE_MODEL]);
  bind(MemoryMatcherRepository).toResolvedValue(() => new MemoryMatcherRepository(), []);
  bind(MemorySearchQueue).toResolvedValue(() => new MemorySearchQueue(), []);
  bind(MemorySearchIndex).toResolvedValue(() => new MemorySearchIndex(), []);

  bind(MemoryMetrics).toResolvedValue(() => new MemoryMetrics(), []);

  bind(Metrics).toService(MemoryMetrics);
  bind(TableReplica).toService(MemoryTable);
  bind(TableScan).toResolvedValue((table) => new MemoryTableScan(table), [MemoryTable]);
  bind(Notes).toResolvedValue(() => new MemoryNotes(), []);
  bind(MemoryParkedItems).toResolvedValue(() => new MemoryParkedItems(), []);
  bind(ParkedItems).toService(MemoryParkedItems);
  bind(KeptChanges).toResolvedValue((items) => items.changes, [MemoryParkedItems]);
  bind(TableGenerations).toResolvedValue(() => new MemoryTableGenerations(), []);
  bind(SearchQueue).toService(MemorySearchQueue);
  bind(MatcherRepository).toService(MemoryMatcherRepository);
  bind(ImageRepository).toResolvedValue((table) => new MemoryImageRepository(table), [MemoryTable]);
  bind(MemoryDerivedRowRepository).toResolvedValue(() => new MemoryDerivedRowRepository(), []);
  bind(DerivedRowRepository).toService(MemoryDerivedRowRepository);
  bind(EffectLog).toResolvedValue(() => new MemoryEffectLog(), []);
  bind(DerivedState).toResolvedValue(
    (index, table, matcher, derivedRows) => new MemoryDerivedState(index, table, matcher, derivedRows),
    [MemorySearchIndex, MemoryTable, MemoryMatcherRepository, MemoryDerivedRowRepository],
  );
  bind(DERIVED_LISTINGS).toResolvedValue(
    (table, matcher, derivedRows) =>
      ({ keys }) =>
        new MemoryDerivedListing(keys, table, matcher, derivedRows),
    [MemoryTable, MemoryMatcherRepository, MemoryDerivedRowRepository],
  );
  bind(DerivedListing).toResolvedValue(
    (listingOf, model) => listingOf(model),
    [DERIVED_LISTINGS, TABLE_MODEL],
  );
  bind(SearchBacklog).toResolvedValue((queue) => new MemorySearchBacklog(queue), [MemorySearchQueue]);
});

/** Takes items for DynamoDB from effects, and tells of them instead of making them. */
export function effectLogModule(onItems: (write: UnmadeWrite) => void): ContainerModule {
  return new ContainerModule(({ rebind }) => {
    void rebind(EffectLog).toConstantValue(new MemoryEffectLog(onItems));
  });
}
