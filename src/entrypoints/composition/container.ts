import { Container, type ContainerModule } from 'inversify';
import { FollowedTables } from '../../application/followed-tables.ts';
import { ProcessBatch } from '../../application/process-batch.ts';
import type { TableModel } from '../../domain/table-model.ts';
import { coreModule } from './core.module.ts';
import { TABLE_MODEL } from './table-model.ts';

/** What handles a stream's batches. */
export interface StreamWorker {
  readonly processBatch: Pick<ProcessBatch, 'execute'>;
  readonly tables: Pick<FollowedTables, 'generationsOf'>;
  /** What is derived from the table's rows. */
  readonly model: TableModel;
}

/**
 * Puts a worker together: the use cases, and the modules that bind their ports; for the fleet, unless a
 * `definitionModule` is among them. A later module may `rebind` what
 * an earlier one bound, so swapping one adapter is one line.
 */
export function compose(...modules: readonly ContainerModule[]): Container {
  // Without `jitless`, Inversify compiles a function for each binding: dynamic evaluation, and slower to start.
  const container = new Container({ defaultScope: 'Singleton', jitless: true });
  container.load(coreModule, ...modules);
  return container;
}

/** The worker of a container. @throws when a port is not bound. */
export function streamWorker(container: Container): StreamWorker {
  return {
    processBatch: container.get(ProcessBatch),
    tables: container.get(FollowedTables),
    model: container.get(TABLE_MODEL),
  };
}
