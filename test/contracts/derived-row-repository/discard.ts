import { expect } from 'chai';
import { originText } from '../../../src/domain/derived-rows.ts';
import { isRejected } from '../../support/is-rejected.ts';
import { unique } from '../../support/unique.ts';
import { aKey, anOrder, aRow, copied, type Harness, moveTo, owned, succeed } from './harness.ts';

export async function removesRowsThatSayThatTheyAreDerivedFromIt(harness: Harness) {
  const source = anOrder();
  const other = { ...aRow(), table: harness.audit, key: { id: unique('audited') } };
  const row = aRow();
  await succeed(harness, moveTo(source, undefined, 1, [row, other]));
  const strays = [row, other].map(({ table, key }) => ({ key: { table, key }, source: originText(source) }));
  expect(await harness.rows.discard(strays)).to.deep.equal(['done', 'done']);
  expect([await harness.read(row), await harness.read(other)]).to.deep.equal([undefined, undefined]);
}

export async function leavesARowThatSaysSomethingElse(harness: Harness) {
  const source = anOrder();
  const row = aRow();
  await succeed(harness, moveTo(source, undefined, 1, [row]));
  const stray = { key: { table: row.table, key: row.key }, source: originText(copied(source)) };
  expect(await harness.rows.discard([stray])).to.deep.equal(['conflict']);
  expect(await harness.read(row)).to.deep.equal({ ...row.attributes, ...owned(source) });
}

export async function isDoneWhereThereIsNoRow(harness: Harness) {
  const stray = { key: aKey(), source: originText(anOrder()) };
  expect(await harness.rows.discard([stray])).to.deep.equal(['done']);
}

export async function doesNothingOnceAborted(harness: Harness) {
  const source = anOrder();
  const row = aRow();
  await succeed(harness, moveTo(source, undefined, 1, [row]));
  const stray = { key: { table: row.table, key: row.key }, source: originText(source) };
  expect(await isRejected(harness.rows.discard([stray], AbortSignal.abort()))).to.equal(true);
  expect(await harness.read(row)).to.deep.equal({ ...row.attributes, ...owned(source) });
}
