import { randomUUID } from 'node:crypto';
import { BACKFILL_DEFAULTS } from '../../../application/backfill/backfill.ts';
import type { PurgeFigures } from '../../../application/purge/purge.ts';
import type { Rate } from '../../../application/scan/pace.ts';
import { Fault } from '../../../domain/fault.ts';
import { askedDefinition } from '../asked-definition.ts';
import { openBackfilled } from '../backfill/backfilled.ts';
import { FAILED } from '../exit-status.ts';
import { stopOnSignal } from '../signals.ts';
import { StatusLine } from '../status-line.ts';
import { purgeReport } from './report.ts';

export interface PurgeCommandOptions {
  readonly definition?: string;
  readonly backend?: 'aws' | 'postgres';
  readonly yes: boolean;
  readonly dryRun: boolean;
  readonly segments: number;
  readonly rate?: Rate;
  readonly report: 'text' | 'json';
}

const FORMAT = 'purging: read {scanned} rows, {states} noted, removed {removed} | {duration_formatted}';

/** Removes what a derivation has left, or says what that is, and sets the exit status. */
export async function runPurge(name: string, options: PurgeCommandOptions): Promise<void> {
  const { yes, dryRun, segments, rate, report } = options;
  if (yes && dryRun)
    throw new Fault('configuration', '--yes removes, and --dry-run does not: give one of them');
  const { definition } = await askedDefinition(options.definition);
  const environment = {
    ...process.env,
    ...(options.backend !== undefined && { BACKEND: options.backend }),
  };
  const progress = new StatusLine(process.stderr);
  const stop = stopOnSignal();
  const log = { stream: progress.log, readable: process.stderr.isTTY };
  const { purge, close } = await openBackfilled(definition, environment, log);
  const { pageRows } = BACKFILL_DEFAULTS;
  let current: PurgeFigures | undefined;
  progress.start(FORMAT, () => shown(current));
  try {
    const figures = await purge.execute(
      name,
      { isDryRun: !yes, segments, pageRows, rate, run: randomUUID() },
      stop.signal,
      (begun) => {
        current = begun;
      },
    );
    progress.stop();
    if (figures.isStopped || figures.left.size > 0) process.exitCode = FAILED;
    process.stdout.write(purgeReport(report, name, figures, !yes));
  } finally {
    stop.release();
    progress.stop();
    await close();
  }
}

function shown(figures: PurgeFigures | undefined) {
  const { scanned = 0, states = 0, documents = 0, counts = 0, pointers = 0, rows = 0 } = figures ?? {};
  const texts = { scanned, states, removed: documents + counts + pointers + rows };
  return Object.fromEntries(
    Object.entries(texts).map(([what, number]) => [what, number.toLocaleString('en')]),
  );
}
