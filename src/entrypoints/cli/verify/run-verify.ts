import { publishVerification } from '../../../application/drift/publish-verification.ts';
import { whyGapsStay } from '../../../application/drift/repair/why-gaps-stay.ts';
import { VERIFY_DEFAULTS } from '../../../application/drift/verify-parts.ts';
import type { VerifyFigures } from '../../../application/drift/verify-report.ts';
import type { DriftKind } from '../../../domain/drift/finding.ts';
import { Fault } from '../../../domain/fault.ts';
import { askedDefinition } from '../asked-definition.ts';
import { FAILED, UNTOLD } from '../exit-status.ts';
import { withFolder } from '../index-documents/settings.ts';
import { sayingWhoExits } from '../own-exit.ts';
import { stopOnSignal } from '../signals.ts';
import { StatusLine } from '../status-line.ts';
import { VERIFY_FORMAT, verifyFigures } from './progress.ts';
import { readerGaps } from './reader-gaps.ts';
import {
  MOST_LISTED,
  type ReportedFinding,
  type Untold,
  type VerifyOutcome,
  verifyReport,
} from './report.ts';
import { openVerified, type Verified } from './verified.ts';

export interface VerifyCommandOptions {
  readonly definition?: string;
  readonly backend?: 'aws' | 'postgres';
  readonly repair?: readonly DriftKind[];
  readonly only: readonly string[];
  readonly sample?: number;
  readonly settle: number;
  readonly segments: number;
  readonly folder?: string;
  readonly show: boolean;
  readonly metrics: boolean;
  readonly report: 'text' | 'json';
}

/** Compares all that is derived with the table, mends what is to be mended, writes the report, and sets the exit status. */
export async function runVerify(options: VerifyCommandOptions): Promise<void> {
  const { definition } = await askedDefinition(options.definition);
  const environment = withFolder(
    { ...process.env, ...(options.backend !== undefined && { BACKEND: options.backend }) },
    options.folder,
  );
  const progress = new StatusLine(process.stderr);
  const stop = stopOnSignal();
  const log = { stream: progress.log, readable: process.stderr.isTTY };
  // Before it begins: of what is lost later, it does not see all.
  const gaps = options.repair === undefined ? undefined : await readerGaps(environment);
  const isRepair = options.repair !== undefined;
  const verified = await openVerified({ definition, environment, log, metrics: options.metrics, isRepair });
  let outcome: Compared | undefined;
  try {
    outcome = await sayingWhoExits('contrail', 'nothing is reported', () =>
      compare(verified, progress, options, stop.signal),
    );
    if (outcome !== undefined && gaps === undefined) report(outcome, options);
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
  // Not before: an embedded database is one process's, and opened once.
  if (outcome === undefined || gaps === undefined) return;
  const why = whyGapsStay(outcome.figures, options.only, outcome.isStopped);
  const effects = definition.model.effects.map(({ name }) => name);
  report({ ...outcome, gaps: await gaps.end(why), effects }, options);
}

type Compared = Omit<VerifyOutcome, 'gaps' | 'effects'>;

function report(
  outcome: Compared & Partial<Pick<VerifyOutcome, 'gaps' | 'effects'>>,
  { metrics, report: form, show }: VerifyCommandOptions,
): void {
  const whole: VerifyOutcome = { gaps: undefined, effects: [], ...outcome };
  (metrics ? process.stderr : process.stdout).write(verifyReport(form, whole, show));
}

/** @returns undefined where it ended before it began. */
async function compare(
  { verify, metrics }: Verified,
  progress: StatusLine,
  { repair, only, sample, settle, segments, show }: VerifyCommandOptions,
  signal: AbortSignal,
): Promise<Compared | undefined> {
  const findings: ReportedFinding[] = [];
  const [undecided, refused]: [Untold[], Untold[]] = [[], []];
  const listed = <T>(list: T[], item: T) => {
    if (list.length < MOST_LISTED) list.push(item);
  };
  let figures: VerifyFigures | undefined;
  progress.start(VERIFY_FORMAT, () => verifyFigures(figures));
  const started = performance.now();
  const settings = { ...VERIFY_DEFAULTS, settleMs: settle * 1_000, segments, keepsSides: show };
  try {
    await verify.execute(
      {
        ...{ ...settings, ...(repair !== undefined && { repair }) },
        ...{ ...(only.length > 0 && { only }), ...(sample !== undefined && { sample }) },
      },
      {
        // What is not shown is not kept.
        onFinding: (finding, mending) =>
          listed(
            findings,
            show ? { ...finding, mending } : { ...finding, must: undefined, is: undefined, mending },
          ),
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
  if (figures === undefined) return undefined;
  const left = figures.findings - figures.mended;
  const untold = figures.undecided + figures.refused;
  if (left > 0) process.exitCode = FAILED;
  else if (untold > 0 || signal.aborted) process.exitCode = UNTOLD;
  publishVerification(metrics, figures, signal.aborted);
  return {
    ...{ figures, findings, undecided, refused },
    seconds: (performance.now() - started) / 1_000,
    isStopped: signal.aborted,
    isRepair: repair !== undefined,
  };
}
