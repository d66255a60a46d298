import { type Container, ContainerModule } from 'inversify';
import { MemoryDerivedRowRepository } from '../../../adapters/memory/memory-derived-row-repository.ts';
import { MemoryDerivedState } from '../../../adapters/memory/memory-derived-state.ts';
import { MemoryMatcherRepository } from '../../../adapters/memory/memory-matcher-repository.ts';
import { MemorySearchEngine } from '../../../adapters/memory/memory-search-engine.ts';
import { MemorySearchQueue } from '../../../adapters/memory/memory-search-queue.ts';
import { MemoryTable } from '../../../adapters/memory/memory-table.ts';
import { indexAll } from '../../../application/index-all.ts';
import { IndexDocuments } from '../../../application/index-documents.ts';
import { DerivedState } from '../../../application/ports/derived-state.ts';
import { SearchActionSource } from '../../../application/ports/search-action-source.ts';
import { Sleeper } from '../../../application/ports/sleeper.ts';
import { Fault } from '../../../domain/fault.ts';
import { indexDocumentsModule } from '../../composition/index-documents.module.ts';
import { memoryIndexerModule } from '../../composition/memory-indexer.module.ts';
import type { Backend } from '../../config.ts';
import { whereItIs } from '../where-it-is.ts';
import { createMemoryWorker, type MemoryWorkerOptions } from '../../memory-worker.ts';

/** What a replay needs of a worker, wherever that keeps what it derives. */
export interface ReplayedWorker {
  readonly container: Container;
  readonly state: DerivedState;
  /** Brings what the worker has sent so far into the index. */
  readonly drain: () => unknown;
  /** How many search actions came to the queue, repeats not counted. */
  readonly sent: () => number;
  readonly close: () => Promise<unknown>;
}

/** What the report calls the search index is what a search engine in memory holds, filled as an indexer does it. */
const documentsInEngine = new ContainerModule(({ rebind }) => {
  void rebind(DerivedState).toResolvedValue(
    (engine, table, matcher, derivedRows) =>
      new MemoryDerivedState({ documents: () => engine.all() }, table, matcher, derivedRows),
    [MemorySearchEngine, MemoryTable, MemoryMatcherRepository, MemoryDerivedRowRepository],
  );
});

export async function replayWorker(
  backend: Backend,
  options: Pick<MemoryWorkerOptions, 'definition' | 'log' | 'onItems'>,
): Promise<ReplayedWorker> {
  if (backend.kind === 'memory') {
    const { container, state } = createMemoryWorker({
      ...options,
      modules: [memoryIndexerModule, indexDocumentsModule, documentsInEngine],
    });
    const indexing = {
      source: container.get(SearchActionSource),
      documents: container.get(IndexDocuments),
      sleeper: container.get(Sleeper),
    };
    return {
      ...{ container, state, drain: () => indexAll(indexing), close: () => container.unbindAllAsync() },
      sent: () => container.get(MemorySearchQueue).sent,
    };
  }
  if (backend.kind === 'aws')
    throw new Fault('configuration', 'recordings are not replayed to AWS: choose another backend');
  const { createPostgresWorker } = await import('../../postgres-worker.ts');
  const { url, schema, prefix, connections } = backend;
  const worker = createPostgresWorker({
    ...options,
    url,
    // As in memory, what can never be handled is reported.
    database: { schema, prefix, connections, hasQuarantine: false },
  });
  try {
    await whereItIs(worker.open);
  } catch (error) {
    await worker.close();
    throw error;
  }
  return worker;
}
