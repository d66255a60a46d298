import { expect } from 'chai';
import type { Result } from '../../../src/application/result.ts';
import type { Tuple } from '../../../src/domain/count.ts';
import { Fault, type FaultKind } from '../../../src/domain/fault.ts';
import { describeRow } from '../../../src/domain/row-view.ts';
import { decimal } from '../../support/factories.ts';
import { range } from '../../support/range.ts';
import { unique } from '../../support/unique.ts';
import { each } from '../contract.ts';
import { apply, type Harness, load, succeed } from './harness.ts';
import { anOrder, counting, SPEND, TAGS } from './shop.ts';

/* What DynamoDB takes, and what it never takes. */

const aTag = (text = ''): Tuple => ({ tag: unique(text) });

function expectRefused(result: Result | undefined, kind: FaultKind, words: string) {
  if (!Fault.is(result)) expect.fail(`the move is ${result}`);
  expect(result.message).to.contain(words);
  expect(result.kind).to.equal(kind);
}

const held = (sequence: number, tags: readonly Tuple[]) =>
  counting(TAGS, sequence, ...tags.map((tag) => [tag] as const));

export async function moves99CountsAtOnceAndNoMore(harness: Harness) {
  const [most, more, neighbour] = [range(99).map(() => aTag()), range(100).map(() => aTag()), aTag()];
  const [source, other] = [anOrder(TAGS), anOrder(TAGS)];
  const results = await apply(
    harness,
    { source, from: undefined, to: held(1, most) },
    { source: other, from: undefined, to: held(1, more) },
    { source: anOrder(TAGS), from: undefined, to: held(1, [neighbour]) },
  );
  expect([results[0], results[2]]).to.deep.equal(['done', 'done']);
  expectRefused(
    results[1],
    'permanent',
    `the derivation tags changes 100 counts at once for ${describeRow(other.row)}, and`,
  );
  expect(await harness.amount(TAGS, most[98]!)).to.equal(decimal('1').canonical);
  expect(await harness.amount(TAGS, more[0]!)).to.equal(undefined);
  expect(await load(harness, other)).to.equal(undefined);
  // 50 go and 50 come; those that stay do not count.
  const next = [...most.slice(50), ...more.slice(0, 50)];
  expectRefused(
    (await apply(harness, { source, from: held(1, most), to: held(2, next) }))[0],
    'permanent',
    `the derivation tags changes 100 counts at once for ${describeRow(source.row)}, and`,
  );
  await succeed(harness, { source, from: held(1, most), to: held(2, next.slice(0, 98)) });
}

export async function refusesAStateLargerThanAnyRow(harness: Harness) {
  const source = anOrder(TAGS);
  const tags = range(198).map(() => aTag('x'.repeat(1_900)));
  await succeed(harness, { source, from: undefined, to: held(1, tags.slice(0, 99)) });
  const [result] = await apply(harness, { source, from: held(1, tags.slice(0, 99)), to: held(2, tags) });
  expectRefused(
    result,
    'permanent',
    `the state of ${describeRow(source.row)} in the derivation tags cannot be`,
  );
  expectRefused(result, 'permanent', 'bytes, and DynamoDB accepts 409600');
  expect(await load(harness, source)).to.deep.equal(held(1, tags.slice(0, 99)));
}

export async function refusesAKeyLongerThanDynamoDbTakes(harness: Harness) {
  const long = anOrder(TAGS);
  const [most, more] = [2_044, 2_045].map((bytes) => ({ tag: unique('').padEnd(bytes, 'x') }));
  const results = await apply(
    harness,
    { source: anOrder(TAGS), from: undefined, to: held(1, [most!]) },
    { source: long, from: undefined, to: held(1, [more!]) },
  );
  expect(results[0]).to.equal('done');
  expectRefused(results[1], 'permanent', 'is 2049 bytes, and DynamoDB accepts 2048');
  expectRefused(
    results[1],
    'permanent',
    `the row in which the derivation tags counts ${describeRow(long.row)} cannot be stored: its partition key, `,
  );
  expect(await harness.amount(TAGS, most!)).to.equal(decimal('1').canonical);
}

/** What a sum is, and what does not go with it. */
const SUMS: Readonly<Record<string, readonly [first: string, second: string]>> = {
  'has more than 38 digits': ['12345678901234567890123456789012345678', '0.1'],
  'is too large': ['9e125', '9e125'],
  'is too far below zero': ['-9e125', '-9e125'],
};

export const refusesAnAmountOfWhichTheSum = each(
  Object.entries(SUMS),
  async (harness: Harness, [first, second]) => {
    const tuple = { customer: unique('customer') };
    const order = () => anOrder(SPEND, tuple.customer);
    const [refused, fitting] = [order(), order()];
    await succeed(harness, { source: order(), from: undefined, to: counting(SPEND, 1, [tuple, first]) });
    const [one, other] = await apply(
      harness,
      { source: refused, from: undefined, to: counting(SPEND, 1, [tuple, second]) },
      { source: fitting, from: undefined, to: counting(SPEND, 1, [tuple, '0']) },
    );
    // Of other rows, too: without them, it would fit.
    expectRefused(
      one,
      'configuration',
      `the derivation spend cannot make the change of ${describeRow(refused.row)}: the sum of ["${tuple.customer}"] would ` +
        'have more than the 38 digits',
    );
    expect(other).to.equal('done');
    expect(await harness.amount(SPEND, tuple)).to.equal(decimal(first).canonical);
    expect(await load(harness, refused)).to.equal(undefined);
  },
);

export const refusesAChangeOfASumThatIsNoNumberOfDynamoDb = each(
  Object.entries({ 'by its digits': ['1e30', '1e-30'], 'by its range': ['-9e125', '9e125'] }),
  async (harness: Harness, [first, second]) => {
    const [source, tuple] = [anOrder(SPEND), { customer: unique('customer') }];
    const before = counting(SPEND, 1, [tuple, first!]);
    await succeed(harness, { source, from: undefined, to: before });
    const [result] = await apply(harness, {
      source,
      from: before,
      to: counting(SPEND, 2, [tuple, second!]),
    });
    expectRefused(
      result,
      'permanent',
      `the derivation spend changes the sum of ["${tuple.customer}"] for ${describeRow(source.row)} by `,
    );
    expectRefused(result, 'permanent', ', which is no number that DynamoDB holds');
    expect(await load(harness, source)).to.deep.equal(before);
  },
);
