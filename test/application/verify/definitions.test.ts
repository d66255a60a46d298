import { expect } from 'chai';
import { recount } from '../../../src/application/verify/recount.ts';
import { verify } from '../../../src/application/verify/verify.ts';
import { contributionFault } from '../../../src/domain/count-limits.ts';
import { contributionOf, heldBy } from '../../../src/domain/count.ts';
import { counts } from '../../../src/domain/definition/counts.ts';
import { defineTable, type TableDefinition } from '../../../src/domain/definition/define-table.ts';
import { documents } from '../../../src/domain/definition/documents.ts';
import { pointer } from '../../../src/domain/definition/pointer.ts';
import { row } from '../../../src/domain/definition/row.ts';
import type { StandardSchema } from '../../../src/domain/definition/standard-schema.ts';
import type { PointerFound } from '../../../src/application/ports/derived-state.ts';
import { type Value, ValueSet } from '../../../src/domain/value.ts';
import { attributes, decimal } from '../../support/factories.ts';
import { shop, things } from '../../support/shop.ts';
import { eachOf, FixedState } from './fixed-state.ts';

type PlainRow = Readonly<Record<string, Value>>;

/** What must be derived, in short. */
async function expected(definition: TableDefinition, ...rows: readonly PlainRow[]) {
  const found = await recount(eachOf(rows.map(attributes)), definition);
  return {
    documents: [...found.documents.values()].flatMap((byId) => [...byId.values()]),
    counts: Object.fromEntries(
      [...found.counts].flatMap(([name, { sums }]) =>
        [...sums].map(([tuple, sum]) => [`${name} ${tuple}`, sum.text]),
      ),
    ),
    pointers: Object.fromEntries(
      [...found.pointers].map(([name, { entities }]) => [
        name,
        Object.fromEntries([...entities].map(([partition, of]) => [partition, [...of.keys()]])),
      ]),
    ),
  };
}

function order(id: string, fields: PlainRow = {}): PlainRow {
  return { PK: 'CUSTOMER#ann', SK: `ORDER#${id}`, status: 'paid', ...fields };
}

