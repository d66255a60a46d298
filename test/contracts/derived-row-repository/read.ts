import { expect } from 'chai';
import type { DerivedKey } from '../../../src/domain/derived-rows.ts';
import { Fault } from '../../../src/domain/fault.ts';
import { DERIVED_FROM } from '../../../src/domain/stored-rows.ts';
import { comparableFields } from '../../support/comparable.ts';
import { HOSTILE_VALUES } from '../../support/hostile.ts';
import { isRejected } from '../../support/is-rejected.ts';
import { range } from '../../support/range.ts';
import { unique } from '../../support/unique.ts';
import { needs } from '../contract.ts';
import { aKey, anOrder, aRow, type Harness, moveTo, owned, succeed } from './harness.ts';

async function stored({ rows }: Harness, ...keys: readonly DerivedKey[]) {
  const found = await rows.read(keys);
  expect(found).to.have.length(keys.length);
  return found.map((row) => {
    if (Fault.is(row)) throw row;
    return row && comparableFields({ ...row.attributes, [DERIVED_FROM]: row.source ?? '' });
  });
}

export async function readsNothingWhenAskedNothing(harness: Harness) {
  expect(await stored(harness)).to.deep.equal([]);
}

export async function readsRowsOfAllTablesInTheOrderAskedFor(harness: Harness) {
  const source = anOrder();
  const attributes = Object.fromEntries(HOSTILE_VALUES);
  const own = aRow(attributes);
  const other = { table: harness.audit, key: { id: unique('entry') }, attributes: { at: 'noon' } };
  await succeed(harness, moveTo(source, undefined, 1, [own, other]));
  expect(await stored(harness, other, aKey(), own)).to.deep.equal([
    comparableFields(owned(source, { at: 'noon' })),
    undefined,
    comparableFields(owned(source, attributes)),
  ]);
}

export async function readsEachOfManyRows(harness: Harness) {
  const source = anOrder();
  const rows = range(30).map((n) => aRow({ n: `${n}` }));
  await succeed(harness, moveTo(source, undefined, 1, rows));
  const asked = range(130).map((n) => rows[n % 30]!);
  expect(await stored(harness, ...asked)).to.deep.equal(
    asked.map(({ attributes }) => comparableFields(owned(source, attributes))),
  );
}

export const tellsThatSomebodyElseWroteARow = needs('foreignRows', async (harness: Harness) => {
  const key = aKey();
  await harness.putForeign(key, { item: 'coffee' });
  expect(await harness.rows.read([key])).to.deep.equal([
    { attributes: { item: 'coffee' }, source: undefined },
  ]);
});

export async function rejectsReadingOnceAborted({ rows }: Harness) {
  expect(await isRejected(rows.read([aKey()], AbortSignal.abort()))).to.equal(true);
}
