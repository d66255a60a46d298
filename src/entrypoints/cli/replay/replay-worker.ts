import type { Container } from 'inversify';
import { MemorySearchQueue } from '../../../adapters/memory/memory-search-queue.ts';
import type { DerivedState } from '../../../application/ports/derived-state.ts';
import { Fault } from '../../../domain/fault.ts';
import type { Backend } from '../../config.ts';
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

export async function replayWorker(
  backend: Backend,
  options: Pick<MemoryWorkerOptions, 'definition' | 'log'>,
): Promise<ReplayedWorker> {
  if (backend.kind === 'memory') {
    const { container, state, drain } = createMemoryWorker(options);
    const sent = () => container.get(MemorySearchQueue).sent;
    return { container, state, drain, sent, close: () => container.unbindAllAsync() };
  }
  if (backend.kind === 'aws')
    throw new Fault('configuration', 'recordings are not replayed to AWS: choose another backend');
  const { createPostgresWorker } = await import('../../postgres-worker.ts');
  const { url, schema, prefix, connections } = backend;
  const { container, state, drain, close } = createPostgresWorker({
    ...options,
    url,
    // As in memory, what can never be handled is reported.
    database: { schema, prefix, connections, hasQuarantine: false },
  });
  let count = 0;
  return {
    container,
    state,
    drain: async () => {
      count += (await drain()).length;
    },
    sent: () => count,
    close,
  };
}
