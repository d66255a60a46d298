import { expect } from 'chai';
import { aLink, apply, aTuple, type Harness, loadAll, state, succeed } from './harness.ts';
import { isRejected } from '../../support/is-rejected.ts';
import { range } from '../../support/range.ts';

export async function readsNothing(harness: Harness) {
  expect(await isRejected(harness.matcher.load([aLink()], AbortSignal.abort()))).to.equal(true);
}

export async function appliesNothing(harness: Harness) {
  const [leaving, joining, old, next] = [aLink(), aLink(), aTuple(), aTuple()];
  await succeed(harness, { source: leaving, from: undefined, to: state('1', old) });
  const moves = [
    { source: leaving, from: state('1', old), to: state('2', undefined) },
    { source: joining, from: undefined, to: state('3', next) },
  ];
  expect(await isRejected(harness.matcher.apply(moves, AbortSignal.abort()))).to.equal(true);
  expect(await loadAll(harness, [leaving, joining])).to.deep.equal([state('1', old), undefined]);
  expect(await harness.count(old)).to.equal(1);
  expect(await harness.count(next)).to.equal(undefined);
}

export async function doesEachMoveOrNoneOfItAndTheRestCanBeAppliedLater(harness: Harness) {
  const tuple = aTuple();
  const moves = range(300).map(() => ({ source: aLink(), from: undefined, to: state('1', tuple) }));
  const aborting = new AbortController();
  const applying = harness.matcher.apply(moves, aborting.signal);
  setTimeout(() => {
    aborting.abort();
  }, 10);
  // All may have been done in time.
  await applying.catch(() => undefined);
  let states = await loadAll(
    harness,
    moves.map(({ source }) => source),
  );
  // What was broken off may take effect at any time.
  for (let times = 1; times <= 100 && states.includes(undefined); times++) {
    await apply(harness, ...moves.filter((_, n) => states[n] === undefined));
    states = await loadAll(
      harness,
      moves.map(({ source }) => source),
    );
  }
  expect(states).to.deep.equal(moves.map(({ to }) => to));
  expect(await harness.count(tuple)).to.equal(moves.length);
}
