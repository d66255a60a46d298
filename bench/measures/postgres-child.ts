import { randomUUID } from 'node:crypto';
import { createReadStream, readFileSync } from 'node:fs';
import type { DynamoDBRecord } from 'aws-lambda';
import { openDatabase } from '../../src/adapters/postgres/client/open-database.ts';
import { EmbeddedDatabase } from '../../src/adapters/postgres/client/embedded-database.ts';
import { ServerDatabase } from '../../src/adapters/postgres/client/server-database.ts';
import { migrate } from '../../src/adapters/postgres/schema/migrate.ts';
import { namesOf } from '../../src/adapters/postgres/schema/names.ts';
import { TableGenerations } from '../../src/application/ports/table-generations.ts';
import { ProcessBatch } from '../../src/application/process-batch.ts';
import { replay } from '../../src/entrypoints/cli/replay/replay.ts';
import { RecordedStreams } from '../../src/entrypoints/cli/replay/streams.ts';
import { createPostgresWorker, type PostgresWorker } from '../../src/entrypoints/postgres-worker.ts';
import { fleet } from '../../src/fleet/definition.ts';
import { PeerTables } from '../workers/postgres/peer-tables.ts';
import { TransactionPerRecord } from '../workers/postgres/transaction-per-record.ts';
import { derivedTotals, fill } from '../workloads/postgres-rows.ts';
import { paired } from './paired.ts';
import type { MeasuredPostgres, PostgresGrowth, PostgresReplay } from './postgres.ts';

/** What is read and what is written on it, and the same for the queue, of which somebody else may be at the other end. */
const LEAST_ROUND_TRIPS = 4;
/** As V8 lets go of some things only after several. */
const COLLECTIONS = 3;
const PREFIX = `contrail_bench_${randomUUID().slice(0, 8)}`;
const collect = (globalThis as unknown as { gc: () => void }).gc;

const WARM_UPS = 2;

const { what, url, file, plan } = JSON.parse(process.argv[2] ?? '') as MeasuredPostgres;
const isEmbedded = url.startsWith('pglite:');
const result = await { replay: measureReplay, growth: measureGrowth }[what]();
process.stdout.write(JSON.stringify(result), () => process.exit(0));

async function measureReplay(): Promise<PostgresReplay> {
  const some = recordsOf(file, plan.sample);
  const peers = [await peerRun(some, 'peer_1'), await sampleRun(some), await peerRun(some, 'peer_2')];
  const totals = peers.map((peer) => JSON.stringify(peer.totals));
  if (new Set(totals).size > 1) throw new Error(`they derive different things: ${totals.join(' and ')}`);
  const worker = workerIn('replayed');
  try {
    let statements = 0;
    onStatement(() => statements++);
    const bytes: number[] = [];
    const marks = [0.1, 0.5, 1].map((part) => Math.floor(plan.records * part));
    let first: { readonly statements: number } | undefined;
    const started = performance.now();
    const { batches, failures } = await replayed(worker, createReadStream(file), (_, records) => {
      first ??= { statements };
      if (records < (marks[0] ?? Infinity)) return;
      marks.shift();
      bytes.push(reachable());
    });
    const seconds = (performance.now() - started) / 1000;
    if (failures > 0) throw new Error(`${failures} records failed`);
    return {
      perSecond: plan.records / seconds,
      peerPerSecond: peers.flatMap(({ perSecond }) => perSecond ?? []),
      // In the first batch the tables are made.
      roundTrips: (statements - (first?.statements ?? 0)) / (batches - 1),
      leastRoundTrips: LEAST_ROUND_TRIPS,
      bytes,
    };
  } finally {
    await worker.close();
    await drop('replayed');
  }
}

interface SampleRun {
  readonly totals: unknown;
  readonly perSecond?: number;
}

async function peerRun(records: readonly DynamoDBRecord[], name: string): Promise<SampleRun> {
  const database = await openDatabase({ url: urlOf(name) });
  try {
    const schema = `${PREFIX}_${name}`;
    const worker = await TransactionPerRecord.start(database, schema);
    const started = performance.now();
    await worker.handle(records);
    const perSecond = (records.length * 1000) / (performance.now() - started);
    const [totals] = await database.query(new PeerTables(schema).totals);
    return { totals, perSecond };
  } finally {
    await database.close();
    await drop(name);
  }
}

