import { randomUUID } from 'node:crypto';
import { BACKFILL_DEFAULTS } from '../../../application/backfill/backfill.ts';
import type { BackfillFigures } from '../../../application/backfill/backfill-figures.ts';
import type { Rate } from '../../../application/scan/pace.ts';
import { Fault } from '../../../domain/fault.ts';
import { askedDefinition } from '../asked-definition.ts';
import { FAILED } from '../exit-status.ts';
import { sayingWhoExits } from '../own-exit.ts';
import { stopOnSignal } from '../signals.ts';
import { StatusLine } from '../status-line.ts';
import { openBackfilled } from './backfilled.ts';
import { openExport } from './open-export.ts';
import { BACKFILL_FORMAT, backfillFigures } from './progress.ts';
import { type BackfillOutcome, backfillReport, MOST_REFUSED } from './report.ts';

export interface BackfillCommandOptions {
  readonly definition?: string;
  readonly backend?: 'aws' | 'postgres';
  readonly only: readonly string[];
  readonly segments: number;
  readonly export?: string;
  readonly followedSince?: number;
  readonly rate?: Rate;
  readonly dryRun: boolean;
  readonly report: 'text' | 'json';
}

/** Fills all that is derived, writes the report, and sets the exit status. */
export async function runBackfill(options: BackfillCommandOptions): Promise<void> {
  const { definition } = await askedDefinition(options.definition);
  const environment = {
    ...process.env,
    ...(options.backend !== undefined && { BACKEND: options.backend }),
  };
  const progress = new StatusLine(process.stderr);
  const stop = stopOnSignal();
  const log = { stream: progress.log, readable: process.stderr.isTTY };
  const { export: from, followedSince } = options;
  if (from === undefined && followedSince !== undefined)
    throw new Fault('configuration', '--followed-since says nothing without --export');
  // Before what is filled is opened: an embedded database is opened once at a time.
  const exported =
    from === undefined
      ? undefined
      : await openExport(from, { definition, environment, followedSince, isDryRun: options.dryRun });
  const { backfill, close } = await openBackfilled(definition, environment, log);
  const refused: { item: string; why: string }[] = [];
  const { only, segments, rate, dryRun: isDryRun, report } = options;
  const settings = {
    ...BACKFILL_DEFAULTS,
    ...{ segments, rate, isDryRun, exported: exported?.fill, run: randomUUID() },
  };
  const started = performance.now();
  const seconds = () => (performance.now() - started) / 1_000;
  let current: BackfillFigures | undefined;
  progress.start(BACKFILL_FORMAT, () => backfillFigures(current, seconds()));
  try {
    const figures = await sayingWhoExits(
      'contrail',
      isDryRun ? 'nothing is reported' : 'how far it is, is noted',
      () =>
        backfill.execute(
          { ...settings, ...(only.length > 0 && { only }) },
          {
            onRefused: ({ partition, sort }, why) => {
              if (refused.length >= MOST_REFUSED) return;
              refused.push({
                item: JSON.stringify(sort === undefined ? [partition] : [partition, sort]),
                why,
              });
            },
          },
          stop.signal,
          (begun) => {
            current = begun;
          },
        ),
    );
    progress.stop();
    if (figures.isStopped || figures.tally.refused > 0) process.exitCode = FAILED;
    const outcome: BackfillOutcome = { figures, refused, isDryRun, seconds: seconds() };
    process.stdout.write(backfillReport(report, outcome));
  } finally {
    stop.release();
    progress.stop();
    exported?.close();
    await close();
  }
}
