import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { ReaderStatus } from '../../../application/read-stream/reader-status.ts';
import { Fault } from '../../../domain/fault.ts';

/** How long nothing may go well before a reader counts as dead, in milliseconds: it looks at its leases every few seconds. */
const LIVE_MS = 60_000;

/** What the endpoint says. */
export interface Health {
  /** Whether something went well within the last minute. If not, start it again. */
  readonly live: boolean;
  /** Whether it takes part in reading. */
  readonly ready: boolean;
  readonly stream: string;
  readonly lagMs: number | null;
  readonly handled: number;
  /** Shards that are not complete, whoever reads them. */
  readonly openShards: number;
  readonly shards: ReaderStatus['shards'];
  readonly gaps: ReaderStatus['gaps'];
  readonly switchedOff: boolean;
}

/** What is read now. */
export interface Reading {
  readonly stream: string;
  /** When it was started, in milliseconds since 1970. */
  readonly since: number;
  readonly status: ReaderStatus;
}

export function healthOf({ stream, since, status }: Reading, now: number): Health {
  const { isReady, lastProgressAt = since, lagMs, handled, open, shards, gaps, isSwitchedOff } = status;
  return {
    live: now - lastProgressAt < LIVE_MS,
    ready: isReady,
    stream,
    lagMs: lagMs ?? null,
    handled,
    openShards: open,
    shards,
    gaps,
    switchedOff: isSwitchedOff,
  };
}

/**
 * Answers over HTTP how a reader is doing: `/live` and `/ready` with the status 200 or 503, `/` with 200; each with all that is known as JSON.
 *
 * @param port 0 for any that is free.
 * @throws Fault `configuration` where the port cannot be had.
 */
export async function serveHealth(
  port: number,
  reading: () => Reading,
): Promise<{ readonly port: number; readonly close: () => void }> {
  const server = createServer(({ url = '/', method }, response) => {
    const health = healthOf(reading(), Date.now());
    // No URL need be what is asked for: `//` is none.
    const status = statusOf(url.replace(/\?.*$/s, ''), health);
    response.writeHead(status, { 'content-type': 'application/json', 'cache-control': 'no-store' });
    response.end(method === 'HEAD' ? '' : `${JSON.stringify(status === 404 ? { paths: PATHS } : health)}\n`);
  });
  await listening(server, port);
  return {
    port: (server.address() as AddressInfo).port,
    close: () => {
      server.close();
      server.closeAllConnections();
    },
  };
}

const PATHS = ['/', '/live', '/ready'];

function statusOf(path: string, { live, ready }: Health): number {
  if (!PATHS.includes(path)) return 404;
  const isFine = path === '/' || (path === '/live' ? live : ready);
  return isFine ? 200 : 503;
}

async function listening(server: Server, port: number): Promise<void> {
  try {
    server.listen(port);
    await once(server, 'listening');
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    throw new Fault(
      'configuration',
      `--health ${port}: cannot listen there (${code ?? message}); name another port`,
      {
        cause: error,
      },
    );
  }
  // It alone keeps no process up.
  server.unref();
}
