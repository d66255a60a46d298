import { GENERAL_NAMES, type KindNames, type Tallies } from '../../../application/tallies.ts';
import { subsystemOf, type Verification } from '../../../application/verify/verify.ts';
import type { TableDefinition } from '../../../domain/definition/define-table.ts';
import { fleet } from '../../../fleet/definition.ts';
import type { CountedFailure } from './failures.ts';
import type { ReplayResult } from './replay.ts';

/** How many failures or drifted items a text report lists; the JSON report lists all. */
const LISTED = 20;

export interface ReportInput {
  readonly result: ReplayResult;
  readonly seconds: number;
  readonly searchActions: number;
  /** By effect, for how many changes it handed items for DynamoDB to `once`, which a replay does not write. */
  readonly unmade: ReadonlyMap<string, number>;
  readonly verification: Verification | undefined;
  readonly definition: TableDefinition;
}

/** What the fleet's report has called them since before there were other definitions. */
const FLEET_NAMES: KindNames = {
  ...GENERAL_NAMES,
  search: 'search',
  defaultImages: 'default images',
  matcher: 'matcher',
};

/** The report for people. */
export function textReport({
  result,
  seconds,
  searchActions,
  unmade,
  verification,
  definition,
}: ReportInput): string {
  const { records, batches, outcomes, failures } = result;
  const names = definition === fleet ? FLEET_NAMES : GENERAL_NAMES;
  const kinds = kindsOf(definition);
  const rate = seconds > 0 ? Math.round(records / seconds).toLocaleString('en') : '-';
  const tallies = { ...result, search: { ...result.search, 'actions on the queue': searchActions } };
  const lines = [
    `${plural(records, 'record')} in ${plural(batches, 'batch', 'batches')}, ${seconds.toFixed(2)} s (${rate} records/s)`,
    row('records', outcomes),
    ...kinds.map((kind) => row(names[kind], tallies[kind])),
    ...unmadeLines(unmade),
  ];
  if (verification !== undefined) lines.push(...proofLines(verification, names, definition));
  lines.push('', failures.total === 0 ? 'no failures' : `${plural(failures.total, 'failure')}:`);
  lines.push(
    ...listed(failures.list().map((failure) => [failureLine(failure, definition), failure.times ?? 1])),
  );
  return `${lines.join('\n')}\n`;
}

/** What was compared, and what was not: that nothing differs shows nothing of what nobody has compared. */
function proofLines(
  { checked, drift, uncompared }: Verification,
  names: KindNames,
  definition: TableDefinition,
): string[] {
  const lines = ['', 'proof: derived state against a recount from the rows'];
  for (const kind of kindsOf(definition)) {
    if (kind === 'effects') continue;
    const found = drift.filter((item) => subsystemOf(item, definition) === kind).length;
    const left = uncompared.filter((item) => subsystemOf(item, definition) === kind);
    const isNothing = checked[kind] === 0 && left.length > 0;
    const compared = `${plural(checked[kind], 'item')} compared, drift ${found}`;
    lines.push(`${names[kind].padEnd(15)} ${isNothing ? 'nothing compared' : compared}`);
    for (const { derivation, items, why } of left)
      lines.push(`  ${plural(items, 'item')} of ${derivation} not compared: ${why}`);
  }
  return [
    ...lines,
    ...listed(drift.map(({ derivation, problem, what }) => [`  ${problem} in ${derivation}: ${what}`, 1])),
  ];
}

/** The report for programs: the same figures, every failure and every drifted item. */
export function jsonReport({
  result,
  seconds,
  searchActions,
  unmade,
  verification,
  definition,
}: ReportInput): string {
  const { failures, ...counts } = result;
  const named = (figures: object) =>
    Object.fromEntries(
      Object.entries(figures).map(([name, value]) => [
        definition === fleet || !(name in GENERAL_NAMES) ? name : GENERAL_NAMES[name as keyof Tallies],
        value as unknown,
      ]),
    );
  const proof = verification && { ...verification, checked: named(verification.checked) };
  const report = {
    ...named(counts),
    ...(unmade.size === 0 ? {} : { unmadeWrites: Object.fromEntries(unmade) }),
    ...{ searchActions, seconds, ...proof, failures: failures.list() },
  };
  return `${JSON.stringify(report, null, 2)}\n`;
}

/** Writes that count as made, and were not: a replay reaches no table. */
function unmadeLines(unmade: ReadonlyMap<string, number>): string[] {
  return [...unmade].map(
    ([effect, count]) =>
      `${''.padEnd(15)} of ${effect}, ${plural(count, 'write')} for DynamoDB (once) noted, and not made`,
  );
}

/** The kinds of derivations that a definition has. */
function kindsOf({ model }: TableDefinition): readonly (keyof Tallies)[] {
  const has = {
    search: model.documents.length > 0,
    defaultImages: model.pointers.length > 0,
    matcher: model.counts.length > 0,
    derivedRows: model.derivedRows.length > 0,
    effects: model.effects.length > 0,
  } satisfies Record<keyof Tallies, boolean>;
  return (Object.keys(has) as (keyof Tallies)[]).filter((kind) => has[kind]);
}

function row(name: string, counts: Readonly<Record<string, number>>): string {
  const parts = Object.entries(counts).map(([what, count]) => `${count.toLocaleString('en')} ${what}`);
  return `${name.padEnd(15)} ${parts.join(', ')}`;
}

function plural(count: number, one: string, many = `${one}s`): string {
  return `${count.toLocaleString('en')} ${count === 1 ? one : many}`;
}

/** The first lines, and how many more there are; each stands for so many. */
function listed(lines: readonly (readonly [line: string, count: number])[]): string[] {
  const shown = lines.slice(0, LISTED).map(([line]) => line);
  const more = lines.slice(LISTED).reduce((sum, [, count]) => sum + count, 0);
  return more === 0
    ? shown
    : [...shown, `  … and ${more.toLocaleString('en')} more: --report json lists them all`];
}

function failureLine(failure: CountedFailure, { model: { keys } }: TableDefinition): string {
  const { sequenceNumber, eventID, pk, sk, error, times = 1 } = failure;
  const known = [
    ['sequence number', sequenceNumber],
    ['event', eventID],
    [keys.partition, pk],
    [keys.sort ?? '', sk],
  ].filter(([, text]) => text !== '');
  const record = known.length === 0 ? '' : ` [${known.map((pair) => pair.join(' ')).join(', ')}]`;
  return `  ${error}${record}${times === 1 ? '' : ` (${times.toLocaleString('en')} times)`}`;
}
