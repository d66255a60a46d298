import { VERIFY_DEFAULTS } from '../../../application/drift/verify-parts.ts';
import type { VerifyFigures } from '../../../application/drift/verify-report.ts';
import type { Finding } from '../../../domain/drift/finding.ts';
import { Fault } from '../../../domain/fault.ts';
import { askedDefinition } from '../asked-definition.ts';
import { FAILED, UNTOLD } from '../exit-status.ts';
import { withFolder } from '../index-documents/settings.ts';
import { sayingWhoExits } from '../own-exit.ts';
import { stopOnSignal } from '../signals.ts';
import { StatusLine } from '../status-line.ts';
import { VERIFY_FORMAT, verifyFigures } from './progress.ts';
import { MOST_LISTED, type Untold, verifyReport } from './report.ts';
import { openVerified, type Verified } from './verified.ts';

export interface VerifyCommandOptions {
  readonly definition?: string;
  readonly backend?: 'aws' | 'postgres';
  readonly only: readonly string[];
  readonly sample?: number;
  readonly settle: number;
  readonly segments: number;
  readonly folder?: string;
  readonly show: boolean;
  readonly metrics: boolean;
  readonly report: 'text' | 'json';
}

/** Compares all that is derived with the table, writes the report, and sets the exit status. */
export async function runVerify(options: VerifyCommandOptions): Promise<void> {
  const { definition } = await askedDefinition(options.definition);
  const environment = withFolder(
    { ...process.env, ...(options.backend !== undefined && { BACKEND: options.backend }) },
    options.folder,
  );
  const progress = new StatusLine(process.stderr);
  const stop = stopOnSignal();
  const log = { stream: progress.log, readable: process.stderr.isTTY };
  const verified = await openVerified({ definition, environment, log, metrics: options.metrics });
  try {
    await sayingWhoExits('contrail', 'nothing is reported', () =>
      compare(verified, progress, options, stop.signal),
    );
  } catch (error) {
    // Status 1 would say that there is drift.
    if (!Fault.is(error)) throw error;
    progress.stop();
    process.stderr.write(`contrail: ${error.message}\n`);
    process.exitCode = UNTOLD;
  } finally {
    stop.release();
    progress.stop();
    await verified.close();
  }
}

async function compare(
  { verify, metrics }: Verified,
  progress: StatusLine,
  { only, sample, settle, segments, show, metrics: arePrinted, report }: VerifyCommandOptions,
  signal: AbortSignal,
): Promise<void> {
  const findings: Finding[] = [];
  const [undecided, refused]: [Untold[], Untold[]] = [[], []];
  const listed = <T>(list: T[], item: T) => {
    if (list.length < MOST_LISTED) list.push(item);
  };
  let figures: VerifyFigures | undefined;
  progress.start(VERIFY_FORMAT, () => verifyFigures(figures));
  const started = performance.now();
  const settings = { ...VERIFY_DEFAULTS, settleMs: settle * 1_000, segments };
  try {
    await verify.execute(
      { ...settings, ...(only.length > 0 && { only }), ...(sample !== undefined && { sample }) },
      {
        // What is not shown is not kept.
        onFinding: (finding) =>
          listed(findings, show ? finding : { ...finding, must: undefined, is: undefined }),
        onUndecided: (item, why) => listed(undecided, { item, why }),
        onRefused: ({ partition, sort }, why) =>
          listed(refused, {
            item: JSON.stringify(sort === undefined ? [partition] : [partition, sort]),
            why,
          }),
      },
      signal,
      (begun) => {
        figures = begun;
      },
    );
  } catch (error) {
    if (!signal.aborted || figures === undefined) throw error;
  }
  progress.stop();
  if (figures === undefined) return;
  const untold = figures.undecided + figures.refused;
  if (figures.findings > 0) process.exitCode = FAILED;
  else if (untold > 0 || signal.aborted) process.exitCode = UNTOLD;
  metrics.add('Drift', figures.findings);
  metrics.add('Undecided', untold);
  if (!signal.aborted) metrics.add('Verifications', 1);
  metrics.flush();
  const seconds = (performance.now() - started) / 1_000;
  const outcome = { figures, findings, undecided, refused, seconds, isStopped: signal.aborted };
  (arePrinted ? process.stderr : process.stdout).write(verifyReport(report, outcome, show));
}
