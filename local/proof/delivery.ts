import type { EventSourceCounts } from '../lambda/event-source.ts';
import type { LocalServers } from '../servers/servers.ts';
import type { RequestCounter } from './request-counter.ts';

/** What became of a stream's records. */
export interface Delivery {
  readonly records: number;
  readonly shards: number;
  /** How many failed in every attempt, or were lost. */
  readonly givenUp: number;
  /** Why the last failed attempt failed, if any did. */
  readonly lastError?: unknown;
  /** The worker's requests to the servers, by operation. */
  readonly requests: RequestCounter['counts'];
  /** Where it was called as a function. */
  readonly invocations?: EventSourceCounts;
  /** Where the table was full before: how many rows were filled, in how long, and how many writes came meanwhile. */
  readonly backfill?: { readonly rows: number; readonly seconds: number; readonly live: number };
}

export interface DeliveryOptions {
  /** How many records there are at least, with those to come of what the worker itself writes. */
  readonly records: number;
  /** Most records at once. */
  readonly batchSize: number;
  readonly onProgress: (records: number) => void;
}

/** Brings a table's stream to a worker until it is quiet: it has the worker's own writes too. */
export type Deliver = (servers: LocalServers, options: DeliveryOptions) => Promise<Delivery>;
