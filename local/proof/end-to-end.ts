import { subsystemOf, type Verification, verify } from '../../src/application/verify/verify.ts';
import { fleet } from '../../src/fleet/definition.ts';
import { compareIndex } from './compare-index.ts';
import type { Delivery } from './delivery.ts';
import { writeFleet } from './fleet-writer.ts';
import type { LocalServers } from '../servers/servers.ts';
import type { Worker } from './local-worker.ts';

export interface EndToEndOptions {
  readonly writes: number;
  readonly seed: number;
  /** Most records at once. */
  readonly batchSize: number;
  readonly onProgress?: (phase: Phase, done: number) => void;
}

export type Phase = 'writing the fleet' | 'handling the stream' | 'draining the queue' | 'verifying';

/** What is in the index, compared with the table. */
export type IndexComparison = Awaited<ReturnType<typeof compareIndex>>;

export interface EndToEndResult {
  readonly writes: number;
  readonly delivery: Delivery;
  /** Stream records of changes that the worker itself made in the table. */
  readonly workerRecords: number;
  readonly searchActions: number;
  readonly verification: Verification;
  /** Where the documents are in a search engine, which the verification does not look into. */
  readonly index: IndexComparison | undefined;
  readonly seconds: Readonly<Record<Phase, number>>;
}

/**
 * Runs a worker as it is deployed: writes a fleet into the table, brings the table's stream to the worker until the
 * stream is quiet, drains the queue, and compares what is derived with the table.
 */
export async function runEndToEnd(
  servers: LocalServers,
  worker: Worker,
  { writes, seed, batchSize, onProgress }: EndToEndOptions,
): Promise<EndToEndResult> {
  const seconds = { 'writing the fleet': 0, 'handling the stream': 0, 'draining the queue': 0, verifying: 0 };
  const timed = async <T>(phase: Phase, work: () => Promise<T>): Promise<T> => {
    const started = performance.now();
    onProgress?.(phase, 0);
    const result = await work();
    seconds[phase] = (performance.now() - started) / 1000;
    return result;
  };

  const { clients, table } = servers;
  await timed('writing the fleet', () =>
    writeFleet(clients.dynamodb, {
      table,
      writes,
      seed,
      onProgress: (done) => onProgress?.('writing the fleet', done),
    }),
  );
  const delivery = await timed('handling the stream', () =>
    worker.deliver(servers, {
      records: writes,
      batchSize,
      onProgress: (done) => onProgress?.('handling the stream', done),
    }),
  );
  const searchActions = await timed('draining the queue', () => worker.drain());
  const verification = await timed('verifying', () => verify(worker.state, fleet));
  const index = worker.index && (await compareIndex(worker.index, worker.state.rows(), fleet));

  return {
    writes,
    delivery,
    workerRecords: delivery.records - (delivery.backfill?.live ?? writes),
    searchActions,
    // Documents that are in a search engine are compared there, as its schemas have them.
    verification: index === undefined ? verification : withoutDocuments(verification),
    index,
    seconds,
  };
}

/** Whether everything was handled, and nothing drifted. */
export function isExact({ delivery, verification, index }: EndToEndResult): boolean {
  return delivery.givenUp === 0 && verification.drift.length === 0 && (index?.drift.length ?? 0) === 0;
}

function withoutDocuments({ checked, drift, uncompared }: Verification): Verification {
  return {
    uncompared,
    checked: { ...checked, search: 0 },
    drift: drift.filter((one) => subsystemOf(one, fleet) !== 'search'),
  };
}
