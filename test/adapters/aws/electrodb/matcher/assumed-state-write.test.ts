import { marshall } from '@aws-sdk/util-dynamodb';
import { expect } from 'chai';
import fc from 'fast-check';
import { holds } from '../../../../../bench/model/expression.ts';
import type { Item } from '../../../../../bench/model/item.ts';
import * as stateKeys from '../../../../../src/adapters/aws/electrodb/keys.ts';
import { countStateRowOf } from '../../../../../src/adapters/aws/electrodb/matcher/count-state-row.ts';
import { stateWrite } from '../../../../../src/adapters/aws/electrodb/matcher/move-transaction.ts';
import { type CountState, startsFrom } from '../../../../../src/domain/count-move.ts';
import { fleet } from '../../../../../src/fleet/definition.ts';
import { anOrder, counting, SPEND, TAGS } from '../../../../contracts/matcher-repository/shop.ts';

const TABLES = { table: 'rows', stateTable: 'states', keys: fleet.model.keys, stateKeys };
const NOW = Date.parse('2026-01-05T09:00:00.999Z');
const SOURCE = anOrder(SPEND, '7', '1');

type Contributions = Pick<CountState, 'contributions'>;

/** The write of a state, on condition that it is as assumed. */
function putOf({ contributions }: Contributions, to: CountState) {
  const { Put } = stateWrite(
    TABLES,
    { source: SOURCE, from: { version: undefined, contributions }, to },
    NOW,
  );
  if (Put === undefined) throw new Error('the state is not put');
  return Put;
}

const asStored = (item: object) => marshall(item, { removeUndefinedValues: true }) as unknown as Item;

/** Whether DynamoDB would take it. */
function isTaken(from: Contributions, to: CountState, stored: CountState | undefined): boolean {
  const put = putOf(from, to);
  const { ExpressionAttributeNames, ExpressionAttributeValues = {} } = put;
  return holds(put.ConditionExpression, stored && asStored(countStateRowOf(stored, NOW)), {
    ...(ExpressionAttributeNames && { ExpressionAttributeNames }),
    ExpressionAttributeValues: asStored(ExpressionAttributeValues),
  });
}

const customer = { customer: '7' };
const spent = (sequence: string, ...amounts: readonly string[]) =>
  counting(SPEND, sequence, ...amounts.map((amount) => [customer, amount] as const));

