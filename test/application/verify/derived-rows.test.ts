import { expect } from 'chai';
import { recount } from '../../../src/application/verify/recount.ts';
import { subsystemOf, verify } from '../../../src/application/verify/verify.ts';
import type { DerivedRowFound } from '../../../src/application/ports/derived-state.ts';
import { defineTable, type TableDefinition } from '../../../src/domain/definition/define-table.ts';
import { row } from '../../../src/domain/definition/row.ts';
import { rows, type RowsSpec } from '../../../src/domain/definition/rows.ts';
import type { Value } from '../../../src/domain/value.ts';
import { attributes, decimal } from '../../support/factories.ts';
import { range } from '../../support/range.ts';
import { eachOf, FixedState } from './fixed-state.ts';

const KEY = { PK: 'SHOP#<shop>', SK: 'BASKET#<basket>' } as const;
const basket = row(KEY).with<{ readonly note: string }>();

type Spec = RowsSpec<typeof KEY, { readonly note: string }>;

const copy: Spec['of'] = ({ key, attributes: { note } }) => ({
  key: { PK: 'COPIES', SK: key.basket },
  attributes: { note },
});

function tableOf(spec: Spec): TableDefinition {
  return defineTable({
    keys: { partition: 'PK', sort: 'SK' },
    rows: { basket },
    derive: { copies: rows(basket, spec) },
  });
}

const basketRow = (id: string, note: Value = 'n') => attributes({ PK: 'SHOP#s', SK: `BASKET#${id}`, note });

/** A row as it is found: the copy of a basket's, unless told otherwise. */
function found(
  { model }: TableDefinition,
  id: string,
  { note = 'n', of = id, table }: { note?: string; of?: string; table?: string } = {},
): DerivedRowFound {
  return {
    model: model.derivedRows[0]!,
    row: { table, key: { SK: id, PK: 'COPIES' }, attributes: { note } },
    source: `copies 6#SHOP#sBASKET#${of}`,
  };
}

const name = (id: string) => `{"PK":"COPIES","SK":"${id}"}`;

type RowsFound = (definition: TableDefinition) => readonly DerivedRowFound[];

async function verified(spec: Spec, ids: readonly string[], rowsOf: RowsFound) {
  const definition = tableOf(spec);
  const state = new FixedState({ rows: ids.map((id) => basketRow(id)), derivedRows: rowsOf(definition) });
  return { definition, ...(await verify(state, definition)) };
}

async function driftIn(spec: Spec, ids: readonly string[], rowsOf: RowsFound) {
  const { definition, checked, drift } = await verified(spec, ids, rowsOf);
  for (const each of drift) {
    expect(each.derivation).to.equal('copies');
    expect(subsystemOf(each, definition)).to.equal('derivedRows');
  }
  return [checked.derivedRows, ...drift.map(({ problem, what }) => `${problem} ${what}`)];
}

