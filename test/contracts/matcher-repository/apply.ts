import { expect } from 'chai';
import { Fault } from '../../../src/domain/fault.ts';
import type { CountMove } from '../../../src/domain/count-move.ts';
import type { Tuple } from '../../../src/domain/count.ts';
import { each } from '../contract.ts';
import { filled } from '../../support/factories.ts';
import { aLink, apply, aTuple, type Harness, load, loadAll, state, succeed } from './harness.ts';
import { range } from '../../support/range.ts';

export async function doesNothingWithNothingToDo(harness: Harness) {
  expect(await harness.matcher.apply([])).to.deep.equal([]);
}

export async function countsALinkUnderItsTuple(harness: Harness) {
  const tuple = aTuple();
  await succeed(harness, { source: aLink(), from: undefined, to: state('1', tuple) });
  expect(await harness.count(tuple)).to.equal(1);
}

export async function movesALinkFromOneTupleToAnother(harness: Harness) {
  const [link, old, next] = [aLink(), aTuple(), aTuple()];
  await succeed(harness, { source: link, from: undefined, to: state('1', old) });
  await succeed(harness, { source: aLink(), from: undefined, to: state('1', old) });
  await succeed(harness, { source: link, from: state('1', old), to: state('2', next) });
  expect(await harness.count(old)).to.equal(1);
  expect(await harness.count(next)).to.equal(1);
}

export async function removesACountThatReachesZeroAndStartsAgain(harness: Harness) {
  const [link, tuple] = [aLink(), aTuple()];
  await succeed(harness, { source: link, from: undefined, to: state('1', tuple) });
  await succeed(harness, { source: link, from: state('1', tuple), to: state('2', undefined) });
  expect(await harness.count(tuple)).to.equal(undefined);
  await succeed(harness, { source: link, from: state('2', undefined), to: state('3', tuple) });
  expect(await harness.count(tuple)).to.equal(1);
}

export async function remembersARemovedLinkAndCountsItNoMore(harness: Harness) {
  const [link, tuple] = [aLink(), aTuple()];
  await succeed(harness, { source: link, from: undefined, to: state('1', tuple) });
  await succeed(harness, { source: link, from: state('1', tuple), to: state('2', undefined, true) });
  expect(await harness.count(tuple)).to.equal(undefined);
  expect(await load(harness, link)).to.deep.equal(state('2', undefined, true));
}

export async function movesOnlyTheStateOfALinkThatKeepsItsTuple(harness: Harness) {
  const [link, tuple] = [aLink(), aTuple()];
  await succeed(harness, { source: link, from: undefined, to: state('1', tuple) });
  await succeed(harness, { source: link, from: state('1', tuple), to: state('2', tuple) });
  expect(await harness.count(tuple)).to.equal(1);
  expect(await load(harness, link)).to.deep.equal(state('2', tuple));
}

export async function countsManyLinksUnderOneTuple(harness: Harness) {
  const tuple = aTuple();
  const links = range(150).map(() => aLink());
  await succeed(harness, ...links.map((link) => ({ source: link, from: undefined, to: state('1', tuple) })));
  expect(await harness.count(tuple)).to.equal(150);
  await succeed(
    harness,
    ...links.map((link) => ({ source: link, from: state('1', tuple), to: state('2', undefined, true) })),
  );
  expect(await harness.count(tuple)).to.equal(undefined);
}

export async function countsManyLinksUnderAsManyTuples(harness: Harness) {
  const tuples = range(150).map(() => aTuple());
  await succeed(
    harness,
    ...tuples.map((tuple) => ({ source: aLink(), from: undefined, to: state('1', tuple) })),
  );
  for (const tuple of tuples) expect(await harness.count(tuple)).to.equal(1);
}

