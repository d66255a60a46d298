import type { Invariant } from '../checks/invariants.ts';
import type { Run } from '../runs/run-seed.ts';

/** What many runs came to. */
export interface Tally {
  seeds: number;
  events: number;
  invocations: number;
  records: number;
  /** How often what happened. */
  readonly happened: Record<string, number>;
  readonly failures: Failure[];
}

export interface Failure {
  readonly seed: number;
  readonly invariant: Invariant;
  readonly message: string;
}

export function emptyTally(): Tally {
  return { seeds: 0, events: 0, invocations: 0, records: 0, happened: {}, failures: [] };
}

export function addRun(tally: Tally, run: Run): void {
  tally.seeds++;
  tally.events += run.events;
  tally.invocations += run.invocations;
  tally.records += run.records;
  for (const [what, count] of run.happened) tally.happened[what] = (tally.happened[what] ?? 0) + count;
  const { violation } = run;
  if (violation !== undefined)
    tally.failures.push({ seed: run.seed, invariant: violation.invariant, message: violation.message });
}

export function addTally(sum: Tally, part: Tally): void {
  sum.seeds += part.seeds;
  sum.events += part.events;
  sum.invocations += part.invocations;
  sum.records += part.records;
  for (const [what, count] of Object.entries(part.happened))
    sum.happened[what] = (sum.happened[what] ?? 0) + count;
  sum.failures.push(...part.failures);
}