describe('the write of a state that was not read', () => {
  const EARLIER =
    '(#form = :form OR #form = :fillForm) AND (#generation < :generation OR (#generation = :generation AND (#epoch < :epoch OR (#epoch = :epoch AND ';
  const SAME_LENGTH = '(size(#sequence) = :digits AND #sequence < :sequence)';
  const BY_LENGTH = `(size(#sequence) < :digits OR ${SAME_LENGTH})`;

  for (const [what, from, sequence, expected] of [
    ['something', spent('1', '5'), '10', `#counted = :counted AND ${EARLIER}${BY_LENGTH}))))`],
    [
      'nothing',
      spent('1'),
      '10',
      `(attribute_not_exists(#form) AND attribute_not_exists(#sequence)) OR (#counted = :counted AND ${EARLIER}${BY_LENGTH})))))`,
    ],
    [
      'something, of a number with a zero before it',
      spent('1', '5'),
      '010',
      `#counted = :counted AND ${EARLIER}${SAME_LENGTH}))))`,
    ],
  ] as const)
    it(`given ${what} assumed, then its condition is what was counted, by an earlier change`, () => {
      const { ConditionExpression, ExpressionAttributeNames, ExpressionAttributeValues } = putOf(
        from,
        spent(sequence, '7'),
      );
      expect(ConditionExpression).to.equal(expected);
      expect(ExpressionAttributeNames).to.deep.equal(
        Object.fromEntries(
          ['form', 'generation', 'epoch', 'sequence', 'counted'].map((name) => [`#${name}`, name]),
        ),
      );
      expect(ExpressionAttributeValues).to.deep.equal({
        ':form': 2,
        ':fillForm': 3,
        ':generation': 0,
        ':epoch': '2026-01-05T09:00:00.000',
        ':sequence': sequence,
        ':digits': sequence.length,
        ':counted': countStateRowOf(from, NOW).counted,
      });
    });

  it('given any assumption, then the same is written as where the state was read', () => {
    const to = spent('10', '7');
    const { Put: read } = stateWrite(TABLES, { source: SOURCE, from: spent('9', '5'), to }, NOW);
    const { Item, TableName } = putOf(spent('9', '5'), to);
    expect({ Item, TableName }).to.deep.equal({ Item: read?.Item, TableName: read?.TableName });
  });

  const amount = fc.constantFrom('1', '2', '-0.5');
  const tag = fc.constantFrom('a', 'b');
  const held = fc.oneof(
    fc.option(amount, { nil: undefined }).map((one) => spent('1', ...(one === undefined ? [] : [one]))),
    fc
      .uniqueArray(tag, { maxLength: 2 })
      .map((tags) => counting(TAGS, '1', ...tags.map((one) => [{ tag: one }] as const))),
  );
  const generation = fc.constantFrom(0, 1, 9, 10);
  const epoch = fc.constantFrom('', '2026-01-05T09:00:00.000', '2026-01-05T09:00:00.001');
  const fill = fc.option(fc.constantFrom(1, 9, 10), { nil: undefined });
  const number = fc.oneof(fc.nat(120).map(BigInt), fc.bigInt({ min: 0n, max: 10n ** 40n }));
  const digits = number.map(String);
  const zeros = fc.tuple(fc.constantFrom('', '0', '00'), digits).map(([before, rest]) => before + rest);
  const stateWith = (sequence: fc.Arbitrary<string>) =>
    fc
      .record({ held, generation, epoch, sequence, fill, removed: fc.boolean() })
      .map(({ held: { contributions }, removed, fill: after, ...change }): CountState => {
        const version = after === undefined ? change : { ...change, fill: after };
        return { version, contributions, removed };
      });
  /** An assumption, a state to write, and one that is stored: often that of a change close by, and as assumed. */
  const momentWith = (sequence: fc.Arbitrary<string>) =>
    fc
      .tuple(held, stateWith(sequence), fc.option(stateWith(sequence), { nil: undefined }), fc.nat(3))
      .map(([from, to, stored, alike]) => {
        if (stored === undefined || alike === 0) return [from, to, stored] as const;
        const { fill: after, sequence } = stored.version;
        const { generation, epoch, sequence: same } = to.version;
        const change = { generation, epoch, sequence: same };
        const filled = after === undefined ? change : { ...change, fill: after };
        const version = [stored.version, filled, { ...to.version, sequence }][alike - 1] ?? to.version;
        return [from, to, { ...stored, version, contributions: from.contributions }] as const;
      });
  const mayStart = (from: Contributions, to: CountState, stored: CountState | undefined) =>
    startsFrom({ from: { version: undefined, contributions: from.contributions }, to }, stored);

  it('given any stored state, then DynamoDB takes it exactly where the move starts from it', () => {
    fc.assert(
      fc.property(momentWith(digits), ([from, to, stored]) => {
        fc.pre(!isInAnotherOrder(from, stored));
        expect(isTaken(from, to, stored)).to.equal(mayStart(from, to, stored));
      }),
      { numRuns: 2_000 },
    );
  });

  it('given sequence numbers with zeros, then DynamoDB never takes it where the move does not start', () => {
    fc.assert(
      fc.property(momentWith(zeros), ([from, to, stored]) => {
        if (isTaken(from, to, stored)) expect(mayStart(from, to, stored)).to.equal(true);
      }),
      { numRuns: 2_000 },
    );
  });

  it('given a state of an earlier version of Contrail, or of a later one, then it is not taken', () => {
    const row = countStateRowOf(spent('9', '5'), NOW);
    const put = putOf(spent('9', '5'), spent('10', '7'));
    const placeholders = {
      ExpressionAttributeNames: put.ExpressionAttributeNames!,
      ExpressionAttributeValues: asStored(put.ExpressionAttributeValues!),
    };
    const isTakenOf = (parts: object) =>
      holds(put.ConditionExpression, asStored({ ...row, ...parts }), placeholders);
    expect(isTakenOf({})).to.equal(true);
    for (const parts of [{ form: 4 }, { form: undefined }, { generation: undefined }, { counted: undefined }])
      expect(isTakenOf(parts), JSON.stringify(Object.keys(parts))).to.equal(false);
  });
});

/** DynamoDB compares lists in their order, which a move does not ask for. */
function isInAnotherOrder(from: Contributions, stored: CountState | undefined): boolean {
  const [a, b] = [from, stored].map((state) => state?.contributions.map(({ at }) => at.partition) ?? []);
  return a!.join() !== b!.join() && a!.toSorted().join() === b!.toSorted().join();
}
