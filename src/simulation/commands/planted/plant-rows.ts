import type { ExpectedRow } from '../../../application/verify/recount-rows.ts';
import { rowName } from '../../../application/verify/recount-rows.ts';
import {
  describeKey,
  type DerivedRow,
  readOrigin,
  type RowsMove,
  type RowsState,
  type SourceRow,
} from '../../../domain/derived-rows.ts';
import { rowAs } from '../../../domain/drift/row-of.ts';
import { Fault } from '../../../domain/fault.ts';
import { type ItemKey, keyOf } from '../../../domain/row.ts';
import { describeRow } from '../../../domain/row-view.ts';
import { isTold, type Planted, type Site } from './plant.ts';

interface Derived {
  readonly source: SourceRow;
  readonly state: RowsState;
  readonly row: DerivedRow;
}

/** A derived row that is gone, says something else, is there although nothing gives it, or is not noted. */
export async function plantRow(site: Site): Promise<readonly Planted[] | undefined> {
  const found = await derivedIn(site);
  return found && site.random.pick([removeRow, changeRow, addRow, forgetRows])(site, found);
}

/** One that is as it must be, and the state of its source. */
async function derivedIn(site: Site): Promise<Derived | undefined> {
  const { world, random, expected, isFree } = site;
  const { model: table } = world.definition;
  const all = [...world.derived.rows()].filter(({ model, row, source }) => {
    const rowsOf = expected.derivedRows.get(model.name);
    const must: ExpectedRow | undefined = rowsOf?.rows.get(rowName(row.table, row.key));
    return rowsOf?.isKnown === true && rowsOf.isComplete && must?.source === source;
  });
  if (all.length === 0) return undefined;
  const {
    model: { name },
    row,
    source: text,
  } = random.pick(all);
  const origin = readOrigin(text, table.keys);
  const kind = table.rows.find(({ derivedRows }) => derivedRows.some((one) => one.name === name));
  const model = kind?.derivedRows.find((one) => one.name === name);
  const from = kind && origin && rowAs(table, kind, origin.row);
  if (model === undefined || from === undefined || origin === undefined) return undefined;
  if (!isFree(origin.row) || !isTold(site, origin.row)) return undefined;
  const source = { model, row: from };
  const [state] = await world.derived.load([source]);
  return state === undefined ? undefined : { source, state, row };
}

function removeRow(site: Site, derived: Derived) {
  return move(site, derived, { remove: [derived.row] }, 'missing', rowItem(derived.row));
}

function changeRow(site: Site, derived: Derived) {
  const { row } = derived;
  const changed = { ...row, attributes: { ...row.attributes, planted: 'it says something else' } };
  return move(site, derived, { put: [changed] }, 'stale', rowItem(row));
}

/** Into another table: in its own a row may be of a kind from which more is derived. */
async function addRow(site: Site, derived: Derived) {
  const { row } = derived;
  const name = Object.keys(row.key).find((one) => typeof row.key[one] === 'string');
  if (row.table === undefined || name === undefined) return undefined;
  const added = { ...row, key: { ...row.key, [name]: `${row.key[name] as string}~planted` } };
  return move(site, derived, { put: [added] }, 'extra', rowItem(added));
}

function forgetRows(site: Site, derived: Derived) {
  const item = `what is noted as derived from ${describeRow(derived.source.row)}`;
  return move(site, derived, { keys: [] }, 'missing', item);
}

function rowItem(row: DerivedRow): string {
  return `row ${describeKey(row)}`;
}

async function move(
  { world, isFirst }: Site,
  { source, state }: Derived,
  {
    put = [],
    remove = [],
    keys = state.keys,
  }: Partial<Pick<RowsMove, 'put' | 'remove'>> & Pick<Partial<RowsState>, 'keys'>,
  drift: Planted['drift'],
  item: string,
): Promise<readonly Planted[] | undefined> {
  const isSource = [...put, ...remove].some(({ table }) => table === undefined);
  if (isSource && !isFirst) return undefined;
  const to = { ...state, keys };
  const [result] = await world.stores.rows.apply([{ source, from: state, to, put, remove }]);
  if (Fault.is(result)) throw result;
  const row: ItemKey = keyOf(source.row);
  return result === 'done' ? [{ drift, derivation: source.model.name, item, row, isSource }] : undefined;
}
