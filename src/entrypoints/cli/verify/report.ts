import type { SampleFigures, VerifyFigures } from '../../../application/drift/verify-report.ts';
import { CONFIDENCE } from '../../../domain/drift/sample-bound.ts';
import { DRIFT_KINDS, type Finding, type FindingSide } from '../../../domain/drift/finding.ts';
import { toJson } from '../../../domain/json.ts';

/** An item, and why nothing could be told of it. */
export interface Untold {
  readonly item: string;
  readonly why: string;
}

export interface VerifyOutcome {
  readonly figures: VerifyFigures;
  readonly findings: readonly Finding[];
  readonly undecided: readonly Untold[];
  readonly refused: readonly Untold[];
  readonly seconds: number;
  /** Whether it was stopped before its end. */
  readonly isStopped: boolean;
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
  const { seconds, isStopped } = rest;
  const head = JSON.stringify({
    rows,
    derivations: Object.fromEntries(derivations),
    drift: figures.findings,
    ...{ undecided: figures.undecided, refused: figures.refused },
    ...{ uncompared: Object.fromEntries(uncompared), ...(sample && { sample }), seconds, stopped: isStopped },
    ...{ undecidedItems: undecided, refusedRows: refused },
  }).slice(0, -1);
  const listed = findings.map(({ drift, derivation, item, row, must, is }) => {
    const found = JSON.stringify({ drift, derivation, item, ...(row && { row }) });
    return show ? `${found.slice(0, -1)},"must":${sideText(must)},"is":${sideText(is)}}` : found;
  });
  return `${head},"findings":[${listed.join()}]}\n`;
}

function sideText(side: FindingSide): string {
  return side === undefined ? 'null' : toJson(side);
}

function textReport(
  { figures, findings, undecided, refused, seconds, isStopped }: VerifyOutcome,
  show: boolean,
): string {
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
    ...findings.flatMap(({ drift, derivation, item, must, is }) => [
      `${drift}: ${derivation}, ${item}`,
      ...(show ? [`  must be ${sideText(must)}`, `  is      ${sideText(is)}`] : []),
    ]),
    ...undecided.map(({ item, why }) => `undecided: ${item}: ${why}`),
    ...refused.map(({ item, why }) => `refused: ${item}: ${why}`),
    ...[
      more(figures.findings - findings.length, 'findings'),
      more(figures.undecided - undecided.length, 'undecided items'),
      more(figures.refused - refused.length, 'refused rows'),
    ].flat(),
    `drift ${count(figures.findings)}, undecided ${count(figures.undecided)}, refused ${count(figures.refused)}`,
  ];
  return `${lines.join('\n')}\n`;
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