describe('verify of derived rows', () => {
  it('given all as it must be, then nothing drifts', async () => {
    const rowsOf = (definition: TableDefinition) => ['1', '2'].map((id) => found(definition, id));
    expect(await driftIn({ of: copy }, ['1', '2'], rowsOf)).to.deep.equal([2]);
  });

  it('given rows that are missing, too many or other than given, then each is named', async () => {
    expect(
      await driftIn({ of: copy }, ['1', '2', '3'], (definition) => [
        found(definition, '2', { note: 'x' }),
        found(definition, '3', { of: '4' }),
        found(definition, '4'),
        found(definition, '1', { table: 'other' }),
      ]),
    ).to.deep.equal([
      5,
      `wrong ${name('2')}`,
      `wrong ${name('3')}`,
      `extra ${name('4')}`,
      `extra other ${name('1')}`,
      `missing ${name('1')}`,
    ]);
  });

  for (const [what, spec] of [
    ['stay', { of: copy, keep: true }],
    ['are not derived anew after removals', { of: copy, on: ['INSERT', 'MODIFY'] }],
  ] as const)
    it(`given rows that ${what}, then more than is given may be there, and what is given must`, async () => {
      expect(
        await driftIn(spec, ['1', '2'], (definition) => [
          found(definition, '2', { note: 'x' }),
          found(definition, '3'),
        ]),
      ).to.deep.equal([2, `wrong ${name('2')}`, `missing ${name('1')}`]);
    });

  for (const on of [['INSERT'], ['MODIFY'], ['REMOVE'], ['INSERT', 'REMOVE']] as const)
    it(`given rows that are derived on ${on.join(' and ')} only, then they are what was, and not compared`, async () => {
      const rowsOf = (definition: TableDefinition) => [
        found(definition, '1', { note: 'x' }),
        found(definition, '3'),
      ];
      expect(await driftIn({ of: copy, on }, ['1', '2'], rowsOf)).to.deep.equal([0]);
    });

  it('given a function that asks for the change, then those rows are not compared, and others are', async () => {
    const of: Spec['of'] = (given) =>
      given.key.basket === '1'
        ? { key: { PK: 'COPIES', SK: '1' }, attributes: { at: given.change.at } }
        : copy(given);
    const rowsOf = (definition: TableDefinition) => [found(definition, '1'), found(definition, '3')];
    expect(await driftIn({ of }, ['1', '2'], rowsOf)).to.deep.equal([
      2,
      `extra ${name('3')}`,
      `missing ${name('2')}`,
    ]);
  });

  it('given a function that throws for what the change is, then those rows are not compared', async () => {
    const of: Spec['of'] = ({ change: { operation } }) => {
      throw new Error(operation);
    };
    expect(await driftIn({ of }, ['1'], (definition) => [found(definition, '1')])).to.deep.equal([0]);
  });

  for (const [what, spec, ids, why] of [
    ['that stay, and that nobody gives now', { of: copy, keep: true }, ['1'], /no row gives it now/],
    [
      'that are not derived after changes',
      { of: copy, on: ['INSERT'] },
      ['1', '2'],
      /not derived after each/,
    ],
    [
      'of a function that asks for the change',
      { of: ({ change }) => (change.operation === 'INSERT' ? [] : []) },
      ['1', '2'],
      /asks for the change/,
    ],
  ] satisfies [string, Spec, string[], RegExp][])
    it(`given rows ${what}, then it is said how many are not compared, and why`, async () => {
      const { uncompared, checked } = await verified(spec, ids, (definition) =>
        ['1', '2'].map((id) => found(definition, id)),
      );
      expect(uncompared.map(({ derivation, items }) => [derivation, items])).to.deep.equal([
        ['copies', 2 - checked.derivedRows],
      ]);
      expect(uncompared[0]!.why).to.match(why);
      expect((await verified({ of: copy }, ['1'], (one) => [found(one, '1')])).uncompared).to.deep.equal([]);
    });

  const refused: readonly [why: string, of: Spec['of']][] = [
    ['the function throws', () => expect.fail('no')],
    ['a key has no text', () => ({ key: { PK: 'COPIES', SK: '' } })],
    ['two rows have one key', (given) => [copy(given), copy(given)].flat() as never],
    ['there are too many', () => range(41).map((n) => ({ key: { PK: 'COPIES', SK: `${n}` } }))],
    ['a row is of its own kind', () => ({ key: { PK: 'SHOP#s', SK: 'BASKET#9' } })],
    ['no table can hold it', () => ({ key: { PK: 'COPIES', SK: '1' }, attributes: { a: Number.NaN } })],
  ];
  for (const [why, of] of refused)
    it(`given a row that the worker refuses because ${why}, then nothing is expected of it`, async () => {
      const { derivedRows } = await recount(eachOf([basketRow('1')]), tableOf({ of }));
      expect([...derivedRows.get('copies')!.rows.keys()]).to.deep.equal([]);
    });

  it('given numbers, then they are compared as numbers', async () => {
    const definition = tableOf({ of: () => ({ key: { PK: 'COPIES', SK: '1' }, attributes: { n: 1.5 } }) });
    const one = found(definition, '1');
    const row = { ...one.row, attributes: { n: decimal('1.50') } };
    const state = new FixedState({ rows: [basketRow('1')], derivedRows: [{ ...one, row }] });
    expect((await verify(state, definition)).drift).to.deep.equal([]);
  });
});
