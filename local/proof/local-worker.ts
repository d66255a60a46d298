import { MemorySearchIndex } from '../../src/adapters/memory/memory-search-index.ts';
import type { DerivedState } from '../../src/application/ports/derived-state.ts';
import type { SearchIndex } from '../../src/application/ports/search-index.ts';
import { createMemoryWorker } from '../../src/entrypoints/memory-worker.ts';
import { deliverToFunction } from '../lambda/deliver-to-function.ts';
import type { Handler } from '../lambda/event-source.ts';
import type { Deliver } from './delivery.ts';
import { drainQueue } from './drain-queue.ts';
import { deliverToConsume } from './local-consumer.ts';
import { indexerEnvironment, indexOnce, type SearchServer } from './local-indexer.ts';
import { type LocalServers, workerEnvironment } from '../servers/servers.ts';
import { TableDerivedState } from './table-derived-state.ts';

/** A worker that takes a table's stream, and what it has derived from it. */
export interface Worker {
  readonly deliver: Deliver;
  /** Once all is handled: applies what the worker has sent to an index, and returns how many actions there were. */
  drain(): Promise<number>;
  /** What the worker has derived, and the rows that it was derived from. */
  readonly state: DerivedState;
  /** The search engine that documents are in; undefined where `state` has them. */
  readonly index?: SearchIndex;
}

/** The worker with everything in memory: tests the servers and the delivery, without AWS adapters. */
export function memoryWorker(): Worker {
  const { handler, state, drain } = createMemoryWorker({ log: { level: 'error', stream: process.stderr } });
  return { deliver: deliverToFunction(handler), state, drain: async () => drain().length };
}

/**
 * The Lambda function as it is deployed, from `dist`, on the local servers, and `contrail index` behind it. It reads the environment when it is loaded,
 * so there can be one such worker per process.
 *
 * @throws Error when the project is not built, or as the function does for a wrong environment.
 */
export async function builtWorker(servers: LocalServers, search: SearchServer): Promise<Worker> {
  Object.assign(process.env, { LOG_LEVEL: 'error' }, workerEnvironment(servers));
  const entry = new URL('../../dist/entrypoints/lambda/handler.js', import.meta.url).href;
  const { handler } = (await import(entry)) as { handler: Handler };
  return { ...workerOn(servers, handler), ...indexedBy(servers, search) };
}

/** `contrail consume` on the local servers, and `contrail index` behind it: each a process of its own, from `dist`. */
export function consumeWorker(servers: LocalServers, search: SearchServer): Worker {
  return { ...stateOn(servers), deliver: deliverToConsume, ...indexedBy(servers, search) };
}

/** Any handler that works on the local servers. */
export function workerOn(servers: LocalServers, handler: Handler): Worker {
  return { ...stateOn(servers), deliver: deliverToFunction(handler) };
}

function stateOn({ clients, queueUrl, table }: LocalServers): Pick<Worker, 'state' | 'drain'> {
  const index = new MemorySearchIndex();
  return {
    state: new TableDerivedState(clients.dynamodb, table, index),
    drain: () => drainQueue(clients.sqs, queueUrl, index),
  };
}

function indexedBy(servers: LocalServers, search: SearchServer) {
  return {
    index: search.index,
    drain: async () => (await indexOnce(indexerEnvironment(servers, search))).received,
  };
}
