import { expect } from 'chai';
import type { Tuple } from '../../../src/domain/count.ts';
import type { CountState } from '../../../src/domain/count-move.ts';
import { decimal } from '../../support/factories.ts';
import { range } from '../../support/range.ts';
import { unique } from '../../support/unique.ts';
import { each } from '../contract.ts';
import { apply, type Harness, load, loadAll, succeed } from './harness.ts';
import { anOrder, counting, LATER, modelIn, PER_FILE, PER_HOUR, SPEND, SUMMED, TAGS } from './shop.ts';

/** A number as `amount` gives it. */
const digits = (text: string) => decimal(text).canonical;
const aTag = (): Tuple => ({ tag: unique('tag') });

export async function countsARowUnderEachOfItsTuples(harness: Harness) {
  const tags = range(5).map(aTag);
  const source = anOrder(TAGS);
  const held = (sequence: number, ...which: number[]) =>
    counting(TAGS, sequence, ...which.map((n) => [tags[n]!] as const));
  const amounts = () => Promise.all(tags.map((tag) => harness.amount(TAGS, tag)));
  const one = digits('1');

  await succeed(harness, { source, from: undefined, to: held(1, 0, 1, 2) });
  expect(await amounts()).to.deep.equal([one, one, one, undefined, undefined]);
  expect(await load(harness, source)).to.deep.equal(held(1, 0, 1, 2));
  await succeed(harness, { source, from: held(1, 0, 1, 2), to: held(2, 2, 3, 4) });
  expect(await amounts()).to.deep.equal([undefined, undefined, one, one, one]);
  await succeed(harness, { source, from: held(2, 2, 3, 4), to: { ...counting(TAGS, 3), removed: true } });
  expect(await amounts()).to.deep.equal(tags.map(() => undefined));
}

export async function addsUpTheTuplesOfManyRows(harness: Harness) {
  const tags = range(7).map(aTag);
  const moves = range(60).map((n) => ({
    source: anOrder(TAGS),
    from: undefined,
    to: counting(TAGS, 1, ...tags.filter((_, tag) => n % (tag + 1) === 0).map((tag) => [tag] as const)),
  }));
  await succeed(harness, ...moves);
  const howMany = tags.map((_, tag) => range(60).filter((n) => n % (tag + 1) === 0).length);
  for (const [n, tag] of tags.entries())
    expect(await harness.amount(TAGS, tag)).to.equal(digits(`${howMany[n]}`));
  expect(
    await loadAll(
      harness,
      moves.map(({ source }) => source),
    ),
  ).to.deep.equal(moves.map(({ to }) => to));
}

export const addsUpExactly = each(
  [
    ['tenths, of which there are no binary ones', { amounts: ['0.1', '0.2'], sum: '0.3' }],
    [
      'more digits than a double has',
      { amounts: ['9007199254740993', '0.0000000001'], sum: '9007199254740993.0000000001' },
    ],
    [
      '38 digits',
      {
        amounts: ['12345678901234567890123456789012345678', '1'],
        sum: '12345678901234567890123456789012345679',
      },
    ],
    ['negative amounts', { amounts: ['-5.5', '-4.5'], sum: '-10' }],
    ['amounts of both signs', { amounts: ['19.99', '-20.01', '0.03'], sum: '0.01' }],
    ['an amount of nothing', { amounts: ['0'], sum: '0' }],
  ],
  async (harness: Harness, { amounts, sum }) => {
    const tuple = { customer: unique('customer') };
    for (const amount of amounts)
      await succeed(harness, {
        source: anOrder(SPEND, tuple.customer),
        from: undefined,
        to: counting(SPEND, 1, [tuple, amount]),
      });
    expect(await harness.amount(SPEND, tuple)).to.equal(digits(sum));
  },
);

export async function addsUpTheAmountsOfOneCallExactly(harness: Harness) {
  const tuple = { customer: unique('customer') };
  const move = () => ({
    source: anOrder(SPEND, tuple.customer),
    from: undefined,
    to: counting(SPEND, 1, [tuple, '0.1']),
  });
  await succeed(harness, ...range(150).map(move));
  expect(await harness.amount(SPEND, tuple)).to.equal(digits('15'));
}

