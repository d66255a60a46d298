import { expect } from 'chai';
import type { CountState } from '../../../src/domain/count-move.ts';
import { aLink, aTuple, type Harness, inGeneration, load, loadAll, state, succeed } from './harness.ts';
import { version } from '../../support/factories.ts';
import { range } from '../../support/range.ts';

export async function answersNothingWhenAskedNothing(harness: Harness) {
  expect(await loadAll(harness, [])).to.deep.equal([]);
}

export async function findsNothingOfALinkThatWasNeverCounted(harness: Harness) {
  expect(await load(harness, aLink())).to.equal(undefined);
}

export async function findsVersionTupleAndRemovalAsApplied(harness: Harness) {
  const link = aLink();
  const states = [
    state('99', aTuple()),
    state('100', undefined),
    state('49999999999999999999999999999999999999', aTuple()),
    state('050000000000000000000000000000000000000', undefined, true),
    { ...state('7', aTuple()), version: version(7, '2026-02-01T00:00:00.000') },
    inGeneration(1, state('1', aTuple())),
    inGeneration(12, state('1', undefined)),
  ];
  let from: CountState | undefined;
  for (const to of states) {
    await succeed(harness, { source: link, from, to });
    from = await load(harness, link);
    expect(from).to.deep.equal(to);
  }
}

export async function answersForEachOfManyLinks(harness: Harness) {
  const links = range(230).map(() => aLink());
  const counted = links.map((link, n) => ({ source: link, from: undefined, to: state(`${n}`, undefined) }));
  await succeed(harness, ...counted.filter((_, n) => n % 2 === 0));
  const states = await loadAll(harness, links);
  expect(states).to.deep.equal(counted.map(({ to }, n) => (n % 2 === 0 ? to : undefined)));
}

export async function keepsWhatWasCountedInAnUnnamedStream(harness: Harness) {
  const link = aLink();
  const to = { ...state('1', undefined), version: version(1) };
  await succeed(harness, { source: link, from: undefined, to });
  expect(await load(harness, link)).to.deep.equal(to);
}

export async function answersUnderASignalThatIsNotAborted(harness: Harness) {
  const link = aLink();
  await succeed(harness, { source: link, from: undefined, to: state('1', undefined) });
  const { signal } = new AbortController();
  expect(await harness.matcher.load([link, aLink()], signal)).to.deep.equal([
    state('1', undefined),
    undefined,
  ]);
}
