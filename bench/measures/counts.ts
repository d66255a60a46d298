import type { DynamoDBRecord } from 'aws-lambda';
import { MEDIAN_LATENCY } from '../model/latency.ts';
import { Meter } from '../model/meter.ts';
import { ModelledAws } from '../model/modelled-aws.ts';
import { VirtualTime } from '../model/model-time.ts';
import type { TableModel } from '../model/table-model.ts';
import type { Plan } from '../plan.ts';
import { SUBJECT_NAMES, type SubjectName, SUBJECTS } from '../workers/subjects.ts';
import type { WorkloadName } from '../workloads/catalogue.ts';
import { leastDollars, leastLatencies, leastRequests, total } from './least-requests.ts';
import { sceneOf } from './scene.ts';

/** Records that are enough for everything to be loaded. */
const WARMING = 100;

/** What one batch takes of AWS, exactly: nothing of it depends on time. */
export interface Counts {
  readonly workload: WorkloadName;
  readonly records: number;
  readonly leastRequests: number;
  /** The same, under the same guarantees. */
  readonly leastDollarsPerMillion: number;
  /** The least time, in latencies of a single read. */
  readonly leastLatencies: number;
  /** What each waits for, in latencies of a single read that all are medians, without any time of a processor. */
  readonly latencies: Readonly<Record<SubjectName, number>>;
  readonly requests: Readonly<Record<SubjectName, number>>;
  /** For a million changes that come in batches like this one. */
  readonly dollarsPerMillion: Readonly<Record<SubjectName, number>>;
}

export async function measureCounts(plan: Plan): Promise<Counts[]> {
  const found: Counts[] = [];
  for (const { workload: name, records } of plan.batches)
    found.push(await countsOf(name, records, plan.history));
  return found;
}

async function countsOf(name: WorkloadName, records: number, history: number): Promise<Counts> {
  const { batch, tables: before } = await sceneOf(name, records, history);
  const requests: Partial<Record<SubjectName, number>> = {};
  const dollars: Partial<Record<SubjectName, number>> = {};
  const latencies: Partial<Record<SubjectName, number>> = {};
  for (const subject of SUBJECT_NAMES) {
    const taken = await takenBy(subject, before, batch);
    requests[subject] = taken.requests;
    dollars[subject] = taken.dollarsPerMillion;
    latencies[subject] = taken.latencies;
  }
  return {
    workload: name,
    records: batch.length,
    leastRequests: total(leastRequests(before, batch)),
    leastDollarsPerMillion: leastDollars(before, batch),
    leastLatencies: leastLatencies(before, batch),
    latencies: latencies as Counts['latencies'],
    requests: requests as Counts['requests'],
    dollarsPerMillion: dollars as Counts['dollarsPerMillion'],
  };
}

/** What a worker takes for a batch, on a copy of the tables. */
export async function takenBy(
  subject: SubjectName,
  tables: TableModel,
  batch: readonly DynamoDBRecord[],
): Promise<{ requests: number; dollarsPerMillion: number; latencies: number }> {
  const aws = new ModelledAws();
  const worker = SUBJECTS[subject](aws);
  aws.reset(tables.clone());
  // Which table it follows, Contrail asks every ten seconds, and not for every batch.
  await worker.handle(batch.slice(0, WARMING));
  const meter = new Meter();
  const time = new VirtualTime();
  aws.reset(tables.clone(), { latency: MEDIAN_LATENCY, time, meter });
  await worker.handle(batch);
  aws.close();
  return {
    requests: total(aws.requests),
    dollarsPerMillion: meter.dollarsPerMillion / batch.length,
    latencies: time.now,
  };
}