export async function takesBackTheAmountThatWasCounted(harness: Harness) {
  const tuple = { customer: unique('customer') };
  const [a, b] = [anOrder(SPEND, tuple.customer), anOrder(SPEND, tuple.customer)];
  await succeed(
    harness,
    { source: a, from: undefined, to: counting(SPEND, 1, [tuple, '10.25']) },
    { source: b, from: undefined, to: counting(SPEND, 1, [tuple, '3']) },
  );
  await succeed(harness, {
    source: a,
    from: counting(SPEND, 1, [tuple, '10.25']),
    to: counting(SPEND, 2, [tuple, '4']),
  });
  expect(await harness.amount(SPEND, tuple)).to.equal(digits('7'));
  expect(await load(harness, a)).to.deep.equal(counting(SPEND, 2, [tuple, '4']));
  await succeed(harness, { source: b, from: counting(SPEND, 1, [tuple, '3']), to: counting(SPEND, 2) });
  expect(await harness.amount(SPEND, tuple)).to.equal(digits('4'));
  await succeed(harness, { source: a, from: counting(SPEND, 2, [tuple, '4']), to: counting(SPEND, 3) });
  expect(await harness.amount(SPEND, tuple)).to.equal(undefined);
}

export async function keepsASumOfZeroWhileARowIsCountedAndNoLonger(harness: Harness) {
  const tuple = { customer: unique('customer') };
  const [a, b] = [anOrder(SPEND, tuple.customer), anOrder(SPEND, tuple.customer)];
  await succeed(harness, { source: a, from: undefined, to: counting(SPEND, 1, [tuple, '2.5']) });
  await succeed(harness, { source: b, from: undefined, to: counting(SPEND, 1, [tuple, '-2.5']) });
  expect(await harness.amount(SPEND, tuple)).to.equal('0');
  await succeed(harness, { source: a, from: counting(SPEND, 1, [tuple, '2.5']), to: counting(SPEND, 2) });
  expect(await harness.amount(SPEND, tuple)).to.equal(digits('-2.5'));
  await succeed(harness, {
    source: b,
    from: counting(SPEND, 1, [tuple, '-2.5']),
    to: counting(SPEND, 2, [tuple, '0']),
  });
  expect(await harness.amount(SPEND, tuple)).to.equal('0');
  await succeed(harness, { source: b, from: counting(SPEND, 2, [tuple, '0']), to: counting(SPEND, 3) });
  expect(await harness.amount(SPEND, tuple)).to.equal(undefined);
}

export async function addsUpWhatManyCallersAddAtOnce(harness: Harness) {
  const tuple = { customer: unique('customer') };
  const orders = range(20).map((n) => ({ source: anOrder(SPEND, tuple.customer), amount: `${n}.5` }));
  const walk = async ({ source, amount }: (typeof orders)[number], to: CountState, from?: CountState) => {
    for (let times = 1; times <= 100; times++) {
      const [result] = await apply(harness, { source, from, to });
      if (result === 'done') return;
      expect(result, amount).to.equal('conflict');
    }
    expect.fail('others were in the way a hundred times');
  };
  const first = (amount: string) => counting(SPEND, 1, [tuple, amount]);
  await Promise.all(orders.map((order) => walk(order, first(order.amount))));
  expect(await harness.amount(SPEND, tuple)).to.equal(digits('200'));
  await Promise.all(
    orders.map((order, n) => {
      const to = n % 2 === 0 ? counting(SPEND, 2) : counting(SPEND, 2, [tuple, '-1']);
      return walk(order, to, first(order.amount));
    }),
  );
  expect(await harness.amount(SPEND, tuple)).to.equal(digits('-10'));
}

export async function takesContributionsBackWhereTheyWereBeforeTheDefinitionChanged(harness: Harness) {
  const later = modelIn(LATER, 'tags');
  const [tag, customer] = [aTag(), unique('customer')];
  const [before, next] = [anOrder(TAGS, customer), anOrder(TAGS, customer)];
  const old = counting(TAGS, 1, [tag]);
  await succeed(
    harness,
    { source: before, from: undefined, to: old },
    { source: next, from: undefined, to: old },
  );
  const source = { ...before, model: later };
  const tuple = { customer, ...tag };
  expect(await load(harness, source)).to.deep.equal(old);
  await succeed(harness, { source, from: old, to: counting(later, 2, [tuple]) });
  expect(await harness.amount(TAGS, tag)).to.equal(digits('1'));
  expect(await harness.amount(later, tuple)).to.equal(digits('1'));
  await succeed(harness, { source: { ...next, model: later }, from: old, to: counting(later, 2, [tuple]) });
  expect(await harness.amount(TAGS, tag)).to.equal(undefined);
  expect(await harness.amount(later, tuple)).to.equal(digits('2'));
}

