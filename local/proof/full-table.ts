import type { Deliver } from './delivery.ts';
import { writeFleet } from './fleet-writer.ts';
import { startConsume } from './local-consumer.ts';
import { indexerEnvironment, type SearchServer } from './local-indexer.ts';
import { consumeWorker, type Worker } from './local-worker.ts';
import { runContrail } from './run-contrail.ts';
import type { LocalServers } from '../servers/servers.ts';

/** Of the rows that are there before, so many are written while they are filled. */
const LIVE_SHARE = 0.1;
/** Those that are written meanwhile are another fleet's. */
const OTHER_SEED = 1_000_003;

/**
 * Contrail on a table that was full before: `contrail consume` begins with what is written from now on, `contrail backfill` derives from what is
 * there, while more is written. Then `contrail index` and `contrail verify`. Each is a process of its own, as it is built.
 */
export function fullTableWorker(servers: LocalServers, search: SearchServer): FullTableWorker {
  return {
    ...consumeWorker(servers, search),
    deliver: deliverBesideBackfill(search),
    prove: () => runContrail(['verify', '--settle', '5'], indexerEnvironment(servers, search)),
  };
}

export interface FullTableWorker extends Worker {
  /** What `contrail verify` says. @throws Error with it when anything drifted. */
  prove(): Promise<string>;
}

function deliverBesideBackfill(search: SearchServer): Deliver {
  return async (servers, { records, batchSize, onProgress }) => {
    const { clients, table } = servers;
    const consuming = await startConsume(servers, ['--from', 'latest', '--batch-size', `${batchSize}`]);
    await consuming.untilReady();
    const live = Math.ceil(records * LIVE_SHARE);
    const [filled] = await Promise.all([
      runContrail(['backfill', '--report', 'json'], indexerEnvironment(servers, search)),
      writeFleet(clients.dynamodb, { table, writes: live, seed: OTHER_SEED }),
    ]);
    const delivery = await consuming.untilQuiet({ records: live, onProgress });
    const { scanned, seconds } = JSON.parse(filled) as { scanned: number; seconds: number };
    return { ...delivery, backfill: { rows: scanned, seconds, live } };
  };
}
