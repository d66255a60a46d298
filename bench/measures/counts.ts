import { Meter } from '../model/meter.ts';
import { ModelledAws } from '../model/modelled-aws.ts';
import type { Plan } from '../plan.ts';
import { SUBJECT_NAMES, type SubjectName, SUBJECTS } from '../workers/subjects.ts';
import type { WorkloadName } from '../workloads/catalogue.ts';
import { leastDollars, leastLatencies, leastRequests, total } from './least-requests.ts';
import { sceneOf } from './scene.ts';

/** What one batch takes of AWS, exactly: nothing of it depends on time. */
export interface Counts {
  readonly workload: WorkloadName;
  readonly records: number;
  readonly leastRequests: number;
  /** The same, under the same guarantees. */
  readonly leastDollarsPerMillion: number;
  /** The least time, in latencies of a single read. */
  readonly leastLatencies: number;
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
  for (const subject of SUBJECT_NAMES) {
    const aws = new ModelledAws();
    const worker = SUBJECTS[subject](aws);
    aws.reset(before.clone());
    // Which table it follows, Contrail asks every ten seconds, and not for every batch.
    await worker.handle(batch.slice(0, 1));
    const meter = new Meter();
    aws.reset(before.clone(), { meter });
    await worker.handle(batch);
    aws.close();
    requests[subject] = total(aws.requests);
    dollars[subject] = meter.dollarsPerMillion / batch.length;
  }
  return {
    workload: name,
    records: batch.length,
    leastRequests: total(leastRequests(before, batch)),
    leastDollarsPerMillion: leastDollars(before, batch),
    leastLatencies: leastLatencies(before, batch),
    requests: requests as Counts['requests'],
    dollarsPerMillion: dollars as Counts['dollarsPerMillion'],
  };
}
