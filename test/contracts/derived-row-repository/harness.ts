import { expect } from 'chai';
import type { DerivedRowRepository } from '../../../src/application/ports/derived-row-repository.ts';
import { defineTable } from '../../../src/domain/definition/define-table.ts';
import { row } from '../../../src/domain/definition/row.ts';
import { rows } from '../../../src/domain/definition/rows.ts';
import type {
  DerivedKey,
  DerivedRow,
  RowsModel,
  RowsMove,
  RowsState,
  SourceRow,
} from '../../../src/domain/derived-rows.ts';
import { Fault } from '../../../src/domain/fault.ts';
import type { Value } from '../../../src/domain/value.ts';
import { version } from '../../support/factories.ts';
import { unique } from '../../support/unique.ts';

/** `foreignRows`: tells rows that somebody else wrote. `missingTables`: tells that a table is not there. */
export type RowsCapability = 'foreignRows' | 'missingTables';

/** A repository of derived rows, and what others see of the tables. */
export interface Harness {
  readonly rows: DerivedRowRepository;
  /** Another table, whose key is the attribute `id` alone. */
  readonly audit: string;
  /** Another, whose key is the number `at` and the bytes `digest`. */
  readonly ledger: string;
  /** All attributes of a row but those of its key; undefined when there is no such row. */
  read(key: DerivedKey): Promise<Readonly<Record<string, Value>> | undefined>;
  /** Writes a row as somebody else, over any that is there. */
  putForeign(key: DerivedKey, attributes: Readonly<Record<string, Value>>): Promise<unknown>;
}

const order = row({ PK: 'CUSTOMER#<customer>', SK: 'ORDER#<order>' });
const spec = { of: () => undefined };

const SHOP = defineTable({
  keys: { partition: 'PK', sort: 'SK' },
  rows: { order },
  derive: { lines: rows(order, spec), copies: rows(order, spec) },
});

const [LINES, COPIES] = SHOP.model.derivedRows as [RowsModel, RowsModel];

export function anOrder(id = unique('order'), customer = unique('customer')): SourceRow {
  return { model: LINES, row: { model: SHOP.model.rows[0]!, parts: [customer, id] } };
}

/** The same row, as another derivation makes rows of it. */
export function copied(source: SourceRow): SourceRow {
  return { ...source, model: COPIES };
}

export function aKey(name = unique('line'), partition = unique('LINES')): DerivedKey {
  return { table: undefined, key: { PK: partition, SK: name } };
}

export function aRow(
  attributes: Readonly<Record<string, Value>> = { item: 'tea' },
  key = aKey(),
): DerivedRow {
  return { ...key, attributes };
}

export function state(
  sequence: string | number,
  keys: readonly DerivedKey[] = [],
  parts: Partial<RowsState> = {},
): RowsState {
  return {
    version: version(sequence, '2026-01-05T09:00:00.000'),
    keys: keys.map(({ table, key }) => ({ table, key })),
    removed: false,
    ...parts,
  };
}

/** From what was given to what is given now. */
export function moveTo(
  source: SourceRow,
  from: RowsState | undefined,
  sequence: string | number,
  put: readonly DerivedRow[],
  parts: Partial<RowsState> = {},
): RowsMove {
  const given = new Set(put.map(({ table, key }) => JSON.stringify([table, key])));
  const remove = (from?.keys ?? []).filter(({ table, key }) => !given.has(JSON.stringify([table, key])));
  return { source, from, to: state(sequence, put, parts), put, remove };
}

/** The attributes of a row as they are stored: with what it is derived from. */
export function owned(
  { model, row: { parts } }: SourceRow,
  attributes: Readonly<Record<string, Value>> = { item: 'tea' },
) {
  const partition = `CUSTOMER#${parts[0]}`;
  const derived_from = `${model.name} ${partition.length}#${partition}ORDER#${parts[1]}`;
  return { ...attributes, derived_from };
}

export async function loadAll({ rows: repository }: Harness, sources: readonly SourceRow[]) {
  const states = await repository.load(sources);
  expect(states).to.have.length(sources.length);
  return states.map((one) => {
    if (Fault.is(one)) throw one;
    return one;
  });
}

export async function load(harness: Harness, source: SourceRow): Promise<RowsState | undefined> {
  return (await loadAll(harness, [source]))[0];
}

export async function apply({ rows: repository }: Harness, ...moves: RowsMove[]) {
  const results = await repository.apply(moves);
  expect(results).to.have.length(moves.length);
  return results;
}

/** Moves rows that nobody else moves. */
export async function succeed(harness: Harness, ...moves: RowsMove[]) {
  expect(await apply(harness, ...moves)).to.deep.equal(moves.map(() => 'done'));
}

export function readAll(harness: Harness, keys: readonly DerivedKey[]) {
  return Promise.all(keys.map((key) => harness.read(key)));
}
