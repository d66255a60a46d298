import type { SampleFigures, VerifyFigures } from '../../../application/drift/verify-report.ts';
import { CONFIDENCE } from '../../../domain/drift/sample-bound.ts';
import { DRIFT_KINDS, type Finding, type FindingSide } from '../../../domain/drift/finding.ts';
import type { Mending } from '../../../domain/drift/mending.ts';
import { toJson } from '../../../domain/json.ts';
import { gapLine } from '../gap-line.ts';
import type { GapsOutcome } from './reader-gaps.ts';

/** An item, and why nothing could be told of it. */
export interface Untold {
  readonly item: string;
  readonly why: string;
}

/** A finding, and what became of it, where it was to be mended. */
export interface ReportedFinding extends Finding {
  readonly mending?: Mending | undefined;
}

export interface VerifyOutcome {
  readonly figures: VerifyFigures;
  readonly findings: readonly ReportedFinding[];
  readonly undecided: readonly Untold[];
  readonly refused: readonly Untold[];
  readonly seconds: number;
  /** Whether it was stopped before its end. */
  readonly isStopped: boolean;
  /** Whether what was found was to be mended. */
  readonly isRepair: boolean;
  /** Undefined where none was open. */
  readonly gaps: GapsOutcome | undefined;
  /** The effects that did not run for changes that were lost. */
  readonly effects: readonly string[];
}

/** So many items of each sort a report lists. */
export const MOST_LISTED = 10_000;

/** @param show whether what items say is shown. */
export function verifyReport(form: 'text' | 'json', outcome: VerifyOutcome, show: boolean): string {
  return form === 'json' ? jsonReport(outcome, show) : textReport(outcome, show);
}

function jsonReport(
  { figures, findings, undecided, refused, ...rest }: VerifyOutcome,
  show: boolean,
): string {
  const { rows, derivations, uncompared, sample } = figures;
  const { seconds, isStopped, isRepair, gaps } = rest;
  const head = JSON.stringify({
    rows,
    derivations: Object.fromEntries(derivations),
    drift: figures.findings,
    ...(isRepair && { mended: figures.mended }),
    ...{ undecided: figures.undecided, refused: figures.refused },
    ...{ uncompared: Object.fromEntries(uncompared), ...(sample && { sample }), seconds, stopped: isStopped },
    ...{ undecidedItems: undecided, refusedRows: refused },
    ...(gaps && { gaps: { closed: gaps.closed, open: gaps.open, ...(gaps.why && { why: gaps.why }) } }),
  }).slice(0, -1);
  const listed = findings.map(({ drift, derivation, item, row, must, is, mending }) => {
    const became = mending && {
      mended: mending.isMended,
      [mending.isMended ? 'done' : 'why']: mending.what,
    };
    const found = JSON.stringify({ drift, derivation, item, ...(row && { row }), ...became });
    return show ? `${found.slice(0, -1)},"must":${sideText(must)},"is":${sideText(is)}}` : found;
  });
  return `${head},"findings":[${listed.join()}]}\n`;
}

function sideText(side: FindingSide): string {
  return side === undefined ? 'null' : toJson(side);
}

function textReport(outcome: VerifyOutcome, show: boolean): string {
  const { figures, findings, undecided, refused, seconds, isStopped, isRepair } = outcome;
  const count = (number: number) => number.toLocaleString('en');
  const width = Math.max(...[...figures.derivations.keys()].map((name) => name.length));
  const lines = [
    `${count(figures.rows)} row${figures.rows === 1 ? '' : 's'} read in ${seconds.toFixed(2)} s${isStopped ? ', then stopped' : ''}`,
    ...Array.from(figures.derivations, ([name, derivation]) => {
      const kinds = DRIFT_KINDS.flatMap((kind) =>
        derivation[kind] === 0 ? [] : [`${count(derivation[kind])} ${kind}`],
      );
      return `${name.padEnd(width)}  ${count(derivation.compared)} compared, ${kinds.join(', ') || 'no drift'}`;
    }),
    ...Array.from(figures.uncompared, ([what, number]) => `not compared: ${what} (${count(number)})`),
    ...(figures.sample === undefined ? [] : [sampleLine(figures.sample)]),
    ...findings.flatMap(({ drift, derivation, item, must, is, mending }) => [
      `${drift}: ${derivation}, ${item}${mending === undefined ? '' : `; ${mendingText(mending)}`}`,
      ...(show ? [`  must be ${sideText(must)}`, `  is      ${sideText(is)}`] : []),
    ]),
    ...undecided.map(({ item, why }) => `undecided: ${item}: ${why}`),
    ...refused.map(({ item, why }) => `refused: ${item}: ${why}`),
    ...[
      more(figures.findings - findings.length, 'findings'),
      more(figures.undecided - undecided.length, 'undecided items'),
      more(figures.refused - refused.length, 'refused rows'),
    ].flat(),
    ...gapLines(outcome),
    `drift ${count(figures.findings)}${isRepair ? `, mended ${count(figures.mended)}` : ''}, undecided ${count(figures.undecided)}, refused ${count(figures.refused)}`,
  ];
  return `${lines.join('\n')}\n`;
}

function mendingText({ isMended, what }: Mending): string {
  return `${isMended ? 'mended' : 'left'}: ${what}`;
}

function gapLines({ gaps, effects }: VerifyOutcome): readonly string[] {
  if (gaps === undefined) return [];
  const { closed, open, why } = gaps;
  return [
    ...closed.map((gap) => `closed ${gapLine(gap)}`),
    ...(closed.length > 0 && effects.length > 0
      ? [`effects did not run for the changes that were lost: ${effects.join(', ')}`]
      : []),
    ...open.map((gap) => `open ${gapLine(gap)}`),
    ...(why === undefined ? [] : [open.length > 0 ? `gaps stay open: ${why}` : why]),
  ];
}

function more(number: number, what: string): readonly string[] {
  return number > 0 ? [`and ${number.toLocaleString('en')} more ${what}`] : [];
}

function sampleLine({ size, differing, bound }: SampleFigures): string {
  const share = (bound * 100).toPrecision(2);
  return (
    `${size.toLocaleString('en')} rows drawn at random, of which ${differing.toLocaleString('en')} differ: ` +
    `at most ${share} % of all rows do, with ${CONFIDENCE * 100} % confidence`
  );
}
