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

/** A worker to be fed a table's stream, and a way to see what it has made of it. */
export interface Worker {
  readonly handler: Handler;
  /** Brings what the worker has sent into an index; returns how many actions there were. Once all is handled. */
  drain(): Promise<number>;
  /** What the worker has derived, beside the rows that it must be derived from. */
  readonly state: DerivedState;
}

/** The worker with everything in memory: proves the servers and the way to the handler, without AWS adapters. */
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
 * The Lambda function as it is deployed, built into `dist`, working on the local servers. It reads the environment
 * when it is loaded, so there is one such worker a process.
 *
 * @throws Error when the project is not built, or as the function does when it does not like its environment.
 */
export async function builtWorker(servers: LocalServers): Promise<Worker> {
  Object.assign(process.env, { LOG_LEVEL: 'error' }, workerEnvironment(servers));
  const entry = new URL('../../dist/entrypoints/lambda/handler.js', import.meta.url).href;
  const { handler } = (await import(entry)) as { handler: Handler };
  return workerOn(servers, handler);
}

/** A handler that works on the local servers, whatever it is made of. */
export function workerOn({ clients, queueUrl, table }: LocalServers, handler: Handler): Worker {
  const index = new MemorySearchIndex();
  return {
    handler,
    state: new TableDerivedState(clients.dynamodb, table, index),
    drain: () => drainQueue(clients.sqs, queueUrl, index),
  };
}