export async function makesASumOfACountWhenTheDefinitionSaysSo(harness: Harness) {
  const summed = modelIn(SUMMED, 'tags');
  const tag = aTag();
  const [a, b, c] = [anOrder(TAGS), anOrder(TAGS), anOrder(TAGS)];
  const old = counting(TAGS, 1, [tag]);
  await succeed(harness, { source: a, from: undefined, to: old }, { source: b, from: undefined, to: old });
  const inSum = (source: typeof a) => ({ ...source, model: summed });
  const of = (sequence: number, ...amounts: string[]) =>
    counting(summed, sequence, ...amounts.map((amount) => [tag, amount] as const));

  await succeed(harness, { source: inSum(c), from: undefined, to: of(1, '0.5') });
  await succeed(harness, { source: inSum(a), from: old, to: of(2, '-1.5') });
  await succeed(harness, { source: inSum(b), from: old, to: of(2, '1') });
  expect(await harness.amount(summed, tag)).to.equal('0');
  await succeed(harness, { source: inSum(a), from: of(2, '-1.5'), to: of(3) });
  await succeed(harness, { source: inSum(b), from: of(2, '1'), to: of(3) });
  expect(await harness.amount(summed, tag)).to.equal(digits('0.5'));
  await succeed(harness, { source: inSum(c), from: of(1, '0.5'), to: of(2) });
  expect(await harness.amount(summed, tag)).to.equal(undefined);
}

export async function keepsTwoDerivationsOfARowApart(harness: Harness) {
  const [customer, tag] = [unique('customer'), aTag()];
  const spent = anOrder(SPEND, customer);
  const tagged = { ...spent, model: TAGS };
  await succeed(
    harness,
    { source: spent, from: undefined, to: counting(SPEND, 1, [{ customer }, '12.5']) },
    { source: tagged, from: undefined, to: counting(TAGS, 2, [tag]) },
  );
  expect(await loadAll(harness, [tagged, spent])).to.deep.equal([
    counting(TAGS, 2, [tag]),
    counting(SPEND, 1, [{ customer }, '12.5']),
  ]);
  expect(await harness.amount(SPEND, { customer })).to.equal(digits('12.5'));
  expect(await harness.amount(TAGS, tag)).to.equal(digits('1'));

  const results = await apply(
    harness,
    { source: spent, from: undefined, to: counting(SPEND, 3) },
    { source: tagged, from: counting(TAGS, 2, [tag]), to: counting(TAGS, 3) },
  );
  expect(results).to.deep.equal(['conflict', 'done']);
  expect(await harness.amount(SPEND, { customer })).to.equal(digits('12.5'));
  expect(await harness.amount(TAGS, tag)).to.equal(undefined);
}

export async function countsUnderTuplesAsHostileAsAnyName(harness: Harness) {
  for (const tag of ['constructor', 'toString', '#count', ':amount', '<tag>', '${tag}', '🛩']) {
    const tuple = { tag: unique(tag) };
    await succeed(harness, {
      source: anOrder(TAGS, tag, unique(tag)),
      from: undefined,
      to: counting(TAGS, 1, [tuple]),
    });
    expect(await harness.amount(TAGS, tuple)).to.equal(digits('1'));
  }
}

export const countsAtANumber = each(
  [
    ['zero', '0'],
    ['below zero', '-7'],
    ['a fraction', '0.5'],
    ['beyond what a double holds', '12345678901234567890'],
  ],
  async (harness: Harness, hour) => {
    const table = await harness.defined(PER_HOUR);
    const per = modelIn(PER_HOUR, 'per_hour');
    const aReading = () => ({
      model: per,
      row: { model: PER_HOUR.model.rows[0]!, parts: ['AQ', unique('1')] },
    });
    const [one, other] = [aReading(), aReading()];
    const [counted, gone] = [counting(per, 1, [{ hour }]), counting(per, 2)];
    await succeed(
      table,
      { source: one, from: undefined, to: counted },
      { source: other, from: undefined, to: counted },
    );
    expect(await table.amount(per, { hour })).to.equal(digits('2'));
    expect(await load(table, one)).to.deep.equal(counted);
    await succeed(table, { source: one, from: counted, to: gone });
    expect(await table.amount(per, { hour })).to.equal(digits('1'));
    await succeed(table, { source: other, from: counted, to: gone });
    expect(await table.amount(per, { hour })).to.equal(undefined);
  },
);

export async function countsAtBytes(harness: Harness) {
  const table = await harness.defined(PER_FILE);
  const per = modelIn(PER_FILE, 'per_file');
  const source = { model: per, row: { model: PER_FILE.model.rows[0]!, parts: ['-08', unique('1')] } };
  const [counted, gone] = [counting(per, 1, [{ name: '-08' }]), counting(per, 2)];
  await succeed(table, { source, from: undefined, to: counted });
  expect(await table.amount(per, { name: '-08' })).to.equal(digits('1'));
  await succeed(table, { source, from: counted, to: gone });
  expect(await table.amount(per, { name: '-08' })).to.equal(undefined);
}
