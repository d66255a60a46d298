import { expect } from 'chai';
import type { CountMove } from '../../../src/domain/count-move.ts';
import { range } from '../../support/range.ts';
import { unique } from '../../support/unique.ts';
import { each } from '../contract.ts';
import { aLink, apply, aTuple, type Harness, load, loadAll, state, succeed } from './harness.ts';
import { assuming, EARLIER, holding, nothing, OTHERWISE, type Story, UNCLEAR } from './assumed-stories.ts';
import { anOrder, counting, SPEND, TAGS } from './shop.ts';

/* Moves from states that were not read. */

/** Stores the state, and tries the move; what is stored then must be all of it or nothing. */
async function resultOf(harness: Harness, story: Story) {
  const [source, mine, theirs] = [aLink(), aTuple(), aTuple()];
  const [stored, from, to] = story(mine, theirs);
  if (stored !== undefined) await succeed(harness, { source, from: undefined, to: stored });
  const [result] = await apply(harness, { source, from, to });
  const now = result === 'done' ? to : stored;
  expect(await load(harness, source)).to.deep.equal(now);
  for (const tuple of [mine, theirs])
    expect(await harness.count(tuple)).to.equal(now?.contributions[0]?.tuple === tuple ? 1 : undefined);
  return result;
}

export const startsFromAnEarlierState = each(EARLIER, async (harness: Harness, story) => {
  expect(await resultOf(harness, story)).to.equal('done');
});

export const isAConflictWhereThereIs = each(OTHERWISE, async (harness: Harness, story) => {
  expect(await resultOf(harness, story)).to.equal('conflict');
});

export const isDoneOrAConflictWhereSequencesHaveZeros = each(UNCLEAR, async (harness: Harness, story) => {
  expect(await resultOf(harness, story)).to.be.oneOf(['done', 'conflict']);
});

export async function startsFromSumsToTheDigit(harness: Harness) {
  const source = anOrder(SPEND);
  const customer = { customer: source.row.parts[0]! };
  const before = counting(SPEND, 1, [customer, '12345678901234567890.5']);
  await succeed(harness, { source, from: nothing, to: before });
  const near = assuming(counting(SPEND, 1, [customer, '12345678901234567890.4']));
  const to = counting(SPEND, 2, [customer, '-3']);
  expect(await apply(harness, { source, from: near, to })).to.deep.equal(['conflict']);
  expect(await harness.amount(SPEND, customer)).to.equal(before.contributions[0]!.amount.canonical);
  const same = assuming(counting(SPEND, 1, [customer, '12345678901234567890.50']));
  await succeed(harness, { source, from: same, to });
  expect(await harness.amount(SPEND, customer)).to.equal(to.contributions[0]!.amount.canonical);
}

export async function startsFromSeveralTuplesAndNotFromSomeOfThem(harness: Harness) {
  const source = anOrder(TAGS);
  const [a, b, c] = [{ tag: unique('tag') }, { tag: unique('tag') }, { tag: unique('tag') }] as const;
  await succeed(harness, { source, from: nothing, to: counting(TAGS, 1, [a], [b]) });
  const to = counting(TAGS, 2, [b], [c]);
  for (const wrong of [counting(TAGS, 1, [a]), counting(TAGS, 1, [a], [b], [c])])
    expect(await apply(harness, { source, from: assuming(wrong), to })).to.deep.equal(['conflict']);
  await succeed(harness, { source, from: assuming(counting(TAGS, 1, [a], [b])), to });
  expect(await Promise.all([a, b, c].map((tag) => harness.amount(TAGS, tag)))).to.deep.equal([
    undefined,
    ...counting(TAGS, 1, [b], [c]).contributions.map(({ amount }) => amount.canonical),
  ]);
}

export async function startsFromWhereATupleWasCountedAndFromNowhereElse(harness: Harness) {
  const [source, tuple] = [aLink(), aTuple()];
  await succeed(harness, { source, from: nothing, to: state('1', tuple) });
  const [counted] = state('1', tuple).contributions;
  const from = assuming({
    contributions: [{ ...counted!, at: { partition: unique('at'), sort: 'elsewhere' } }],
  });
  expect(await apply(harness, { source, from, to: state('2', undefined) })).to.deep.equal(['conflict']);
  expect(await harness.count(tuple)).to.equal(1);
}

export async function doesTheOthersWhereOneAssumptionIsWrong(harness: Harness) {
  const [old, next] = [aTuple(), aTuple()];
  const links = range(7).map(() => aLink());
  await succeed(
    harness,
    ...links.map((source, n) => ({ source, from: nothing, to: state('1', n === 3 ? undefined : old) })),
  );
  const results = await apply(
    harness,
    ...links.map((source) => ({ source, from: holding(old), to: state('2', next) })),
  );
  expect(results).to.deep.equal(links.map((_, n) => (n === 3 ? 'conflict' : 'done')));
  expect(await loadAll(harness, links)).to.deep.equal(
    links.map((_, n) => (n === 3 ? state('1', undefined) : state('2', next))),
  );
  expect(await harness.count(old)).to.equal(undefined);
  expect(await harness.count(next)).to.equal(6);
}

export async function doesTheOthersWhereWhatIsAssumedHasNoCount(harness: Harness) {
  const [none, shared, other] = [aTuple(), aTuple(), aTuple()];
  const [wrong, leaving, joining] = [aLink(), aLink(), aLink()];
  await succeed(harness, { source: leaving, from: nothing, to: state('1', shared) });
  const moves: readonly CountMove[] = [
    { source: joining, from: nothing, to: state('2', other) },
    { source: wrong, from: holding(none), to: state('2', other) },
    { source: leaving, from: holding(shared), to: state('2', undefined) },
  ];
  expect(await apply(harness, ...moves)).to.deep.equal(['done', 'conflict', 'done']);
  expect(await load(harness, wrong)).to.equal(undefined);
  for (const tuple of [none, shared]) expect(await harness.count(tuple)).to.equal(undefined);
  expect(await harness.count(other)).to.equal(1);
}

export async function letsTheLastRowOfACountGoWhereAnotherIsWronglyAssumedThere(harness: Harness) {
  const tuple = aTuple();
  const [wrong, last] = [aLink(), aLink()];
  await succeed(harness, { source: last, from: nothing, to: state('1', tuple) });
  await succeed(harness, { source: wrong, from: nothing, to: state('1', undefined) });
  expect(
    await apply(
      harness,
      { source: wrong, from: holding(tuple), to: state('2', undefined) },
      { source: last, from: holding(tuple), to: state('2', undefined) },
    ),
  ).to.deep.equal(['conflict', 'done']);
  expect(await harness.count(tuple)).to.equal(undefined);
  expect(await load(harness, wrong)).to.deep.equal(state('1', undefined));
}

export async function letsOneCallerWinOfManyThatAssumeTheSame(harness: Harness) {
  const [source, old] = [aLink(), aTuple()];
  await succeed(harness, { source, from: nothing, to: state('1', old) });
  const tuples = range(10).map(() => aTuple());
  const results = await Promise.all(
    tuples.map((tuple, n) => apply(harness, { source, from: holding(old), to: state(`${n + 2}`, tuple) })),
  );
  const winners = tuples.filter((_, n) => results[n]![0] === 'done');
  expect(winners).to.have.length.at.most(1);
  expect(await harness.count(old)).to.equal(winners.length === 1 ? undefined : 1);
  for (const tuple of tuples)
    expect(await harness.count(tuple)).to.equal(tuple === winners[0] ? 1 : undefined);
}
