import { expect } from 'chai';
import { aRow, type Harness, load, loadAll, move, state, succeed } from './harness.ts';
import { range } from '../../support/range.ts';

export async function findsNothingWhereNothingRan(harness: Harness) {
  expect(await loadAll(harness, [aRow(), aRow()])).to.deep.equal([undefined, undefined]);
}

export async function findsNothingForNoRows(harness: Harness) {
  expect(await loadAll(harness, [])).to.deep.equal([]);
}

export async function findsManyInTheOrderThatIsAskedFor(harness: Harness) {
  const rows = range(230).map(() => aRow());
  const noted = (n: number) => (n % 3 === 0 ? undefined : state(n));
  await succeed(harness, ...rows.flatMap((row, n) => (noted(n) === undefined ? [] : [move(row, state(n))])));
  expect(await loadAll(harness, rows)).to.deep.equal(rows.map((_, n) => noted(n)));
}

export async function findsARowThatIsAskedForTwice(harness: Harness) {
  const row = aRow();
  await succeed(harness, move(row, state(1)));
  expect(await loadAll(harness, [row, row])).to.deep.equal([state(1), state(1)]);
}

export async function tellsEffectsAndRowsApart(harness: Harness) {
  const row = aRow('anna#1', '2');
  const others = [
    aRow('anna#1', '2', 'mails'),
    aRow('anna', '1#2'),
    aRow('anna#', '12'),
    aRow('ANNA#1', '2'),
  ];
  await succeed(harness, move(row, state(1)));
  expect(await loadAll(harness, others)).to.deep.equal(others.map(() => undefined));
  expect(await load(harness, row)).to.deep.equal(state(1));
}

export async function keepsTheStateOfARowWhoseKeyIsAsLongAsKeysMayBe(harness: Harness) {
  const [row, other] = ['x', 'y'].map((end) => aRow('c'.repeat(2_000), 'o'.repeat(1_000) + end));
  await succeed(harness, move(row!, state(1)));
  expect(await loadAll(harness, [row!, other!])).to.deep.equal([state(1), undefined]);
}
