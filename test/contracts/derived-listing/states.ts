import { expect } from 'chai';
import { itemKey } from '../../../src/domain/row.ts';
import { range } from '../../support/range.ts';
import {
  count,
  derive,
  deriveAll,
  type Harness,
  orderKey,
  orderRow,
  SPEND,
  states,
  TAGS,
} from './harness.ts';

export async function listsNothingWhereNothingIsNoted(harness: Harness) {
  expect(await states(harness)).to.deep.equal([]);
}

export async function listsEachDerivationAndRowOnce(harness: Harness) {
  await count(harness, SPEND, orderRow('ada', '1'), 'ada', '5');
  await count(harness, TAGS, orderRow('ada', '1'), 'tea');
  await count(harness, TAGS, orderRow('b#STATE', 'x#y'), 'tea');
  await derive(harness, orderRow('ada', '2'));
  const one = itemKey(orderKey('ada', '1'));
  expect(await states(harness)).to.deep.equal(
    [
      `spend ${one}`,
      `tags ${one}`,
      `tags ${itemKey(orderKey('b#STATE', 'x#y'))}`,
      `copies ${itemKey(orderKey('ada', '2'))}`,
    ].toSorted(),
  );
}

export async function listsNoneOfRowsThatAreGone(harness: Harness) {
  await count(harness, TAGS, orderRow('ada', '1'), 'tea');
  await count(harness, TAGS, orderRow('ada', '1'), 'tea', '1', true);
  expect(await states(harness)).to.deep.equal([]);
}

export async function listsStatesToTheLast(harness: Harness) {
  const ids = range(1_100).map((n) => `${n}`);
  await deriveAll(
    harness,
    ids.map((id) => orderRow('ada', id)),
  );
  expect(await states(harness)).to.deep.equal(
    ids.map((id) => `copies ${itemKey(orderKey('ada', id))}`).toSorted(),
  );
}
