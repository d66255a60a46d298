import { askedDefinition } from '../asked-definition.ts';
import { openBackfilled } from '../backfill/backfilled.ts';
import { FAILED } from '../exit-status.ts';
import { planReport } from './report.ts';

export interface PlanCommandOptions {
  readonly definition?: string;
  readonly backend?: 'aws' | 'postgres';
  readonly report: 'text' | 'json';
}

/** Says what is to be filled or purged, and sets the exit status. */
export async function runPlan(options: PlanCommandOptions): Promise<void> {
  const { definition } = await askedDefinition(options.definition);
  const environment = {
    ...process.env,
    ...(options.backend !== undefined && { BACKEND: options.backend }),
  };
  const log = { stream: process.stderr, readable: process.stderr.isTTY };
  const { plan, close } = await openBackfilled(definition, environment, log);
  try {
    const result = await plan.execute();
    if (!result.isNothingToDo) process.exitCode = FAILED;
    process.stdout.write(planReport(options.report, result));
  } finally {
    await close();
  }
}
