import type { RedriveFigures, StillFailed } from '../../../application/redrive/redrive.ts';
import { askedDefinition } from '../asked-definition.ts';
import { FAILED } from '../exit-status.ts';
import { sayingWhoExits } from '../own-exit.ts';
import { stopOnSignal } from '../signals.ts';
import { StatusLine } from '../status-line.ts';
import { readFrom } from './from.ts';
import { REDRIVE_FORMAT, redriveFigures } from './progress.ts';
import { openRedriven } from './redriven.ts';
import { MOST_FAILURES, redriveReport } from './report.ts';

export interface RedriveCommandOptions {
  readonly definition?: string;
  readonly backend?: 'aws' | 'postgres';
  readonly yes?: true;
  readonly rate?: number;
  readonly skipRefused?: true;
  readonly streamArn?: string;
  readonly report: 'text' | 'json';
}

/** Redrives what was given up, or says what that would do, writes the report, and sets the exit status. */
export async function runRedrive(texts: readonly string[], options: RedriveCommandOptions): Promise<void> {
  const from = readFrom(texts);
  const { definition } = await askedDefinition(options.definition);
  const environment = {
    ...process.env,
    ...(options.backend !== undefined && { BACKEND: options.backend }),
  };
  const isDry = options.yes !== true;
  const progress = new StatusLine(process.stderr);
  const stop = stopOnSignal();
  const log = { stream: progress.log, readable: process.stderr.isTTY };
  const { streamArn } = options;
  const opened = await openRedriven({ definition, environment, log, from, isDry, streamArn });
  const failures: StillFailed[] = [];
  const started = performance.now();
  let current: RedriveFigures | undefined;
  progress.start(REDRIVE_FORMAT, () => redriveFigures(current));
  try {
    const figures = await sayingWhoExits('contrail', 'what is not done stays where it is', () =>
      opened.redrive(
        { rate: options.rate, skipRefused: options.skipRefused === true },
        (failed) => {
          if (failures.length < MOST_FAILURES) failures.push(failed);
        },
        stop.signal,
        (begun) => {
          current = begun;
        },
      ),
    );
    progress.stop();
    if (figures.isStopped || figures.failed > 0) process.exitCode = FAILED;
    const seconds = (performance.now() - started) / 1_000;
    const outcome = { figures, isDry, from: from.is, failures, seconds };
    process.stdout.write(redriveReport(options.report, outcome));
  } finally {
    stop.release();
    progress.stop();
    await opened.close();
  }
}