/** Contrail's, of the same records, to compare what was derived. */
async function sampleRun(records: readonly DynamoDBRecord[]): Promise<SampleRun> {
  const worker = workerIn('sample');
  await handle(worker, records);
  await worker.close();
  const database = await openDatabase({ url: urlOf('sample') });
  try {
    return { totals: await derivedTotals(database, namesOf({ schema: `${PREFIX}_sample` })) };
  } finally {
    await database.close();
    await drop('sample');
  }
}

async function measureGrowth(): Promise<PostgresGrowth> {
  const records = recordsOf(file, plan.batchSize * (plan.rounds + WARM_UPS));
  const subjects: { readonly name: string; readonly worker: PostgresWorker }[] = [];
  for (const rows of plan.rows) {
    const name = `rows_${rows}`;
    await fillSchema(name, rows);
    subjects.push({ name, worker: workerIn(name) });
  }
  const runs = subjects.map(({ worker }) => {
    let from = 0;
    return () => millisecondsOf(() => handle(worker, records.slice(from, (from += plan.batchSize))));
  });
  const [few = [], many = []] = await paired(runs, plan.rounds, WARM_UPS);
  for (const { name, worker } of subjects) {
    await worker.close();
    await drop(name);
  }
  return { few, many };
}

async function fillSchema(name: string, rows: number): Promise<void> {
  const database = await openDatabase({ url: urlOf(name) });
  try {
    const names = namesOf({ schema: `${PREFIX}_${name}` });
    await migrate(database, names);
    await fill(database, names, rows);
  } finally {
    await database.close();
  }
}

/** Of an embedded database, which is in this process, what the processor is busy with, as other processes disturb that least. */
async function millisecondsOf(work: () => Promise<void>): Promise<number> {
  const [from, before] = [performance.now(), process.cpuUsage()];
  await work();
  const { user, system } = process.cpuUsage(before);
  return isEmbedded ? (user + system) / 1000 : performance.now() - from;
}

/** An embedded database is one worker's at a time. */
function urlOf(name: string): string {
  return isEmbedded ? `${url} ${name}` : url;
}

function workerIn(name: string): PostgresWorker {
  const log = { level: 'silent' } as const;
  return createPostgresWorker({
    url: urlOf(name),
    database: { schema: `${PREFIX}_${name}` },
    definition: fleet,
    log,
  });
}

async function handle(worker: PostgresWorker, records: readonly DynamoDBRecord[]): Promise<void> {
  const { batchItemFailures } = await worker.handler({ Records: [...records] });
  const refused = await worker.drain();
  if (batchItemFailures.length + refused.length > 0) throw new Error('a record failed');
}

async function replayed(
  { container, drain }: PostgresWorker,
  stream: AsyncIterable<Uint8Array>,
  onProgress: (bytes: number, records: number) => void,
) {
  const streams = await RecordedStreams.open(fleet.model, container.get(TableGenerations), {});
  const { batches, failures } = await replay(
    [{ name: file, open: () => stream }],
    { batchSize: plan.batchSize, onProgress },
    { streams, processBatch: container.get(ProcessBatch), drain },
  );
  return { batches, failures: failures.total };
}

function recordsOf(path: string, count: number): readonly DynamoDBRecord[] {
  const lines = readFileSync(path, 'utf8').split('\n', count);
  return lines.filter((line) => line !== '').map((line) => JSON.parse(line) as DynamoDBRecord);
}

/** Each is one round trip. */
function onStatement(listener: () => void): void {
  for (const prototype of [ServerDatabase.prototype, EmbeddedDatabase.prototype])
    Object.defineProperty(prototype, 'query', {
      value: counted(Reflect.get(prototype, 'query') as Method, listener),
    });
}

type Method = (this: unknown, ...parameters: unknown[]) => unknown;

function counted(method: Method, listener: () => void): Method {
  return function (...parameters) {
    listener();
    return method.apply(this, parameters);
  };
}

async function drop(name: string): Promise<void> {
  // An embedded database goes with its folder.
  if (isEmbedded) return;
  const database = await openDatabase({ url });
  await database.query(`drop schema ${PREFIX}_${name} cascade`);
  await database.close();
}

/** What JavaScript holds: PGlite's own memory is none of it. */
function reachable(): number {
  for (let n = 0; n < COLLECTIONS; n++) collect();
  return process.memoryUsage().heapUsed;
}
