import { createWriteStream } from 'node:fs';
import { once } from 'node:events';
import { connect } from 'node:net';
import { join } from 'node:path';
import { generateRecords } from '../../src/fleet/feed/generate.ts';
import type { Plan } from '../plan.ts';
import type { Children } from './children.ts';
import { exactly, ratios, type Spread, spreadOf } from './statistics.ts';

export interface PostgresPlan {
  readonly records: number;
  readonly batchSize: number;
  /** So many of them for who takes a transaction for each. */
  readonly sample: number;
  /** Rows in the tables before a batch comes. */
  readonly rows: readonly [few: number, many: number];
  /** Batches on each of these. */
  readonly rounds: number;
}

/** What a process is asked to measure. */
export interface MeasuredPostgres {
  readonly what: 'replay' | 'growth';
  readonly url: string;
  /** Where it may leave something. */
  readonly folder: string;
  /** The recorded changes. */
  readonly file: string;
  readonly plan: PostgresPlan;
}

export interface PostgresReplay {
  readonly perSecond: number;
  /** Of a transaction for each record, before the replay and after it. */
  readonly peerPerSecond: readonly number[];
  /** Statements for a batch, on average, and the fewest that anybody needs. */
  readonly roundTrips: number;
  readonly leastRoundTrips: number;
  /** Bytes of the process that are reachable after a tenth, half and all of the records, the database's own not among them. */
  readonly bytes: readonly number[];
}

/** What a batch takes, in milliseconds, on tables of few rows and of many. */
export interface PostgresGrowth {
  readonly few: readonly number[];
  readonly many: readonly number[];
}

/** A database, and how fast everything derived comes into it. */
export interface PostgresTimes {
  readonly database: 'PGlite' | 'PostgreSQL';
  readonly recordsPerSecond: number;
  /** Against a transaction for each record. */
  readonly timesAsFast: Spread;
  readonly roundTrips: number;
  readonly leastRoundTrips: number;
  readonly roundTripRatio: Spread;
  readonly bytes: readonly number[];
  /** The last of them against the first. */
  readonly memoryRatio: Spread;
  readonly batchMs: Spread;
  readonly growth: Spread;
}

const SERVER = process.env['TEST_DATABASE_URL'] ?? 'postgres://postgres@127.0.0.1:5432/test';

/** @param onSkipped told why a database is left out. */
export async function measurePostgres(
  children: Children,
  { postgres: plan }: Plan,
  folder: string,
  onSkipped: (why: string) => void,
): Promise<PostgresTimes[]> {
  const file = join(folder, 'changes.ndjson');
  await record(file, plan.records);
  const found: PostgresTimes[] = [];
  for (const database of ['PGlite', 'PostgreSQL'] as const) {
    if (database === 'PostgreSQL' && !(await isThere(SERVER))) {
      onSkipped(
        `no PostgreSQL at ${new URL(SERVER).hostname}: set TEST_DATABASE_URL to a database of a server`,
      );
      continue;
    }
    const measured = <T>(what: MeasuredPostgres['what']) => {
      const url = database === 'PGlite' ? `pglite:${join(folder, `pglite ${what}`)}` : SERVER;
      return children.runCompiled<T>('postgres-child', [
        JSON.stringify({ what, url, folder, file, plan } satisfies MeasuredPostgres),
      ]);
    };
    const { perSecond, peerPerSecond, roundTrips, leastRoundTrips, bytes } =
      await measured<PostgresReplay>('replay');
    const { few, many } = await measured<PostgresGrowth>('growth');
    found.push({
      ...{ database, recordsPerSecond: perSecond, roundTrips, leastRoundTrips, bytes },
      timesAsFast: ratios(
        peerPerSecond.map(() => perSecond),
        peerPerSecond,
      ),
      roundTripRatio: exactly(roundTrips / leastRoundTrips),
      memoryRatio: exactly((bytes.at(-1) ?? NaN) / (bytes[0] ?? NaN)),
      batchMs: spreadOf(few),
      growth: ratios(many, few),
    });
  }
  return found;
}

/** A recording: changes as JSON, one a line. */
async function record(file: string, records: number): Promise<void> {
  const out = createWriteStream(file);
  for (const one of generateRecords({ seed: SEED, records, irrelevantShare: 0.1, duplicateShare: 0 }))
    if (!out.write(`${JSON.stringify(one)}\n`)) await once(out, 'drain');
  out.end();
  await once(out, 'finish');
}

const SEED = 20_260_105;

async function isThere(url: string): Promise<boolean> {
  const { hostname, port } = new URL(url);
  const socket = connect(port === '' ? 5432 : Number(port), hostname);
  try {
    await once(socket, 'connect');
    return true;
  } catch {
    return false;
  } finally {
    socket.destroy();
  }
}
