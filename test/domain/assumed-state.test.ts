import { expect } from 'chai';
import fc from 'fast-check';
import type { Side } from '../../src/domain/change.ts';
import { contributionOf, type CountModel, heldBy } from '../../src/domain/count.ts';
import {
  assumedState,
  type CountMove,
  type CountState,
  decideCountMove,
  netDeltas,
  startsFrom,
} from '../../src/domain/count-move.ts';
import { itemKey } from '../../src/domain/row.ts';
import {
  anOrder,
  counting,
  LATER,
  modelIn,
  SPEND,
  SUMMED,
  TAGS,
} from '../contracts/matcher-repository/shop.ts';
import { attributes, change, type ChangeParts, decimal } from '../support/factories.ts';

const ORDER = anOrder(SPEND, '7', '1').row;
const assumedOf = (parts: ChangeParts, model = SPEND) =>
  assumedState(model, change({ row: ORDER, ...parts }));
const spending = (total: string) => attributes({ total: decimal(total) });

describe('assumedState', () => {
  it('given an insertion, then nothing is counted', () => {
    expect(assumedOf({ after: spending('5') })).to.deep.equal({ version: undefined, contributions: [] });
  });

  for (const [what, after] of [
    ['a change', spending('6')],
    ['a removal', 'absent'],
  ] as const)
    it(`given ${what}, then what its old image held is counted, and of no known version`, () => {
      expect(assumedOf({ before: spending('5'), after })).to.deep.equal({
        version: undefined,
        contributions: counting(SPEND, 1, [{ customer: '7' }, '5']).contributions,
      });
    });

  it('given an old image that held nothing, then nothing is counted', () => {
    expect(assumedOf({ before: attributes(), after: spending('5') })?.contributions).to.deep.equal([]);
  });

  it('given an old image with several tuples, then all are counted', () => {
    const before = attributes({ tags: ['a', 'b'] });
    expect(assumedOf({ before, after: attributes({ tags: [] }) }, TAGS)?.contributions).to.deep.equal(
      counting(TAGS, 1, [{ tag: 'a' }], [{ tag: 'b' }]).contributions,
    );
  });

  for (const [what, before] of [
    ['a withheld old image', 'withheld'],
    ['no old image', 'absent'],
    ['an old image that could not be counted', attributes({ total: 'much' })],
  ] as const)
    it(`given a change with ${what}, then nothing is assumed`, () => {
      expect(assumedOf({ operation: 'MODIFY', before, after: spending('5') })).to.equal(undefined);
    });
});

describe('startsFrom', () => {
  const counted = (sequence: string, ...amounts: readonly string[]) =>
    counting(SPEND, sequence, ...amounts.map((amount, n) => [{ customer: `${n}` }, amount] as const));
  const assuming = (...amounts: readonly string[]) => ({
    version: undefined,
    contributions: counted('1', ...amounts).contributions,
  });
  const removed = (sequence: string): CountState => ({ ...counted(sequence), removed: true });
  const to = counted('10', '7');

  const cases: readonly (readonly [
    title: string,
    from: CountMove['from'],
    stored: CountState | undefined,
    expected: boolean,
  ])[] = [
    ['the state that was read', counted('9', '5'), counted('9', '5'), true],
    ['another than was read', counted('8', '5'), counted('9', '5'), false],
    ['a state where none was read', undefined, counted('9'), false],
    ['none, as was read', undefined, undefined, true],
    ['none where one was read', counted('9'), undefined, false],
    ['none, and nothing assumed', assuming(), undefined, true],
    ['none, and something assumed', assuming('5'), undefined, false],
    ['an earlier state as assumed', assuming('5'), counted('9', '5'), true],
    ['an earlier state of another amount', assuming('5'), counted('9', '6'), false],
    ['an earlier state of fewer tuples', assuming('5', '5'), counted('9', '5'), false],
    ['an earlier state, and nothing assumed', assuming(), counted('9', '5'), false],
    ['an earlier removal, and nothing assumed', assuming(), removed('9'), true],
    ['an earlier removal, and something assumed', assuming('5'), removed('9'), false],
    ['a later removal', assuming(), removed('11'), false],
    ['a later state as assumed', assuming('5'), counted('11', '5'), false],
    ['the state of this very change', assuming('7'), counted('10', '7'), false],
    ['the state of this very change, otherwise written', assuming('7'), counted('0010', '7'), false],
    ['the same amount in other digits', assuming('5'), counted('9', '5.0'), true],
  ];
  for (const [title, from, stored, expected] of cases)
    it(`given ${title}, then a move ${expected ? 'may' : 'may not'} start from it`, () => {
      expect(startsFrom({ from, to }, stored)).to.equal(expected);
    });

  it('given tuples in another order, then a move may start from them', () => {
    const { contributions } = counted('9', '5', '6');
    const from = { version: undefined, contributions: contributions.toReversed() };
    expect(startsFrom({ from, to }, counted('9', '5', '6'))).to.equal(true);
  });

  const summed = modelIn(SUMMED, 'tags');
  const anywhere = fc.constantFrom(summed, modelIn(LATER, 'tags'));
  const image = fc
    .record({
      tags: fc.uniqueArray(fc.constantFrom('a', 'b'), { maxLength: 2 }),
      total: fc.constantFrom('1', '1.0', '0', '-1'),
    })
    .map(({ tags, total }) => attributes({ tags, total: decimal(total) }));
  const place = fc.record({
    generation: fc.nat(1),
    epoch: fc.constantFrom('', '2026-01-05T09:00:00.000'),
    sequence: fc.constantFrom('9', '09', '10', '010', '100'),
  });
  const row = anOrder(summed, '7', '1').row;
  const contributionsOf = (model: CountModel, side: Side) =>
    typeof side === 'string' ? [] : heldBy(model, row, side).map((held) => contributionOf(model, held));
  /** What the move does to each count, in no order. */
  const deltasOf = (move: CountMove | undefined) =>
    move &&
    netDeltas([move])
      .map(({ at, tuple, amount, rows }) => JSON.stringify([itemKey(at), tuple, amount.canonical, rows]))
      .toSorted();

  it('given any state and change, then it may exactly where deciding on the state gives the same move', () => {
    const side = fc.option(image, { nil: 'absent' as const });
    const stored = fc.option(
      fc
        .record({ version: place, model: anywhere, side, removed: fc.boolean() })
        .map(({ model, side: held, ...state }): CountState => {
          return { ...state, contributions: contributionsOf(model, held) };
        }),
      { nil: undefined },
    );
    fc.assert(
      fc.property(stored, side, side, place, (state, before, after, at) => {
        const made = { ...change({ row, before, after }), version: at };
        const from = assumedState(summed, made);
        if (from === undefined) return;
        const source = { model: summed, row };
        const next = {
          version: at,
          contributions: contributionsOf(summed, after),
          removed: after === 'absent',
        };
        const assumed = decideCountMove(source, from, next)!;
        const decided = decideCountMove(source, state, next);
        const isSame =
          decided !== undefined && JSON.stringify(deltasOf(decided)) === JSON.stringify(deltasOf(assumed));
        expect(assumed.to).to.equal(next);
        expect(startsFrom(assumed, state)).to.equal(isSame);
      }),
      { numRuns: 2_000 },
    );
  });
});
