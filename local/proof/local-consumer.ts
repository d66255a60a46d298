import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { freePort } from '../servers/free-port.ts';
import { type LocalServers, workerEnvironment } from '../servers/servers.ts';
import { CONTRAIL } from './run-contrail.ts';
import type { Deliver, Delivery, DeliveryOptions } from './delivery.ts';

const LOOK_MS = 100;
/** How often in a row it must have nothing to do until the stream counts as read; and how often none handled, until it is given up. */
const QUIET_LOOKS = 5;
const STALLED_LOOKS = 600;

/** What `--health` tells, as far as it is looked at. */
interface Health {
  readonly handled: number;
  readonly openShards: number;
  readonly lagMs: number | null;
}

/** What `--report json` says. */
interface Report {
  readonly handled: number;
  readonly unhandled: number;
  readonly gaps: readonly unknown[];
}

/**
 * Has `contrail consume`, a process of its own, as it is built, read the stream until it is quiet, and stops it by SIGTERM.
 *
 * @throws Error with what it said, when it ends before, or otherwise than well.
 */
export const deliverToConsume: Deliver = async (servers, options) =>
  (await startConsume(servers, ['--batch-size', `${options.batchSize}`])).untilQuiet(options);

/** A process of `contrail consume` on the local servers. */
export interface Consuming {
  /** Until it holds the stream's shards. */
  untilReady(): Promise<void>;
  /** Until it has handled these, and nothing is left to read; then stops it. */
  untilQuiet(options: Pick<DeliveryOptions, 'records' | 'onProgress'>): Promise<Delivery>;
}

/** @param args beside those that its health and its report need. */
export async function startConsume(servers: LocalServers, args: readonly string[]): Promise<Consuming> {
  const port = await freePort();
  const all = [CONTRAIL, 'consume', ...args, '--health', `${port}`, '--metrics', '--report', 'json'];
  const child = spawn(process.execPath, all, {
    env: consumeEnvironment(servers),
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const ended = Promise.all([text(child.stdout), text(child.stderr), once(child, 'close')]);
  const isRunning = () => child.exitCode === null && child.signalCode === null;
  return {
    untilReady: async () => {
      while (isRunning() && ((await healthAt(port))?.openShards ?? 0) === 0) await sleep(LOOK_MS);
    },
    untilQuiet: async ({ records, onProgress }) => {
      let [shards, before, quiet, stalled] = [0, 0, 0, 0];
      while (quiet < QUIET_LOOKS && stalled < STALLED_LOOKS && isRunning()) {
        await sleep(LOOK_MS);
        const { handled, openShards, lagMs } = (await healthAt(port)) ?? NOTHING_YET;
        stalled = handled > before ? 0 : stalled + 1;
        quiet = handled >= records && handled === before && lagMs === 0 ? quiet + 1 : 0;
        [shards, before] = [openShards, handled];
        onProgress(handled);
      }
      child.kill('SIGTERM');
      const [metrics, said] = await ended;
      const report = /^\{"stream".*$/m.exec(said)?.[0];
      if (child.exitCode !== 0 || report === undefined)
        throw new Error(`contrail consume ended with ${child.exitCode ?? child.signalCode}:\n${said}`);
      const { handled, unhandled, gaps } = JSON.parse(report) as Report;
      return { records: handled, shards, givenUp: unhandled + gaps.length, requests: requestsIn(metrics) };
    },
  };
}

function consumeEnvironment(servers: LocalServers): Record<string, string> {
  return {
    ...workerEnvironment(servers),
    AWS_ENDPOINT_URL_DYNAMODB_STREAMS: servers.dynamodb.endpoint,
    PATH: process.env['PATH'] ?? '',
    LOG_LEVEL: 'error',
    // It would begin with it.
    AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true',
  };
}

const NOTHING_YET: Health = { handled: 0, openShards: 0, lagMs: null };

/** Undefined while it does not listen yet, or no longer. */
async function healthAt(port: number): Promise<Health | undefined> {
  try {
    return (await (await fetch(`http://127.0.0.1:${port}/`)).json()) as Health;
  } catch {
    return undefined;
  }
}

/** The requests of all its batches, by operation. */
function requestsIn(metrics: string): readonly (readonly [string, number])[] {
  const counts = new Map<string, number>();
  for (const line of metrics.trim().split('\n'))
    for (const [name, value] of Object.entries(JSON.parse(line || '{}') as Record<string, unknown>)) {
      const operation = /^(\w+)Requests$/.exec(name)?.[1];
      if (operation !== undefined && typeof value === 'number')
        counts.set(operation, (counts.get(operation) ?? 0) + value);
    }
  return [...counts].sort(([a], [b]) => (a < b ? -1 : 1));
}
