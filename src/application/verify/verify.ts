import type { TableDefinition } from '../../domain/definition/define-table.ts';
import type { DocumentKey } from '../../domain/search-document.ts';
import { equalRecords } from '../../domain/value.ts';
import type { DerivedState, PointerFound } from '../ports/derived-state.ts';
import { KeyPattern } from './key-pattern.ts';
import { isAfter } from './key-values.ts';
import { type ExpectedRows, rowName } from './recount-rows.ts';
import { type ExpectedPointers, recount, type Recount } from './recount.ts';

/** What all derivations of one kind are called together: documents, pointers, counts and rows. */
export type Subsystem = 'search' | 'defaultImages' | 'matcher' | 'derivedRows';

/** One derived item that is not as the table's rows say. */
export interface Drift {
  /** The derivation's name; `NO_DERIVATION` for a document of a collection that none has. */
  readonly derivation: string;
  readonly problem: 'missing' | 'extra' | 'wrong';
  readonly what: string;
}

/** No derivation can be called so. */
export const NO_DERIVATION = '(no derivation)';

/** Items that are there, and that the table's rows do not tell of. */
export interface Uncompared {
  readonly derivation: string;
  /** How many. */
  readonly items: number;
  readonly why: string;
}

export interface Verification {
  /** How many derived items were compared. */
  readonly checked: Readonly<Record<Subsystem, number>>;
  readonly drift: readonly Drift[];
  /** What was not, by derivation and reason. */
  readonly uncompared: readonly Uncompared[];
}

/** Which subsystem an item is of that has drifted. */
export function subsystemOf({ derivation }: Pick<Drift, 'derivation'>, { spec }: TableDefinition): Subsystem {
  switch (Object.hasOwn(spec.derive, derivation) ? spec.derive[derivation]?.is : undefined) {
    case 'pointer':
      return 'defaultImages';
    case 'counts':
      return 'matcher';
    case 'rows':
      return 'derivedRows';
    default:
      return 'search';
  }
}

/**
 * Compares what is derived with what the table's rows say must be. Reads only. Exact once the worker is idle;
 * while it works, what is still under way shows as drift. A pointer that points to a row of which nothing is known is
 * not compared.
 *
 * Of derived rows, those are compared that the table's rows tell of. Where they stay (`keep`, or no derivation after
 * removals), what present rows give must be there, and more may be: what rows gave before is gone with them. Nothing is
 * compared where rows are not derived after each insertion and change, nor what was given by a function that asked for
 * the change.
 */
export async function verify(state: DerivedState, definition: TableDefinition): Promise<Verification> {
  const expected = await recount(state.rows(), definition);
  const drift: Drift[] = [];
  const left = new LeftOut();
  const checked = {
    search: await compareDocuments(state, definition, expected, drift),
    defaultImages: await comparePointers(state, expected, drift, left),
    matcher: await compareCounts(state, expected, drift),
    derivedRows: await compareRows(state, expected, drift, left),
  };
  return { checked, drift, uncompared: left.list() };
}

/** Counts what is not compared. */
class LeftOut {
  readonly #counts = new Map<string, Uncompared>();

  add(derivation: string, why: string): void {
    const { items } = this.#counts.get(`${derivation} ${why}`) ?? { items: 0 };
    this.#counts.set(`${derivation} ${why}`, { derivation, items: items + 1, why });
  }