describe('the recount of any definition', () => {
  it('given rows of a shop, then it is what the definition says of them', async () => {
    const found = await expected(
      shop,
      order('1', { total: decimal('12.50'), weight: decimal('3'), tags: new ValueSet(['a', 'b']) }),
      order('2', { total: decimal('-2.5'), status: 'draft', tags: new ValueSet(['b']) }),
      order('3'),
      { PK: 'CUSTOMER#ann', SK: 'PROFILE', name: 'Ann' },
      { PK: 'CUSTOMER#ann', SK: 'SPEND', count: decimal('7') },
      { PK: 'CUSTOMER#ann', SK: 'ORDER#' },
    );
    expect(found.documents).to.deep.equal([
      {
        derivation: 'orders',
        collection: 'orders',
        id: 'ann:1',
        fields: { id: 'ann:1', status: 'paid', total: decimal('12.50') },
      },
      { derivation: 'orders', collection: 'orders', id: 'ann:3', fields: { id: 'ann:3', status: 'paid' } },
      {
        derivation: 'customers',
        collection: 'customers',
        id: 'ann',
        fields: { id: 'ann', customer: 'ann', upper: 'ANN' },
      },
    ]);
    expect(found.counts).to.deep.equal({
      'spend ["ann"]': '10',
      'weights ["paid","ann"]': '1.5',
      'tags ["a"]': '1',
      'tags ["b"]': '2',
    });
    const orders = { 'CUSTOMER#ann': ['ORDER#1', 'ORDER#2', 'ORDER#3'] };
    expect(found.pointers).to.deep.equal({ latest: orders, first: orders });
  });

  it('given a table without a sort key, and exact numbers, then every digit counts', async () => {
    const { counts } = await expected(
      things,
      { id: 'a', price: decimal('12345678901234567890123456789012345.678') },
      { id: 'b', price: decimal('-0.001') },
      { id: 'no#thing', price: decimal('1') },
    );
    expect(counts).to.deep.equal({ 'worth []': '12345678901234567890123456789012345.677' });
  });

  describe('given a row that the worker must refuse to count, then its documents are expected, and no counts', () => {
    const kind = row({ PK: 'A#<a>', SK: 'B#<b>' });
    const table = (by: () => unknown, amount: () => unknown) =>
      defineTable({
        keys: { partition: 'PK', sort: 'SK' },
        rows: { kind },
        derive: {
          all: documents(kind, { collection: 'all', fields: [] }),
          cnt: counts(kind, {
            by: by as () => { readonly x: string; readonly y: string },
            amount: amount as () => number,
            at: { PK: 'CNT', SK: '<x>#<y>' },
          }),
        },
      });
    const source = { PK: 'A#1', SK: 'B#1' };
    const found = async (by: () => unknown) => {
      const definition = table(by, () => 1);
      const { model } = definition;
      const own = { model: model.rows[0]!, parts: ['1', '1'] };
      const [counted] = model.counts;
      const contributions = heldBy(counted!, own, attributes(source)).map((held) =>
        contributionOf(counted!, held),
      );
      const refused = contributions.some((one) => contributionFault({ model: counted!, row: own }, one));
      const { documents: all, counts: sums } = await expected(definition, source);
      return { refused, documents: all.length, counts: Object.keys(sums) };
    };
    const nothing = { refused: true, documents: 1, counts: [] };

    for (const [why, tuple] of [
      ['a part of its tuple is no well-formed Unicode', { x: '\ud800', y: 'b' }],
      ['its key could be read from the first separator', { x: 'a#b', y: 'c' }],
      ['its key could be read from the last separator', { x: 'a', y: 'b#c' }],
      ['its key is too long', { x: 'é'.repeat(512), y: 'b' }],
    ] as const)
      it(`because ${why}`, async () => {
        expect(await found(() => tuple)).to.deep.equal(nothing);
        expect(await found(() => [{ x: 'a', y: 'b' }, tuple]), 'beside another').to.deep.equal(nothing);
      });

    it('and one that it takes, then it is counted', async () => {
      const long = { x: 'é'.repeat(511), y: 'b' };
      expect(await found(() => [{ x: 'a', y: '🛩' }, long])).to.deep.equal({
        refused: false,
        documents: 1,
        counts: ['cnt ["a","🛩"]', `cnt ${JSON.stringify([long.x, 'b'])}`],
      });
    });

    it('and one whose amount is a decimal of another copy of the package, then that is what it adds', async () => {
      const amount = { [Symbol.for('contrail.Decimal')]: true, text: '2.50' };
      const definition = table(
        () => ({ x: 'a', y: 'b' }),
        () => amount,
      );
      expect((await expected(definition, source)).counts).to.deep.equal({ 'cnt ["a","b"]': '2.50' });
    });

    for (const amount of [10n ** 126n, 10n ** 40n + 1n, '1e126', -(10n ** 130n), Infinity, '1e-131'])
      it(`because its amount is ${String(amount).slice(0, 8)}…, then nothing is expected at all`, async () => {
        const { documents: all, counts: sums } = await expected(
          table(
            () => ({ x: 'a', y: 'b' }),
            () => amount,
          ),
          source,
        );
        expect([all, sums]).to.deep.equal([[], {}]);
      });
  });

  describe('given a row that the worker must refuse, then nothing is expected of it but that a pointer may point to it', () => {
    const schema: StandardSchema<{ readonly total: number }> = {
      '~standard': {
        version: 1,
        vendor: 'test',
        validate: (value) =>
          typeof (value as { readonly total?: unknown }).total === 'number'
            ? { value: { total: 2 * (value as { readonly total: number }).total } }
            : { issues: [{ message: 'no total' }] },
      },
    };
    const kind = row({ PK: 'A#<a>', SK: 'B#<b>' }, { schema });
    const table = (by: (row: { attributes: { total: number } }) => unknown) =>
      defineTable({
        keys: { partition: 'PK', sort: 'SK' },
        rows: { kind },
        derive: {
          all: documents(kind, {
            collection: 'all',
            fields: ({ attributes }) => ({ twice: attributes.total }),
          }),
          sums: counts(kind, {
            by: by as () => { readonly of: string },
            amount: ({ attributes }) => attributes.total,
            at: { PK: 'SUM#<of>', SK: 'SUM' },
          }),
          last: pointer(kind, { at: { SK: 'LAST' }, choose: 'newest', repeat: [] }),
        },
      });
    const good = { PK: 'A#1', SK: 'B#1', total: decimal('2') };
    const pointers = { last: { 'A#1': ['B#1'] } };

    it('and one that it takes, then what its schema makes of it is what functions are given', async () => {
      expect(
        await expected(
          table(() => ({ of: 'x' })),
          good,
        ),
      ).to.deep.equal({
        documents: [
          { derivation: 'all', collection: 'all', id: '1:1', fields: { id: '1:1', twice: decimal('4') } },
        ],
        counts: { 'sums ["x"]': '4' },
        pointers,
      });
    });

    const refused: [string, (row: { attributes: { total: number } }) => unknown, PlainRow][] = [
      ['it does not fit its schema', () => ({ of: 'x' }), { ...good, total: 'none' }],
      ['a number is not exact', () => ({ of: 'x' }), { ...good, big: decimal('12345678901234567890') }],
      [
        'a function throws',
        () => {
          throw new Error('no');
        },
        good,
      ],
      ['a function changes it', ({ attributes }) => ({ of: String((attributes.total = 1)) }), good],
      ['a tuple lacks a part', () => ({}), good],
      ['a part is empty', () => ({ of: '' }), good],
      ['a part is no string', () => ({ of: 7 }), good],
      ['one of several is none', () => [{ of: 'x' }, null], good],
    ];
    for (const [why, by, given] of refused)
      it(`because ${why}`, async () => {
        expect(await expected(table(by), given)).to.deep.equal({ documents: [], counts: {}, pointers });
      });
  });
});