export async function letsLinksChangePlacesInOneCall(harness: Harness) {
  const [a, b, left, right] = [aLink(), aLink(), aTuple(), aTuple()];
  await succeed(
    harness,
    { source: a, from: undefined, to: state('1', left) },
    { source: b, from: undefined, to: state('2', right) },
  );
  await succeed(
    harness,
    { source: a, from: state('1', left), to: state('3', right) },
    { source: b, from: state('2', right), to: state('4', left) },
  );
  expect(await harness.count(left)).to.equal(1);
  expect(await harness.count(right)).to.equal(1);
  expect(await loadAll(harness, [a, b])).to.deep.equal([state('3', right), state('4', left)]);
}

export const keepsACountAtOneWhenALink = each(
  [
    ['leaves before another joins', false],
    ['joins before another leaves', true],
  ],
  async (harness: Harness, joinsFirst) => {
    const [leaving, tuple] = [aLink(), aTuple()];
    await succeed(harness, { source: leaving, from: undefined, to: state('1', tuple) });
    const moves = [
      { source: leaving, from: state('1', tuple), to: state('2', undefined) },
      { source: aLink(), from: undefined, to: state('3', tuple) },
    ];
    await succeed(harness, ...(joinsFirst ? moves.toReversed() : moves));
    expect(await harness.count(tuple)).to.equal(1);
  },
);

/** A link whose state says that nothing is counted, and a move that claims the opposite. */
async function lyingMove(harness: Harness, tuple: Tuple, next?: Tuple): Promise<CountMove> {
  const link = aLink();
  await succeed(harness, { source: link, from: undefined, to: state('1', undefined) });
  return { source: link, from: state('1', tuple), to: state('2', next) };
}

async function expectRefused(harness: Harness, move: CountMove, result: unknown) {
  expect(Fault.is(result) || result === 'conflict', 'neither applied nor silently dropped').to.equal(true);
  expect(await load(harness, move.source)).to.deep.equal(state('1', undefined));
}

export async function refusesAMoveThatWouldTakeACountBelowZero(harness: Harness) {
  const tuple = aTuple();
  const move = await lyingMove(harness, tuple);
  const [result] = await apply(harness, move);
  await expectRefused(harness, move, result);
  expect(await harness.count(tuple)).to.equal(undefined);
}

export async function addsNothingOfARefusedMoveAndAppliesTheOthers(harness: Harness) {
  const [tuple, next, other] = [aTuple(), aTuple(), aTuple()];
  const move = await lyingMove(harness, tuple, next);
  const [result, others] = await apply(harness, move, {
    source: aLink(),
    from: undefined,
    to: state('1', other),
  });
  await expectRefused(harness, move, result);
  expect(others).to.equal('done');
  expect(await harness.count(tuple)).to.equal(undefined);
  expect(await harness.count(next)).to.equal(undefined);
  expect(await harness.count(other)).to.equal(1);
}

export async function appliesUnderASignalThatIsNotAborted(harness: Harness) {
  const tuple = aTuple();
  const move = { source: aLink(), from: undefined, to: state('1', tuple) };
  const { signal } = new AbortController();
  expect(await harness.matcher.apply([move], signal)).to.deep.equal(['done']);
  expect(await harness.count(tuple)).to.equal(1);
}

export async function movesOnFromAFill(harness: Harness) {
  const [link, mine, theirs] = [aLink(), aTuple(), aTuple()];
  const states = [
    filled(1_767_603_600_999, state('0', mine)),
    filled(1_767_603_601_000, state('0', theirs)),
    state('7', mine),
    filled(1, state('7', theirs)),
    state('8', undefined, true),
    filled(2, state('8', mine)),
  ];
  for (const [n, to] of states.entries()) {
    await succeed(harness, { source: link, from: states[n - 1], to });
    expect(await load(harness, link)).to.deep.equal(to);
    for (const tuple of [mine, theirs])
      expect(await harness.count(tuple)).to.equal(to.contributions[0]?.tuple === tuple ? 1 : undefined);
  }
}
