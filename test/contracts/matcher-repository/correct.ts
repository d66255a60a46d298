import { expect } from 'chai';
import type { CountModel, Tuple } from '../../../src/domain/count.ts';
import type { CountSays } from '../../../src/domain/count-correction.ts';
import { decimal } from '../../support/factories.ts';
import { isRejected } from '../../support/is-rejected.ts';
import { range } from '../../support/range.ts';
import { unique } from '../../support/unique.ts';
import { each } from '../contract.ts';
import { type Harness, load, succeed } from './harness.ts';
import { anOrder, counting, SPEND, TAGS } from './shop.ts';

function says(count: string, rows: number): CountSays {
  return { count: decimal(count), rows };
}

/** Counts orders of one tuple, each with an amount; as the count is then seen. */
async function counted(harness: Harness, model: CountModel, tuple: Tuple, ...amounts: readonly string[]) {
  const moves = amounts.map((amount) => ({
    source: anOrder(model),
    from: undefined,
    to: counting(model, 1, [tuple, amount]),
  }));
  await succeed(harness, ...moves);
  return moves;
}

const aTag = (): Tuple => ({ tag: unique('tag') });
const aCustomer = (): Tuple => ({ customer: unique('customer') });
const canonical = (digits: string) => decimal(digits).canonical;

export async function setsACountThatIsAsItWasSeen(harness: Harness) {
  const tuple = aTag();
  const [move] = await counted(harness, TAGS, tuple, '1', '1');
  const correction = { model: TAGS, tuple, seen: says('2', 2), to: says('5', 5) };
  expect(await harness.matcher.correct([correction])).to.deep.equal(['done']);
  expect(await harness.amount(TAGS, tuple)).to.equal(canonical('5'));
  // What is noted of rows stays, and goes on from there.
  expect(await load(harness, move!.source)).to.deep.equal(move!.to);
  await succeed(harness, { source: move!.source, from: move!.to, to: counting(TAGS, 2) });
  expect(await harness.amount(TAGS, tuple)).to.equal(canonical('4'));
}

export async function setsASumAndTheNumberOfItsRows(harness: Harness) {
  const tuple = aCustomer();
  const moves = await counted(harness, SPEND, tuple, '0.1', '9007199254740993');
  const seen = says('9007199254740993.1', 2);
  const sum = says('-0.3', 1);
  const two = says('-0.3', 2);
  const set = (from: CountSays, to: CountSays) =>
    harness.matcher.correct([{ model: SPEND, tuple, seen: from, to }]);
  expect(await set(seen, sum)).to.deep.equal(['done']);
  expect(await set(two, seen)).to.deep.equal(['conflict']);
  expect(await harness.amount(SPEND, tuple)).to.equal(canonical('-0.3'));
  // With its last row it goes.
  await succeed(harness, { source: moves[0]!.source, from: moves[0]!.to, to: counting(SPEND, 2) });
  expect(await harness.amount(SPEND, tuple)).to.equal(undefined);
}

export async function removesACountThatNoRowHolds(harness: Harness) {
  const tuple = aTag();
  await counted(harness, TAGS, tuple, '1');
  const correction = { model: TAGS, tuple, seen: says('1', 1), to: undefined };
  expect(await harness.matcher.correct([correction])).to.deep.equal(['done']);
  expect(await harness.amount(TAGS, tuple)).to.equal(undefined);
  expect(await harness.matcher.correct([correction])).to.deep.equal(['conflict']);
}

export async function makesACountThatIsMissing(harness: Harness) {
  const [tuple, sum] = [aTag(), aCustomer()];
  const corrections = [
    { model: TAGS, tuple, seen: undefined, to: says('3', 3) },
    { model: SPEND, tuple: sum, seen: undefined, to: says('0.5', 2) },
  ];
  expect(await harness.matcher.correct(corrections)).to.deep.equal(['done', 'done']);
  expect(await harness.matcher.correct(corrections)).to.deep.equal(['conflict', 'conflict']);
  expect(await harness.amount(TAGS, tuple)).to.equal(canonical('3'));
  expect(await harness.amount(SPEND, sum)).to.equal(canonical('0.5'));
  await counted(harness, SPEND, sum, '2');
  expect(await harness.amount(SPEND, sum)).to.equal(canonical('2.5'));
}

export async function makesACountThatWentWithItsLastRow(harness: Harness) {
  const tuple = aTag();
  const [move] = await counted(harness, TAGS, tuple, '1');
  await succeed(harness, { source: move!.source, from: move!.to, to: counting(TAGS, 2) });
  const correction = { model: TAGS, tuple, seen: undefined, to: says('2', 2) };
  expect(await harness.matcher.correct([correction])).to.deep.equal(['done']);
  expect(await harness.amount(TAGS, tuple)).to.equal(canonical('2'));
}

export const doesNothingWhereTheCountIsNotAsItWasSeen = each(
  [
    ['more rows are counted', { seen: says('1', 1), to: says('7', 7) }],
    ['fewer rows are counted', { seen: says('3', 3), to: says('7', 7) }],
    ['there was none', { seen: undefined, to: says('7', 7) }],
    ['it is to go', { seen: says('1', 1), to: undefined }],
  ],
  async (harness: Harness, { seen, to }) => {
    const tuple = aTag();
    await counted(harness, TAGS, tuple, '1', '1');
    expect(await harness.matcher.correct([{ model: TAGS, tuple, seen, to }])).to.deep.equal(['conflict']);
    expect(await harness.amount(TAGS, tuple)).to.equal(canonical('2'));
  },
);

export async function losesNothingThatIsCountedMeanwhile(harness: Harness) {
  const tuple = aTag();
  await counted(harness, TAGS, tuple, '1');
  // One too many, and as many rows at the same time.
  const correct = async () => {
    for (let rows = 1; rows < 60; rows++) {
      const seen = says(String(rows), rows);
      const to = says(String(rows + 1), rows + 1);
      const [result] = await harness.matcher.correct([{ model: TAGS, tuple, seen, to }]);
      if (result === 'done') return 1;
    }
    return 0;
  };
  const [made] = await Promise.all([
    correct(),
    ...range(10).map(async () => {
      const move = { source: anOrder(TAGS), from: undefined, to: counting(TAGS, 1, [tuple]) };
      let [result] = await harness.matcher.apply([move]);
      while (result === 'busy' || result === 'conflict') [result] = await harness.matcher.apply([move]);
      expect(result).to.equal('done');
    }),
  ]);
  expect(await harness.amount(TAGS, tuple)).to.equal(canonical(String(11 + made)));
}

export async function doesNothingOnceAborted(harness: Harness) {
  const tuple = aTag();
  const correction = { model: TAGS, tuple, seen: undefined, to: says('3', 3) };
  expect(await isRejected(harness.matcher.correct([correction], AbortSignal.abort()))).to.equal(true);
  expect(await harness.amount(TAGS, tuple)).to.equal(undefined);
}
