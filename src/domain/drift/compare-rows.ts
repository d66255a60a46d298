import {
  type DerivedKey,
  type DerivedRow,
  describeKey,
  nameOfKey,
  originText,
  type RowsModel,
  type RowsState,
} from '../derived-rows.ts';
import { keyOf, type Row } from '../row.ts';
import { describeRow } from '../row-view.ts';
import { equalRecords } from '../value.ts';
import type { ExpectedRows } from './expected.ts';
import type { Finding, FindingSide } from './finding.ts';

/** A row where a derived one may be; its source undefined where it does not say. */
export interface RowThere {
  readonly attributes: DerivedRow['attributes'];
  readonly source: string | undefined;
}

/** What is there of the rows that are derived from one. */
export interface RowsThere {
  readonly state: Pick<RowsState, 'keys'> | undefined;
  /** Keys beside those of the state and those that must be, of which it is known that a row says there that it is derived from this one. */
  readonly listed: readonly DerivedKey[];
  /** What is at each key, by its name. */
  readonly at: ReadonlyMap<string, RowThere | undefined>;
}

/** Whose keys must be looked at to compare. */
export function keysToRead(
  { rows = [] }: ExpectedRows,
  { state, listed }: Pick<RowsThere, 'state' | 'listed'>,
): readonly DerivedKey[] {
  const keys = [...rows, ...(state?.keys ?? []), ...listed];
  return [...new Map(keys.map(({ table, key }) => [nameOfKey({ table, key }), { table, key }])).values()];
}

/** The rows that are derived from one, and its state, against what it gives. */
export function compareRows(row: Row, expected: ExpectedRows, there: RowsThere): readonly Finding[] {
  const { model, rows } = expected;
  if (rows === undefined) return [];
  const source = originText({ model, row });
  const findings: Finding[] = [];
  const given = new Set(rows.map(nameOfKey));
  const add = (drift: Finding['drift'], key: DerivedKey, must: FindingSide, is: RowThere | undefined) =>
    findings.push({
      ...{ drift, derivation: model.name, row: keyOf(row) },
      item: `row ${describeKey(key)}`,
      ...{ must, is: is && { ...is.attributes, '(derived from)': is.source ?? null } },
    });
  for (const one of rows) {
    const is = there.at.get(nameOfKey(one));
    const must = { ...one.attributes, '(derived from)': source };
    if (is === undefined) add('missing', one, must, is);
    else if (is.source !== source) add('wrong', one, must, is);
    else if (!equalRecords(is.attributes, one.attributes)) add('stale', one, must, is);
  }
  for (const key of isComplete(model) ? keysToRead({ model, rows: [] }, there) : []) {
    const is = there.at.get(nameOfKey(key));
    if (!given.has(nameOfKey(key)) && is?.source === source) add('extra', key, undefined, is);
  }
  return [...findings, ...compareNoted(row, expected, there)];
}

/** What the state says is there for a row: by that, what is no longer given is removed. */
function compareNoted(
  row: Row,
  { model, rows = [] }: ExpectedRows,
  { state }: RowsThere,
): readonly Finding[] {
  const namesIn = (keys: readonly DerivedKey[]) => keys.map(nameOfKey).toSorted();
  const [must, is] = [namesIn(rows), namesIn(state?.keys ?? [])];
  // What was left by a removal that nothing is derived after is not noted as gone.
  if (must.join() === is.join() || (must.length === 0 && !isComplete(model))) return [];
  const drift = must.length === 0 ? 'extra' : is.length === 0 ? 'missing' : 'stale';
  return [
    {
      ...{ drift, derivation: model.name, row: keyOf(row) },
      item: `what is noted as derived from ${describeRow(row)}`,
      ...{ must: { keys: must }, is: { keys: is } },
    },
  ];
}

/** Whether nothing else may be there than what rows give now: not where rows stay whose sources are gone, or give them no more. */
export function isComplete({ keep, on }: RowsModel): boolean {
  return !keep && (on === undefined || on.includes('REMOVE'));
}
