import { fileURLToPath } from 'node:url';
import type { DynamoDBRecord } from 'aws-lambda';
import type { TableModel } from '../model/table-model.ts';
import { tablesBefore } from '../model/world.ts';
import type { Plan } from '../plan.ts';
import { bareSdk, recordRequests, type Sent } from '../workers/bare-sdk.ts';
import { contrail } from '../workers/contrail.ts';
import { relevant, workload } from '../workloads/catalogue.ts';
import { ENGINE_PAIRS, type EnginePairRun } from './engine-pairs.ts';
import { inChild } from './in-child.ts';
import { paired } from './paired.ts';
import { microsecondsPerRecord } from './processor.ts';
import { Bench } from './run-batch.ts';
import { decide, decode, isForPeers, route, unmarshallAll } from './stages.ts';
import { ratios, type Spread, spreadOf } from './statistics.ts';

/** Processor time of one thing against another, measured in pairs. */
export interface Comparison {
  /** Whose time it is: usually Contrail's, but a peer is compared with itself too. */
  readonly subject: string;
  readonly what: string;
  readonly against: string;
  /** Microseconds of processor time per record. */
  readonly microseconds: Spread;
  readonly peerMicroseconds: Spread;
  readonly ratio: Spread;
}

/** Contrail's microseconds of processor time per record, by stage. Part of `send` is the models' own time. */
export type Stages = Readonly<Record<'route' | 'decode' | 'decide' | 'send', Spread>>;

type Work = () => Promise<number>;
type Compare = (what: string, own: Work, against: string, peer: Work, subject?: string) => Promise<void>;

/** Contrail's processor time against its peers', without downstream latency. */
export async function measureEngine(
  plan: Plan,
  onComparison: (comparison: Comparison) => void,
): Promise<Comparison[]> {
  const comparisons: Comparison[] = [];
  const add = (
    what: string,
    ours: readonly number[],
    against: string,
    theirs: readonly number[],
    subject: string,
  ) => {
    const comparison = {
      subject,
      what,
      against,
      microseconds: spreadOf(ours),
      peerMicroseconds: spreadOf(theirs),
      ratio: ratios(ours, theirs),
    };
    comparisons.push(comparison);
    onComparison(comparison);
  };
  const compare: Compare = async (what, own, against, peer, subject = 'Contrail') => {
    const [ours = [], theirs = []] = await paired([own, peer], plan.enginePairs, 2);
    add(what, ours, against, theirs, subject);
  };
  for (const [index, { what, against }] of ENGINE_PAIRS.entries()) {
    const runs: EnginePairRun[] = [];
    for (let n = 0; n < plan.processes; n++) runs.push(await inProcess(index, plan));
    const own = runs.map((one) => one.own);
    const peer = runs.map((one) => one.peer);
    add(what, own, against, peer, 'Contrail');
  }
  await compareBatches(plan, compare);
  return comparisons;
}

/** A pair in a new process: what V8 makes of code, and where it puts objects, differs from process to process. */
function inProcess(index: number, plan: Plan): Promise<EnginePairRun> {
  const child = fileURLToPath(new URL('engine-child.js', import.meta.url));
  return inChild(['--no-warnings', child, String(index), JSON.stringify(plan)]);
}

/** Whole batches with effects, including the models' own time. */
async function compareBatches(plan: Plan, compare: Compare): Promise<void> {
  const mixed = workload('mixed', plan.records, plan.history);
  const tables = await tablesBefore(mixed);
  const logging = (level: 'info' | 'silent') => {
    const bench = new Bench((downstream) => contrail(downstream, level));
    return () => processorPerRecord(bench, tables, mixed.batch);
  };
  await compare('mixed batch, logging at info', logging('info'), 'logging at silent', logging('silent'));

  const requests: Sent[] = [];
  const recording = new Bench((downstream) => {
    recordRequests(downstream, requests);
    return contrail(downstream);
  });
  await recording.run(tables, mixed.batch, { latencyMs: 0 });
  const alone = new Bench((downstream) => bareSdk(downstream, requests));
  await compare(
    'mixed batch, all of it',
    logging('info'),
    "the SDK's clients alone, sending the same requests",
    () => processorPerRecord(alone, tables, mixed.batch),
  );

  const [least = 1, most = 1] = [plan.sizes[0], plan.sizes.at(-1)];
  const largest = workload('mixed', most, plan.history);
  const before = await tablesBefore(largest);
  const inBatchesOf = (batchSize: number) => {
    const bench = new Bench(contrail);
    return () => processorPerRecord(bench, before, largest.batch, batchSize);
  };
  await compare(
    `${most} mixed records, in one batch`,
    inBatchesOf(most),
    `the same in batches of ${least}`,
    inBatchesOf(least),
  );
  // Requests are fewer in a large batch, which would hide growth elsewhere.
  const large = relevant(largest.batch).filter(isForPeers);
  const slices = Array.from({ length: Math.ceil(large.length / least) }, (_, n) =>
    large.slice(n * least, (n + 1) * least),
  );
  const compareGrowth = (
    what: string,
    handle: (some: readonly DynamoDBRecord[]) => unknown,
    subject?: string,
  ) =>
    compare(
      `${large.length} relevant records, ${what}, in one batch`,
      () => microsecondsPerRecord(large.length, () => handle(large), plan.leastMs),
      `the same in batches of ${least}`,
      () => microsecondsPerRecord(large.length, () => slices.forEach((slice) => handle(slice)), plan.leastMs),
      subject,
    );
  await compareGrowth('route + decode + decide', (some) => decide(route(some)));
  // Beyond the processor's caches everything takes longer, for the peer as well.
  await compareGrowth('unmarshall', unmarshallAll, 'unmarshall');
}

/** Microseconds of processor time per record, including the models' own. */
async function processorPerRecord(
  bench: Bench,
  tables: TableModel,
  records: readonly DynamoDBRecord[],
  batchSize = records.length,
): Promise<number> {
  const { processorMs } = await bench.run(tables, records, { latencyMs: 0, batchSize });
  return (processorMs * 1000) / records.length;
}

/** Processor time of a mixed batch, by stage. */
export async function measureStages(plan: Plan): Promise<Stages> {
  const mixed = workload('mixed', plan.records, plan.history);
  const tables = await tablesBefore(mixed);
  const { batch } = mixed;
  const bench = new Bench(contrail);
  const perRecord = (work: () => unknown) => () => microsecondsPerRecord(batch.length, work, plan.leastMs);
  const [routing = [], decoding = [], deciding = [], all = []] = await paired(
    [
      perRecord(() => route(batch)),
      perRecord(() => decode(route(batch))),
      perRecord(() => decide(route(batch))),
      () => processorPerRecord(bench, tables, batch),
    ],
    plan.enginePairs,
    3,
  );
  const beyond = (above: readonly number[], below: readonly number[]) =>
    spreadOf(above.map((value, index) => value - (below[index] ?? NaN)));
  return {
    route: spreadOf(routing),
    decode: beyond(decoding, routing),
    decide: beyond(deciding, decoding),
    send: beyond(all, deciding),
  };
}
