import type { Plan } from '../plan.ts';
import { DIFFERENT_KINDS } from '../workloads/derivations.ts';
import type { Children } from './children.ts';
import type { WarmUp } from './warm-up.ts';

/** What a process is asked to measure. */
export interface MeasuredDerivations {
  readonly count: number;
  /** Only this one of them. */
  readonly only?: number;
  readonly records: number;
  readonly warmUp: WarmUp;
  readonly rounds: number;
}

/** Of one batch. */
export interface DerivationsRun {
  readonly requests: number;
  readonly dollarsPerMillion: number;
  readonly processorMs: number;
  readonly peakBytes: number;
}

/** Several derivations of one kind of row in one worker, and what a worker for each would take together. */
export interface DerivationsTimes {
  readonly count: number;
  readonly together: DerivationsRun;
  readonly apart: DerivationsRun;
}

export async function measureDerivations(children: Children, plan: Plan): Promise<DerivationsTimes[]> {
  const { derivations: counts, derivedRecords: records, warmUp, rounds } = plan;
  const measured = (one: Pick<MeasuredDerivations, 'count' | 'only'>) =>
    children.run<DerivationsRun>('derivations', [
      JSON.stringify({ ...one, records, warmUp, rounds } satisfies MeasuredDerivations),
    ]);
  const singles: DerivationsRun[] = [];
  for (let only = 0; only < DIFFERENT_KINDS; only++) singles.push(await measured({ count: 1, only }));
  const found: DerivationsTimes[] = [];
  for (const count of counts) {
    const of = Array.from({ length: count }, (_, n) => singles[n % DIFFERENT_KINDS] as DerivationsRun);
    const sum = (value: keyof DerivationsRun) => of.reduce((total, one) => total + one[value], 0);
    const apart = {
      requests: sum('requests'),
      dollarsPerMillion: sum('dollarsPerMillion'),
      processorMs: sum('processorMs'),
      peakBytes: sum('peakBytes'),
    };
    found.push({ count, together: await measured({ count }), apart });
  }
  return found;
}
