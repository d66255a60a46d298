import { MemorySearchIndex } from '../../src/adapters/memory/memory-search-index.ts';
import { MemorySearchQueue } from '../../src/adapters/memory/memory-search-queue.ts';
import { DerivedState } from '../../src/application/ports/derived-state.ts';
import { compose, streamWorker } from '../../src/entrypoints/composition/container.ts';
import { memoryModule } from '../../src/entrypoints/composition/memory.module.ts';
import { systemModule } from '../../src/entrypoints/composition/system.module.ts';
import { createHandler } from '../../src/entrypoints/lambda/create-handler.ts';
import type { Handler } from '../lambda/event-source.ts';
import { drainQueue } from './drain-queue.ts';
import { type LocalServers, workerEnvironment } from '../servers/servers.ts';
import { TableDerivedState } from './table-derived-state.ts';

/** A worker that takes a table's stream, and what it has derived from it. */
export interface Worker {
  readonly handler: Handler;
  /** Once all is handled: applies what the worker has sent to an index, and returns how many actions there were. */
  drain(): Promise<number>;
  /** What the worker has derived, and the rows that it was derived from. */
  readonly state: DerivedState;
}

/** The worker with everything in memory: tests the servers and the delivery, without AWS adapters. */
export function memoryWorker(): Worker {
  const logging = { level: 'error', stream: process.stderr, readable: true } as const;
  const container = compose(memoryModule, systemModule(logging));
  const queue = container.get(MemorySearchQueue);
  const index = container.get(MemorySearchIndex);
  return {
    handler: createHandler(streamWorker(container), {
      failureMode: 'report',
      deadlineMarginMs: 0,
    }),
    state: container.get(DerivedState),
    drain: async () => {
      const actions = queue.drain();
      index.apply(actions);
      return actions.length;
    },
  };
}

/**
 * The Lambda function as it is deployed, from `dist`, on the local servers. It reads the environment when it is loaded,
 * so there can be one such worker per process.
 *
 * @throws Error when the project is not built, or as the function does for a wrong environment.
 */
export async function builtWorker(servers: LocalServers): Promise<Worker> {
  Object.assign(process.env, { LOG_LEVEL: 'error' }, workerEnvironment(servers));
  const entry = new URL('../../dist/entrypoints/lambda/handler.js', import.meta.url).href;
  const { handler } = (await import(entry)) as { handler: Handler };
  return workerOn(servers, handler);
}

/** Any handler that works on the local servers. */
export function workerOn({ clients, queueUrl, table }: LocalServers, handler: Handler): Worker {
  const index = new MemorySearchIndex();
  return {
    handler,
    state: new TableDerivedState(clients.dynamodb, table, index),
    drain: () => drainQueue(clients.sqs, queueUrl, index),
  };
}
