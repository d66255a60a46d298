import { expect } from 'chai';
import type { DerivedState } from '../../../src/application/ports/derived-state.ts';
import type { ImageRepository } from '../../../src/application/ports/image-repository.ts';
import type { TableReplica } from '../../../src/application/ports/table-replica.ts';
import type { Change } from '../../../src/domain/change.ts';
import { collect } from '../../support/collect.ts';
import { comparableFields } from '../../support/comparable.ts';
import { changeOf, faaRow, streamRecord, type TableRow } from '../../support/stream-records.ts';
import { unique } from '../../support/unique.ts';

/** A table's replica, and the two ways in which its rows are read. */
export interface Harness {
  readonly replica: TableReplica;
  readonly state: DerivedState;
  readonly images: ImageRepository;
}

export function apply({ replica }: Harness, ...changes: Change[]) {
  return replica.apply(changes);
}

export async function find({ state }: Harness, { PK, SK }: TableRow) {
  const rows = (await collect(state.rows())).filter((row) => row.get('PK') === PK && row.get('SK') === SK);
  expect(rows.length, 'rows with one key').to.be.at.most(1);
  return rows[0] && Object.fromEntries(rows[0].all());
}

export async function expectRow(harness: Harness, row: TableRow) {
  const { after } = inserted(row, 1);
  if (typeof after === 'string') throw new Error(`the new image is ${after}`);
  const expected = Object.fromEntries(after.all());
  expect(comparableFields((await find(harness, row)) ?? {})).to.deep.equal(comparableFields(expected));
}

/** Two states of one row, told apart by their model. */
export function versionsOf(registration = unique('N')): readonly [TableRow, TableRow] {
  return [faaRow(registration, { model: 'first' }), faaRow(registration, { model: 'second' })];
}

export function inserted(after: TableRow, sequence: number | string): Change {
  return changeOf(streamRecord({ after, sequence }));
}

export function modified(before: TableRow, after: TableRow, sequence: number | string): Change {
  return changeOf(streamRecord({ before, after, sequence }));
}

export function removed(before: TableRow, sequence: number | string): Change {
  return changeOf(streamRecord({ before, sequence }));
}
