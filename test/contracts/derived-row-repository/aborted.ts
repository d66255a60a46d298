import { expect } from 'chai';
import { isRejected } from '../../support/is-rejected.ts';
import { range } from '../../support/range.ts';
import { anOrder, apply, aRow, type Harness, loadAll, moveTo, owned, readAll } from './harness.ts';

export async function readsNothing(harness: Harness) {
  expect(await isRejected(harness.rows.load([anOrder()], AbortSignal.abort()))).to.equal(true);
}

export async function appliesNothing(harness: Harness) {
  const source = anOrder();
  const put = aRow();
  const applying = harness.rows.apply([moveTo(source, undefined, 1, [put])], AbortSignal.abort());
  expect(await isRejected(applying)).to.equal(true);
  expect(await harness.read(put)).to.equal(undefined);
  expect(await loadAll(harness, [source])).to.deep.equal([undefined]);
}

export async function doesEachMoveOrNoneOfItAndTheRestCanBeAppliedLater(harness: Harness) {
  const moves = range(200).map(() => moveTo(anOrder(), undefined, 1, [aRow(), aRow()]));
  const sources = moves.map(({ source }) => source);
  const aborting = new AbortController();
  const applying = harness.rows.apply(moves, aborting.signal);
  setTimeout(() => {
    aborting.abort();
  }, 10);
  // All may have been done in time.
  await applying.catch(() => undefined);
  let states = await loadAll(harness, sources);
  // What was broken off may take effect at any time.
  for (let times = 1; times <= 100 && states.includes(undefined); times++) {
    await apply(harness, ...moves.filter((_, n) => states[n] === undefined));
    states = await loadAll(harness, sources);
  }
  expect(states).to.deep.equal(moves.map(({ to }) => to));
  for (const { source, put } of moves)
    expect(await readAll(harness, put)).to.deep.equal(put.map(() => owned(source)));
}
