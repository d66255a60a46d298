import { expect } from 'chai';
import { Fault } from '../../../src/domain/fault.ts';
import { aLink, apply, aTuple, type Harness, loadAll, state, succeed } from './harness.ts';
import { range } from '../../support/range.ts';

function expectNotTried(results: readonly unknown[], count: number) {
  expect(results).to.have.length(count);
  for (const result of results) expect(result).to.be.instanceOf(Fault).and.to.include({ kind: 'transient' });
}

export async function readsNothing(harness: Harness) {
  const links = range(230).map(() => aLink());
  expectNotTried(await harness.matcher.load(links, AbortSignal.abort()), links.length);
}

export async function appliesNothing(harness: Harness) {
  const [leaving, joining, old, next] = [aLink(), aLink(), aTuple(), aTuple()];
  await succeed(harness, { link: leaving, from: undefined, to: state('1', old) });
  const moves = [
    { link: leaving, from: state('1', old), to: state('2', undefined) },
    { link: joining, from: undefined, to: state('3', next) },
  ];
  expectNotTried(await harness.matcher.apply(moves, AbortSignal.abort()), moves.length);
  expect(await loadAll(harness, [leaving, joining])).to.deep.equal([state('1', old), undefined]);
  expect(await harness.count(old)).to.equal(1);
  expect(await harness.count(next)).to.equal(undefined);
}

export async function saysDoneOnlyOfWhatIsAndTheRestCanBeAppliedLater(harness: Harness) {
  const tuple = aTuple();
  const moves = range(300).map(() => ({ link: aLink(), from: undefined, to: state('1', tuple) }));
  const aborting = new AbortController();
  const applying = harness.matcher.apply(moves, aborting.signal);
  setTimeout(() => {
    aborting.abort();
  }, 10);
  const results = await applying;
  let states = await loadAll(
    harness,
    moves.map(({ link }) => link),
  );
  for (const [n, { to }] of moves.entries())
    if (results[n] === 'done') expect(states[n]).to.deep.equal(to);
    else expectNotTried([results[n]], 1);

  // What was broken off may take effect at any time.
  for (let times = 1; times <= 100 && states.includes(undefined); times++) {
    await apply(harness, ...moves.filter((_, n) => states[n] === undefined));
    states = await loadAll(
      harness,
      moves.map(({ link }) => link),
    );
  }
  expect(states).to.deep.equal(moves.map(({ to }) => to));
  expect(await harness.count(tuple)).to.equal(moves.length);
}
