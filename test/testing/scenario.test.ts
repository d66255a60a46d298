import { expect } from 'chai';
import fc from 'fast-check';
import { Decimal } from '../../src/domain/decimal.ts';
import { defineTable } from '../../src/domain/definition/define-table.ts';
import { documents } from '../../src/domain/definition/documents.ts';
import { row } from '../../src/domain/definition/row.ts';
import { including, testing } from '../../src/testing.ts';
import { things } from '../support/shop.ts';
import { shop } from './kit-shop.ts';
import { rejection, thrownBy } from './thrown.ts';

const anna1 = { customer: 'anna', order: '1' };
const anna2 = { customer: 'anna', order: '2' };
const bert1 = { customer: 'bert', order: '1' };

const odd = row({ id: 'ODD#<id>' }).with<{ readonly ['__proto__']: string }>();

describe('a scenario', () => {
  const { given, rows } = testing(shop);
  const { order } = rows;
  const base = given([
    order(anna1, { status: 'paid', total: 5 }),
    order(anna2, { status: 'draft', total: 0.1 }),
  ]);

  it('given rows, when nothing happens, then everything is derived of them', async () => {
    const at = Date.parse('2026-01-01T00:00:00Z');
    await base.then({
      documents: { orders: { 'anna:1': { id: 'anna:1', status: 'paid', total: 5 } } },
      counts: {
        spend: [{ customer: 'anna', spent: 5.1 }],
        orders: [{ customer: 'anna', count: 2 }],
        tags: [],
      },
      pointers: { latest: [{ customer: 'anna', order: '2', total: 0.1 }] },
      rows: {
        audit: [
          { id: 'anna-1', at },
          { id: 'anna-2', at },
        ],
        table: [],
      },
      effects: { told: [] },
      sent: [],
      drift: [],
    });
  });

  it('given rows, when they change and come twice, then all is as if they came once', async () => {
    await base
      .when(
        [
          order.update(anna1, { total: 7 }),
          order.remove(anna2),
          order(bert1, { status: 'paid', total: 1, tags: new Set(['x', 'y']) }),
        ],
        { times: 2 },
      )
      .then({
        documents: { orders: { 'anna:1': including({ total: 7 }), 'bert:1': including({ status: 'paid' }) } },
        counts: {
          spend: [
            { customer: 'anna', spent: 7 },
            { customer: 'bert', spent: 1n },
          ],
          orders: including([{ customer: 'bert', count: 1 }]),
          tags: [
            { tag: 'x', count: 1 },
            { tag: 'y', count: Decimal.parse('1.0') as Decimal },
          ],
        },
        rows: {
          table: [
            { PK: 'TAGGED#x', SK: 'bert-1', status: 'paid' },
            including({ PK: 'TAGGED#y', SK: 'bert-1' }),
          ],
        },
        effects: {
          told: [
            { key: { customer: 'anna' }, operation: 'MODIFY', did: 'run' },
            { key: { customer: 'bert' }, operation: 'INSERT', attempt: 1 },
          ],
        },
        drift: [],
      });
  });

  it('given derived rows of every kind, when their sources come and go, then what is derived of them does too', async () => {
    await base.when(order(bert1, { status: 'paid', total: 2, tags: new Set(['x']) })).then({
      documents: {
        customers: {
          anna: { id: 'anna', spent: 5.1, rows: 2 },
          bert: { id: 'bert', spent: 2, rows: 1 },
        },
        newest: { anna: including({ total: 0.1 }), bert: including({ total: 2 }) },
      },
      counts: { tags: [{ tag: 'x', count: 1 }] },
      sent: including(['upsert customers/bert', 'upsert newest/bert']),
    });
    await base.when([order.remove(anna1), order.remove(anna2)], { batch: 1 }).then({
      documents: { customers: {}, newest: {}, orders: {} },
      effects: {
        told: [
          { key: { customer: 'anna' }, operation: 'MODIFY', did: 'run' },
          { key: { customer: 'anna' }, operation: 'REMOVE', did: 'skipped', why: 'gone' },
        ],
      },
      drift: [],
    });
  });

  it('given a change that changes nothing, then the stream does not tell of it', async () => {
    const { sent, effects } = await base.when(order(anna1, { status: 'paid', total: 5 })).state();
    expect([sent, effects.told]).to.deep.equal([[], []]);
    expect(base.when(order(anna1, { status: 'paid', total: 5 })).events()).to.deep.equal([]);
  });

  it('given one scenario, when it goes on twice, then neither knows of the other', async () => {
    const shipped = base.when(order.update(anna1, { status: 'shipped' }));
    await shipped.when(order.remove(anna1)).then({ documents: { orders: {} } });
    await shipped.then({ documents: { orders: { 'anna:1': including({ status: 'shipped' }) } } });
    await base.then({ documents: { orders: { 'anna:1': including({ status: 'paid' }) } } });
  });

  it('given an attribute that is set to undefined, then it is removed, and others stay', async () => {
    await base.when(order.update(anna1, { total: undefined })).then({
      documents: { orders: { 'anna:1': { id: 'anna:1', status: 'paid' } } },
      counts: { spend: [{ customer: 'anna', spent: 0.1 }] },
    });
  });

  it('given numbers of many digits, then none is lost', async () => {
    const exact = testing(things);
    const priced = (price: unknown) => exact.rows.thing({ id: '1' }, { price: price as number });
    const many = '12345678901234567890.12345';
    const state = await exact
      .given(priced(Decimal.parse(many)))
      .then({ counts: { worth: [{ sum: Decimal.parse(`${many}0`) as Decimal }] } });
    expect(String(state.counts.worth[0]?.['sum'])).to.equal(many);
    await exact.given(priced(2n ** 70n)).then({ counts: { worth: [{ sum: 2n ** 70n }] } });
    const { counts } = await exact.given(priced(2n ** 70n)).state();
    expect(counts.worth).to.deep.equal([{ sum: 2n ** 70n }]);
    const wrong = await rejection(
      exact.given(priced(2n ** 70n)).then({ counts: { worth: [{ sum: 2 ** 70 + 2 ** 18 }] } }),
    );
    expect(wrong.message).to.contain('sum is 1180591620717411303424, expected 1.18');
  });

  it('given an attribute named __proto__, then it is one like others, and a literal that has it as its prototype is refused', async () => {
    const table = defineTable({
      keys: { partition: 'id' },
      rows: { odd },
      derive: {
        odds: documents(odd, {
          collection: 'odds',
          fields: ({ attributes }) => ({ ['__proto__']: attributes['__proto__'] }),
        }),
      },
    });
    const kit = testing(table);
    const put = kit.given().when(kit.rows.odd({ id: '1' }, { ['__proto__']: 'x' }));
    const { documents: found } = await put.then({
      documents: { odds: { '1': { id: '1', ['__proto__']: 'x' } } },
    });
    expect(Object.entries(found.odds['1']!)).to.deep.include(['__proto__', 'x']);
    const wrong = await rejection(
      put.then({ documents: { odds: { '1': { id: '1', ['__proto__']: 'y' } } } }),
    );
    expect(wrong.message).to.contain('__proto__ is "x", expected "y"');
    expect(thrownBy(() => kit.rows.odd({ id: '1' }, { __proto__: { a: 'x' } } as never))).to.contain(
      'its attributes must be an object',
    );
  });

  it('given any changes and any way to deliver them, then the end is that of what came once, and nothing drifts', async () => {
    const change = fc.record({
      key: fc.constantFrom(anna1, anna2, bert1),
      attributes: fc.record({
        status: fc.constantFrom('draft', 'paid', 'shipped'),
        total: fc.integer({ min: -3, max: 3 }),
        tags: fc.constantFrom(new Set(['x']), new Set(['x', 'y'])),
      }),
      removes: fc.boolean(),
    });
    const ways = fc.record({
      times: fc.integer({ min: 1, max: 3 }),
      batch: fc.integer({ min: 1, max: 4 }),
      redelivery: fc.constantFrom('at once', 'late', 'reversed', 'shuffled'),
      seed: fc.nat(),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(change, { minLength: 1, maxLength: 8 }), ways, async (changes, how) => {
        const there = new Set<object>();
        const all = changes.map(({ key, attributes, removes }) => {
          if (removes && there.delete(key)) return order.remove(key);
          there.add(key);
          return order(key, attributes);
        });
        const once = await given().when(all).state();
        const again = await given().when(all, how).state();
        const sorted = ({ documents, counts, pointers, rows: derived, failures, drift }: typeof once) => ({
          ...{ documents, failures, drift },
          lists: [counts, pointers, derived].map((lists) =>
            Object.entries(lists)
              .map(([name, list = []]) => [name, list.map((one) => JSON.stringify(one)).toSorted()])
              .toSorted(),
          ),
        });
        expect(sorted(again)).to.deep.equal(sorted(once));
        expect([once.failures, once.drift]).to.deep.equal([[], []]);
        expect(once.sent.length).to.be.at.least(Object.keys(once.documents.orders).length);
      }),
      { numRuns: 40 },
    );
  });
});
