import { createWriteStream } from 'node:fs';
import { ContainerModule } from 'inversify';
import { TypesenseClient } from '../../../src/adapters/typesense/typesense-client.ts';
import { TypesenseSearchIndex } from '../../../src/adapters/typesense/typesense-search-index.ts';
import { IndexQueue } from '../../../src/application/index-queue.ts';
import { Metrics } from '../../../src/application/ports/metrics.ts';
import { Random } from '../../../src/application/ports/random.ts';
import { SearchActionSource } from '../../../src/application/ports/search-action-source.ts';
import { SearchFences } from '../../../src/application/ports/search-fences.ts';
import { SearchIndex } from '../../../src/application/ports/search-index.ts';
import { Sleeper } from '../../../src/application/ports/sleeper.ts';
import { SourceRows } from '../../../src/application/ports/source-rows.ts';
import { searchSchemas } from '../../../src/domain/search-schemas.ts';
import { NoMetrics } from '../../../src/entrypoints/no-metrics.ts';
import { compose } from '../../../src/entrypoints/composition/container.ts';
import { indexDocumentsModule } from '../../../src/entrypoints/composition/index-documents.module.ts';
import { indexerIn } from '../../../src/entrypoints/composition/indexer.ts';
import { systemModule } from '../../../src/entrypoints/composition/system.module.ts';
import { definitionModule } from '../../../src/entrypoints/composition/table-model.ts';
import { fleet } from '../../../src/fleet/definition.ts';
import type { EngineAddress } from './engine-address.ts';

/** What is written to the log is read by nobody. */
const nowhere = createWriteStream('/dev/null');

/** Nothing is repaired here, so no row is read. */
class NoRows extends SourceRows {
  override async read(): Promise<never> {
    throw new Error('a row was read: nothing must be repaired here');
  }
}

/** `contrail index --once` with its defaults, from this queue, with these fences. Ends once the queue is empty. */
export async function contrailIndexer(
  { url, apiKey }: EngineAddress,
  source: SearchActionSource,
  fences: SearchFences,
): Promise<void> {
  const client = new TypesenseClient({ url, apiKey });
  const adapters = new ContainerModule(({ bind }) => {
    bind(Metrics).toConstantValue(new NoMetrics());
    bind(SearchActionSource).toConstantValue(source);
    bind(SearchFences).toConstantValue(fences);
    bind(SourceRows).toConstantValue(new NoRows());
    bind(SearchIndex).toConstantValue(new TypesenseSearchIndex(client, searchSchemas(fleet.model.documents)));
  });
  const logging = { level: 'info', stream: nowhere, readable: false } as const;
  const container = compose(adapters, systemModule(logging), definitionModule(fleet), indexDocumentsModule);
  const { indexDocuments: documents, clock, logger, metrics } = indexerIn(container);
  const random = container.get(Random);
  const sleeper = container.get(Sleeper);
  const queue = new IndexQueue(
    { source, documents, clock, sleeper, random, metrics, logger },
    { once: true },
  );
  const { failed, refused } = await queue.run(new AbortController().signal);
  if (failed + refused > 0) throw new Error(`Contrail did not index ${failed + refused} messages`);
}
