import { Container, type ContainerModule } from 'inversify';
import { FollowedTables } from '../../application/followed-tables.ts';
import { ProcessBatch } from '../../application/process-batch.ts';
import type { StreamWorker } from '../lambda/handle-event.ts';
import { coreModule } from './core.module.ts';

/**
 * Puts a worker together: the use cases, and the modules that bind their ports. A later module may `rebind` what
 * an earlier one bound, so swapping one adapter is one line.
 */
export function compose(...modules: readonly ContainerModule[]): Container {
  // Without `jitless`, Inversify compiles a function a binding: dynamic evaluation, and slower to start.
  const container = new Container({ defaultScope: 'Singleton', jitless: true });
  container.load(coreModule, ...modules);
  return container;
}

/** What a handler needs of a worker that is put together. */
export function streamWorker(container: Container): StreamWorker {
  return { processBatch: container.get(ProcessBatch), tables: container.get(FollowedTables) };
}
