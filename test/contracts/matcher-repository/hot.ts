import { expect } from 'chai';
import type { CountMove } from '../../../src/domain/count-move.ts';
import type { Tuple } from '../../../src/domain/count.ts';
import { Fault } from '../../../src/domain/fault.ts';
import { decimal, filled } from '../../support/factories.ts';
import { range } from '../../support/range.ts';
import { unique } from '../../support/unique.ts';
import { aLink, apply, aTuple, type Harness, load, loadAll, state, succeed } from './harness.ts';
import { anOrder, counting, SPEND, TAGS } from './shop.ts';

/* More rows of one count than fit a transaction of DynamoDB. */

const ROWS = 130;

const coming = (tuple: Tuple) =>
  range(ROWS).map((): CountMove => ({ source: aLink(), from: undefined, to: state('1', tuple) }));
const then = (moves: readonly CountMove[], to: CountMove['to']) =>
  moves.map((move): CountMove => ({ ...move, from: move.to, to }));

export async function movesThemFromCountToCount(harness: Harness) {
  const [hot, cold] = [aTuple(), aTuple()];
  const moves = coming(hot);
  await succeed(harness, ...moves);
  expect(await harness.count(hot)).to.equal(ROWS);
  expect(
    await loadAll(
      harness,
      moves.map(({ source }) => source),
    ),
  ).to.deep.equal(moves.map(({ to }) => to));
  expect(await harness.matcher.look(moves.map(({ source }) => source))).to.deep.equal(
    moves.map(({ to }) => to),
  );
  await succeed(harness, ...then(moves, state('2', cold)));
  expect([await harness.count(hot), await harness.count(cold)]).to.deep.equal([undefined, ROWS]);
}

export async function movesThemFromStatesThatWereNotRead(harness: Harness) {
  const [hot, cold] = [aTuple(), aTuple()];
  const nothing = { version: undefined, contributions: [] };
  const moves = coming(hot).map((move) => ({ ...move, from: nothing }));
  await succeed(harness, ...moves);
  const assumed = { version: undefined, contributions: state('1', hot).contributions };
  const next = moves.map((move): CountMove => ({ ...move, from: assumed, to: state('2', cold) }));
  const results = await apply(harness, ...next);
  // It may be costly to tell, of states that were written by such a move.
  expect(results.filter((result) => result !== 'done' && result !== 'conflict')).to.deep.equal([]);
  const late = results.flatMap((result, index) => (result === 'done' ? [] : (next[index] ?? [])));
  await succeed(harness, ...late.map((move) => ({ ...move, from: state('1', hot) })));
  expect([await harness.count(hot), await harness.count(cold)]).to.deep.equal([undefined, ROWS]);
}

export async function removesThem(harness: Harness) {
  const hot = aTuple();
  const moves = coming(hot);
  await succeed(harness, ...moves);
  const gone = then(moves, state('2', undefined, true));
  await succeed(harness, ...gone.slice(1));
  expect(await harness.count(hot)).to.equal(1);
  await succeed(harness, ...gone.slice(0, 1));
  expect(await harness.count(hot)).to.equal(undefined);
  await succeed(harness, ...then(gone, state('3', hot)));
  expect(await harness.count(hot)).to.equal(ROWS);
}

export async function leavesOutThoseWhoseStateIsAnother(harness: Harness) {
  const hot = aTuple();
  const moves = coming(hot);
  const [stranger, ...others] = moves;
  await succeed(harness, { ...stranger!, to: filled(7, state('5', hot)) });
  const results = await apply(harness, ...moves);
  expect(results).to.deep.equal(['conflict', ...others.map(() => 'done')]);
  expect(await harness.count(hot)).to.equal(ROWS);
  expect(await load(harness, stranger!.source)).to.deep.equal(filled(7, state('5', hot)));
}

export async function addsUpTheirAmounts(harness: Harness) {
  const tuple = { customer: unique('customer') };
  const orders = range(ROWS).map((n): CountMove => ({
    source: anOrder(SPEND, tuple.customer),
    from: undefined,
    to: counting(SPEND, 1, [tuple, n % 2 === 0 ? '0.1' : '-0.1']),
  }));
  await succeed(harness, ...orders);
  expect(await harness.amount(SPEND, tuple), 'there, though nothing').to.equal(decimal('0').canonical);
  await succeed(harness, ...then(orders, counting(SPEND, 2, [tuple, '-2.5'])));
  expect(await harness.amount(SPEND, tuple)).to.equal(decimal('-325').canonical);
  await succeed(
    harness,
    ...then(orders, counting(SPEND, 2, [tuple, '-2.5'])).map((move) => ({
      ...move,
      from: move.to,
      to: counting(SPEND, 3),
    })),
  );
  expect(await harness.amount(SPEND, tuple), 'no row').to.equal(undefined);
}

export async function countsEachUnderSeveralTuples(harness: Harness) {
  const [all, ...some] = range(4).map(() => ({ tag: unique('tag') }));
  const orders = range(ROWS).map((n): CountMove => ({
    source: anOrder(TAGS),
    from: undefined,
    to: counting(TAGS, 1, [all!], [some[n % 3]!]),
  }));
  await succeed(harness, ...orders);
  expect(await harness.amount(TAGS, all!)).to.equal(decimal(String(ROWS)).canonical);
  await succeed(harness, ...then(orders, counting(TAGS, 2, [all!])));
  expect(await harness.amount(TAGS, all!)).to.equal(decimal(String(ROWS)).canonical);
  for (const tuple of some) expect(await harness.amount(TAGS, tuple)).to.equal(undefined);
}

export async function namesTheRowsOfWhichASumIsNone(harness: Harness) {
  const tuple = { customer: unique('customer') };
  const orders = range(ROWS).map((n): CountMove => ({
    source: anOrder(SPEND, tuple.customer),
    from: undefined,
    to: counting(SPEND, 1, [tuple, n === 64 ? '12345678901234567890123456789012345678' : '0.1']),
  }));
  const results = await apply(harness, ...orders);
  const refused = results.filter((result) => Fault.is(result));
  expect(refused.length, 'rows that do not fit').to.be.above(0);
  for (const fault of refused) expect(fault).to.have.property('kind', 'configuration');
  const done = results.filter((result) => result === 'done').length;
  expect(done + refused.length).to.equal(ROWS);
  const states = await loadAll(
    harness,
    orders.map(({ source }) => source),
  );
  // What was tried and refused is not counted.
  expect(states.filter((one) => (one?.contributions.length ?? 0) > 0)).to.have.length(done);
}
