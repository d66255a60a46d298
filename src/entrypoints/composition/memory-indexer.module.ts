import { ContainerModule } from 'inversify';
import { MemorySearchActionSource } from '../../adapters/memory/memory-search-action-source.ts';
import { MemorySearchEngine } from '../../adapters/memory/memory-search-engine.ts';
import { MemorySearchFences } from '../../adapters/memory/memory-search-fences.ts';
import { MemorySearchQueue } from '../../adapters/memory/memory-search-queue.ts';
import { MemorySourceRows } from '../../adapters/memory/memory-source-rows.ts';
import { MemoryTable } from '../../adapters/memory/memory-table.ts';
import { Clock } from '../../application/ports/clock.ts';
import { SearchActionSource } from '../../application/ports/search-action-source.ts';
import { SearchFences } from '../../application/ports/search-fences.ts';
import { SearchIndex } from '../../application/ports/search-index.ts';
import { Sleeper } from '../../application/ports/sleeper.ts';
import { SourceRows } from '../../application/ports/source-rows.ts';

/** What only an indexer needs, beside `memoryModule`, whose queue and rows it takes: a worker starts without it. */
export const memoryIndexerModule = new ContainerModule(({ bind }) => {
  bind(MemorySearchEngine).toResolvedValue(() => new MemorySearchEngine(), []);
  bind(SearchIndex).toService(MemorySearchEngine);
  bind(SearchFences).toResolvedValue(() => new MemorySearchFences(), []);
  bind(SourceRows).toResolvedValue((table) => new MemorySourceRows(table), [MemoryTable]);
  bind(SearchActionSource).toResolvedValue(
    (queue, clock, sleeper) => new MemorySearchActionSource(queue, { clock, sleeper }),
    [MemorySearchQueue, Clock, Sleeper],
  );
});