  list(): readonly Uncompared[] {
    return [...this.#counts.values()];
  }
}

async function compareDocuments(
  state: DerivedState,
  definition: TableDefinition,
  { documents }: Recount,
  drift: Drift[],
): Promise<number> {
  let checked = 0;
  for await (const { key, fields } of state.documents()) {
    checked++;
    const what = `${key.collection}/${key.id}`;
    const expected = documents.get(key.collection)?.get(key.id);
    documents.get(key.collection)?.delete(key.id);
    if (expected === undefined)
      drift.push({ derivation: derivationOf(key, definition), problem: 'extra', what });
    else if (!equalRecords(expected.fields, fields))
      drift.push({ derivation: expected.derivation, problem: 'wrong', what });
  }
  for (const [collection, missing] of documents)
    for (const [id, { derivation }] of missing) {
      checked++;
      drift.push({ derivation, problem: 'missing', what: `${collection}/${id}` });
    }
  return checked;
}

/** The derivation that a document must be of that no row has: one with such ids, or else any of its collection. */
function derivationOf({ collection, id }: DocumentKey, { spec }: TableDefinition): string {
  let found: string | undefined;
  for (const [name, derivation] of Object.entries(spec.derive)) {
    if (derivation.is !== 'documents' || derivation.spec.collection !== collection) continue;
    const { id: template } = derivation.spec;
    if (typeof template === 'string' && new KeyPattern(template).partsOf(id) !== undefined) return name;
    found ??= name;
  }
  return found ?? NO_DERIVATION;
}

async function comparePointers(
  state: DerivedState,
  { pointers }: Recount,
  drift: Drift[],
  left: LeftOut,
): Promise<number> {
  let checked = 0;
  for await (const found of state.pointers()) {
    const derivation = found.entity.model.name;
    const expected = pointers.get(derivation);
    const what = expected?.partition.keyOf(found.entity.parts) ?? found.entity.parts.join();
    const problem = problemWith(found, what, expected);
    expected?.entities.delete(what);
    if (found.isTargetUnknown) {
      left.add(derivation, 'it points to a row of which nothing is known');
      continue;
    }
    checked++;
    if (problem !== undefined) drift.push({ derivation, problem, what });
  }
  for (const [derivation, { entities }] of pointers)
    for (const what of entities.keys()) {
      checked++;
      drift.push({ derivation, problem: 'missing', what });
    }
  return checked;
}

function problemWith(
  { member }: PointerFound,
  partition: string,
  expected: ExpectedPointers | undefined,
): Drift['problem'] | undefined {
  const candidates = expected?.entities.get(partition);
  if (expected === undefined || candidates === undefined) return 'extra';
  const target = candidates.get(member.sort);
  if (target === undefined || !equalRecords(target, member.attributes)) return 'wrong';
  const isNewest = [...candidates.keys()].every((sort) => !isAfter(sort, member.sort, expected.type));
  return expected.choose === 'newest' && !isNewest ? 'wrong' : undefined;
}

async function compareCounts(state: DerivedState, { counts }: Recount, drift: Drift[]): Promise<number> {
  let checked = 0;
  for await (const { model, tuple, count } of state.counts()) {
    checked++;
    const derivation = model.name;
    const { names = Object.keys(tuple), sums } = counts.get(derivation) ?? {};
    const what = JSON.stringify(names.map((name) => tuple[name]));
    const expected = sums?.get(what);
    sums?.delete(what);
    if (expected === undefined) drift.push({ derivation, problem: 'extra', what });
    else if (!expected.equals(count))
      drift.push({ derivation, problem: 'wrong', what: `${what}: ${count.text}, expected ${expected.text}` });
  }
  for (const [derivation, { sums }] of counts)
    for (const what of sums.keys()) {
      checked++;
      drift.push({ derivation, problem: 'missing', what });
    }
  return checked;
}

async function compareRows(
  state: DerivedState,
  { derivedRows }: Recount,
  drift: Drift[],
  left: LeftOut,
): Promise<number> {
  let checked = 0;
  for await (const { model, row, source } of state.derivedRows()) {
    const derivation = model.name;
    const rowsOf = derivedRows.get(derivation) ?? NO_ROWS;
    const { rows } = rowsOf;
    const what = rowName(row.table, row.key);
    const expected = rows.get(what);
    rows.delete(what);
    const why = whyUncompared(rowsOf, source, expected !== undefined);
    if (why !== undefined) {
      left.add(derivation, why);
      continue;
    }
    checked++;
    if (expected === undefined) drift.push({ derivation, problem: 'extra', what });
    else if (expected.source !== source || !equalRecords(expected.attributes, row.attributes))
      drift.push({ derivation, problem: 'wrong', what });
  }
  for (const [derivation, { isKnown, rows }] of derivedRows)
    for (const what of isKnown ? rows.keys() : []) {
      checked++;
      drift.push({ derivation, problem: 'missing', what });
    }
  return checked;
}

/** Why the table's rows do not tell whether a derived row should be there; undefined where they do. */
function whyUncompared(
  { isKnown, isComplete, unknown }: ExpectedRows,
  source: string,
  isGiven: boolean,
): string | undefined {
  if (!isKnown) return 'not derived after each insertion and change (on): what a row gave once is gone';
  if (unknown.has(source)) return 'its function asks for the change, which is gone';
  // What nobody gives any more may have been given once.
  return isGiven || isComplete
    ? undefined
    : 'no row gives it now, and what was given once stays (keep, or no REMOVE in on)';
}

/** Of a derivation that the definition does not have. */
const NO_ROWS: ExpectedRows = { isKnown: true, isComplete: true, rows: new Map(), unknown: new Set() };