describe('verify of any definition', () => {
  const [latest, first] = shop.model.pointers;
  const rows = ['1', '2'].map((id) => attributes(order(id, { total: decimal(id) })));
  const fields = (id: string) => ({ status: 'paid', total: decimal(id), customer: 'ann', order: id });
  const spend = { model: shop.model.counts[0]!, tuple: { customer: 'ann' } };
  const right = {
    rows,
    documents: ['1', '2'].map((id) => ({
      key: { collection: 'orders', id: `ann:${id}` },
      fields: { id: `ann:${id}`, status: 'paid', total: decimal(id) },
    })),
    pointers: [
      { entity: { model: latest!, parts: ['ann'] }, member: { sort: 'ORDER#2', attributes: fields('2') } },
      {
        entity: { model: first!, parts: ['ann'] },
        member: { sort: 'ORDER#1', attributes: { status: 'paid', order: '1' } },
      },
    ] satisfies PointerFound[],
    counts: [{ ...spend, count: decimal('3.0') }],
  };

  it('given all as it must be, then nothing drifts', async () => {
    expect(await verify(new FixedState(right), shop)).to.deep.equal({
      checked: { search: 2, defaultImages: 2, matcher: 1, derivedRows: 0 },
      drift: [],
      uncompared: [],
    });
  });

  it('given a pointer that must point to the newest row, when it points to another, then it is wrong', async () => {
    const [, ofFirst] = right.pointers;
    const older = {
      entity: right.pointers[0]!.entity,
      member: { sort: 'ORDER#1', attributes: fields('1') },
    };
    const { drift } = await verify(new FixedState({ ...right, pointers: [older, ofFirst!] }), shop);
    expect(drift).to.deep.equal([{ derivation: 'latest', problem: 'wrong', what: 'CUSTOMER#ann' }]);
  });

  it('given sort keys that code units order otherwise than UTF-8 does, then the newest is by UTF-8', async () => {
    const ids = ['\u{ff61}', '\u{1f6e9}'];
    const pointersTo = (id: string) =>
      right.pointers.map(({ entity }, index) => ({
        entity,
        member: {
          sort: `ORDER#${id}`,
          attributes: index === 0 ? fieldsOf(id) : { status: 'paid', order: id },
        },
      }));
    const fieldsOf = (id: string) => ({ status: 'paid', customer: 'ann', order: id });
    const state = (id: string) =>
      new FixedState({ rows: ids.map((each) => attributes(order(each))), pointers: pointersTo(id) });
    const ofPointers = async (id: string) =>
      (await verify(state(id), shop)).drift.filter(({ derivation }) => derivation === 'latest');
    expect(await ofPointers('\u{1f6e9}')).to.deep.equal([]);
    expect(await ofPointers('\u{ff61}')).to.have.length(1);
  });

  it('given a sum that is not that of the rows, then it is wrong, and says what it must be', async () => {
    const { drift } = await verify(
      new FixedState({ ...right, counts: [{ ...spend, count: decimal('3.01') }] }),
      shop,
    );
    expect(drift).to.deep.equal([
      { derivation: 'spend', problem: 'wrong', what: '["ann"]: 3.01, expected 3' },
    ]);
  });
});
