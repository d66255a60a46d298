import type { Plan } from './plan.ts';
import type { Proposal } from '../../../application/propose/proposal.ts';
import { printable } from '../../../adapters/json/excerpt.ts';
import type { Sampled } from './sampled.ts';
import { streamAdvice } from './write/deployment-text.ts';
import { count, shownKey } from './write/definition-text.ts';

export interface Reported {
  readonly sampled: Sampled;
  readonly proposal: Proposal;
  readonly plan: Plan;
  readonly folder: string;
  readonly written: readonly string[];
  /** What is to be known of what was written, in sentences. */
  readonly notes: readonly string[];
}

/** The kinds of a proposal, a line for each. */
export function kindsText({ kinds }: Pick<Proposal, 'kinds'>, isNumbered = false): string {
  const width = Math.max(...kinds.map(({ name }) => name.length));
  return kinds
    .map(({ name, rows, key, when }, index) => {
      const number = isNumbered ? `${String(index + 1).padStart(3)}. ` : '';
      const place = [...key]
        .map(([attribute, text]) => `${printable(attribute)} ${printable(text)}`)
        .join('  ');
      const told =
        when === undefined ? '' : `  where ${printable(when.attribute)} is ${JSON.stringify(when.value)}`;
      return `${number}${name.padEnd(width)}  ${count(rows, 'row').padStart(10)}  ${place}${told}\n`;
    })
    .join('');
}

/** What could not be told, in sentences. */
function doubtsIn({ sampled, plan }: Reported): string[] {
  return [
    ...sampled.doubts,
    ...plan.kinds.flatMap(({ name, doubts }) => doubts.map((doubt) => `${name}: ${doubt}`)),
  ];
}

export function textReport(reported: Reported): string {
  const { sampled, proposal, plan, folder, written, notes } = reported;
  const { rows, examples } = proposal.others;
  const left = proposal.kinds.length - plan.kinds.length;
  const [doubts, advice] = [doubtsIn(reported), streamAdvice(sampled)];
  return [
    `${count(proposal.rows, 'row')} of ${sampled.source}: ${count(plan.kinds.length, 'kind')}${left === 0 ? '' : `, ${left} left out`}\n${kindsText(plan)}`,
    rows === 0
      ? ''
      : `${rows === 1 ? '1 row fits no pattern, and nothing is derived from it' : `${count(rows, 'row')} fit no pattern, and nothing is derived from them`}, such as\n${examples.map((key) => `  ${printable(shownKey(key))}\n`).join('')}`,
    sampled.problems.length === 0
      ? ''
      : `not read:\n${sampled.problems.map((problem) => `- ${printable(problem)}\n`).join('')}`,
    doubts.length === 0 ? '' : `not certain:\n${doubts.map((doubt) => `- ${printable(doubt)}\n`).join('')}`,
    advice === undefined ? '' : `${advice}\n`,
    `written to ${folder}: ${written.join(', ')}\n${notes.map((note) => `${note}\n`).join('')}${nextStep(written)}; what is derived is for you to say in contrail.config.ts\n`,
  ]
    .filter((part) => part !== '')
    .join('\n');
}

/** A project that was there keeps its package.json, which may know nothing of the test. */
function nextStep(written: readonly string[]): string {
  return written.includes('package.json')
    ? 'next: npm install, then npm test'
    : 'package.json stays as it is. Next, unless they are there: npm install contrail, npm install --save-dev tsx typescript\n@types/node esbuild; then npx tsx --test contrail.config.test.ts';
}

export function jsonReport(reported: Reported): string {
  const { sampled, proposal, plan, folder, written, notes } = reported;
  const { source, read, table, streamArn, viewType, problems } = sampled;
  return `${JSON.stringify({
    ...{ source, table, streamArn, viewType, read, rows: proposal.rows, keys: proposal.keys },
    kinds: plan.kinds.map(({ name, rows, key, when, isExact, doubts }) => ({
      ...{ name, rows, key: Object.fromEntries(key), when, isExact, doubts },
    })),
    documents: plan.documents.map(({ name, kind, fields }) => ({ name, kind, fields })),
    counts: plan.counts.map(({ name, kind, by, at }) => ({ name, kind, by, at: Object.fromEntries(at) })),
    others: proposal.others,
    doubts: doubtsIn(reported),
    stream: streamAdvice(sampled),
    ...{ problems, folder, written, notes },
  })}\n`;
}
