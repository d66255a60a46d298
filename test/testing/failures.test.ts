import { AssertionError } from 'node:assert';
import { expect } from 'chai';
import { defineTable } from '../../src/domain/definition/define-table.ts';
import { documents } from '../../src/domain/definition/documents.ts';
import { row } from '../../src/domain/definition/row.ts';
import { rows } from '../../src/domain/definition/rows.ts';
import { including, testing } from '../../src/testing.ts';
import { shop } from './kit-shop.ts';
import { rejection, thrownBy } from './thrown.ts';

const anna1 = { customer: 'anna', order: '1' };

/** A table whose rows a function may refuse, and whose derived rows may go round in a circle. */
const note = row({ id: 'NOTE#<note>' }).with<{ text: string }>();
const step = row({ id: 'STEP#<step>' }).with<{ n: number }>();
const other = row({ id: 'OTHER#<step>' }).with<{ n: number }>();
const ring = row({ id: 'RING#<step>' }).with<{ n: number }>();
const notes = defineTable({
  keys: { partition: 'id' },
  rows: { note, step, other, ring },
  derive: {
    notes: documents(note, {
      collection: 'notes',
      fields: ({ attributes }) => {
        if (attributes.text === 'bad') throw new Error('a bad note');
        return { text: attributes.text };
      },
    }),
    there: rows(step, {
      of: ({ key, attributes: { n } }) => ({ key: { id: `OTHER#${key.step}` }, attributes: { n: n + 1 } }),
    }),
    back: rows(other, {
      of: ({ key, attributes: { n } }) => ({ key: { id: `RING#${key.step}` }, attributes: { n: n + 1 } }),
    }),
    again: rows(ring, {
      of: ({ key, attributes: { n } }) => ({ key: { id: `OTHER#${key.step}x` }, attributes: { n: n + 1 } }),
    }),
  },
});

describe('what is wrong', () => {
  const { given, rows: kinds } = testing(shop);
  const { order } = kinds;
  const base = given(order(anna1, { status: 'paid', total: 5 }));

  describe('with what is derived', () => {
    it('is said in words, with both sides for the runner, and nothing that was not named', async () => {
      const error = await rejection(
        base.then({
          counts: {
            spend: [
              { customer: 'anna', spent: 6 },
              { customer: 'bert', spent: 1 },
            ],
            orders: [{ customer: 'anna', count: 1 }],
          },
          documents: { orders: { 'anna:1': { status: 'paid' } }, customers: {} },
          rows: { audit: including([{ id: 'anna-2' }]) },
          sent: ['upsert orders/anna:1'],
        }),
      );
      expect(error).to.be.instanceOf(AssertionError);
      expect(error.message.split('\n')).to.have.members([
        '7 differences from what is expected:',
        '- counts.spend customer "anna": spent is 5, expected 6',
        '- counts.spend customer "bert" is missing',
        '- documents.orders anna:1: id is "anna:1", not expected',
        '- documents.orders anna:1: total is 5, not expected',
        '- documents.customers anna is not expected',
        '- rows.audit id "anna-2" is missing',
        '- sent: upsert orders/anna:1 is missing',
      ]);
      const { actual, expected } = error as Error & { actual: unknown; expected: unknown };
      expect(actual).to.deep.equal({
        counts: { spend: [{ customer: 'anna', spent: 5 }] },
        documents: {
          orders: { 'anna:1': { id: 'anna:1', status: 'paid', total: 5 } },
          customers: { anna: { id: 'anna', spent: 5, rows: 1 } },
        },
        rows: { audit: [] },
        sent: [],
      });
      expect(expected).to.deep.include({ sent: ['upsert orders/anna:1'] });
    });

    it('of a missing call, a call more and a wrong order', async () => {
      const changed = base.when([order.update(anna1, { total: 6 }), order.remove(anna1)], { batch: 1 });
      const key = { customer: 'anna' };
      const message = async (told: object[]) =>
        (await rejection(changed.then({ effects: { told } }))).message.split('\n').slice(1);
      expect(await message([{ key, operation: 'MODIFY', why: 'x' }])).to.deep.equal([
        '- effects.told: no call like {"customer":"anna"}, operation MODIFY, why x',
        '- effects.told: not expected: {"customer":"anna"}, operation MODIFY, attempt 1, did run',
        '- effects.told: not expected: {"customer":"anna"}, operation REMOVE, attempt 1, did skipped, why gone',
      ]);
      expect(
        await message([
          { key, operation: 'REMOVE' },
          { key, operation: 'MODIFY' },
        ]),
      ).to.deep.equal(['- effects.told: the calls for a row are in another order']);
    });

    it('lists no more than twenty', async () => {
      const many = Object.fromEntries(Array.from({ length: 30 }, (_, index) => [`x:${index}`, {}]));
      const { message } = await rejection(base.then({ documents: { orders: including(many) } }));
      expect(message.split('\n')).to.have.length(22);
      expect(message).to.contain('30 differences').and.to.contain('… and 10 more');
    });
  });

  describe('with a change', () => {
    const kit = testing(notes);
    const bad = [
      kit.rows.note({ note: '1' }, { text: 'bad' }),
      kit.rows.note({ note: '2' }, { text: 'good' }),
    ];
    const corrected = [...bad, kit.rows.note.update({ note: '1' }, { text: 'late' })];

    it('fails a test that does not name it, and is found by its message', async () => {
      const { message } = await rejection(kit.given().when(bad).then({}));
      const undefinedInJavaScript = { failures: undefined } as never;
      expect((await rejection(kit.given().when(bad).then(undefinedInJavaScript))).message).to.equal(message);
      expect(message).to.contain('failures: not expected: note {"note":"1"}').and.to.contain('a bad note');
      await kit
        .given()
        .when(corrected, { batch: 1, times: 2 })
        .then({
          failures: [
            /a bad note$/,
            { kind: 'note', key: { note: '1' }, heldBack: true, operation: 'MODIFY' },
          ],
          documents: { notes: { '2': { id: '2', text: 'good' } } },
        });
      const found = await rejection(
        kit
          .given()
          .when(bad)
          .then({ failures: ['a worse note'] }),
      );
      expect(found.message).to.contain('failures: none like a worse note').and.to.contain('not expected');
    });

    it('goes to quarantine where that is asked for, once, and its row goes on', async () => {
      const quarantining = testing(notes, { poison: 'quarantine' });
      await quarantining
        .given()
        .when(corrected, { times: 2 })
        .then({
          quarantined: [{ message: /a bad note/, fault: 'permanent', key: { note: '1' } }],
          documents: { notes: { '1': including({ text: 'late' }), '2': including({ text: 'good' }) } },
        });
    });

    it('is said at once of a row that is given', async () => {
      expect((await rejection(kit.given(bad).state())).message).to.match(
        /^a row that is given cannot be handled: .*a bad note$/,
      );
    });

    it('is said of derived rows that go round in a circle', async () => {
      const { message } = await rejection(kit.given(kit.rows.step({ step: '1' }, { n: 1 })).state());
      expect(message).to.contain('they go round in a circle');
    });

    it('is said where the stream does not carry what a derivation needs', async () => {
      const keysOnly = testing(notes, { view: 'KEYS_ONLY' });
      await keysOnly
        .given()
        .when(keysOnly.rows.note({ note: '1' }, { text: 'x' }))
        .then({ failures: [{ fault: 'configuration', message: /set the table's StreamViewType/ }] });
    });
  });

  describe('with what a test gives is said by one clear message', () => {
    const anyOrder = order as unknown as (...given: readonly unknown[]) => never;
    const cases: readonly (readonly [what: string, run: () => unknown, message: string])[] = [
      [
        'an unknown kind',
        () => (kinds as Record<string, unknown>)['ordr'],
        'there is no kind of row ordr; there are order, latestOf, spendOf, tagged',
      ],
      [
        'an unknown part',
        () => anyOrder({ ...anna1, custmer: 'x' }, {}),
        'a order row: its key has no part custmer; there are customer, order',
      ],
      [
        'a missing part',
        () => anyOrder({ customer: 'anna' }, {}),
        'a order row: its key lacks the part order',
      ],
      [
        'an empty part',
        () => anyOrder({ ...anna1, order: '' }, {}),
        'a order row: the part order of its key must be a text, not empty, and is ""',
      ],
      [
        'a part that is no text',
        () => anyOrder({ ...anna1, order: 5 }, {}),
        'a order row: the part order of its key must be a text, not empty, and is 5',
      ],
      [
        'no key',
        () => anyOrder('anna', {}),
        'a order row: its key must be an object with customer, order, and is a string',
      ],
      [
        'a key that is too long',
        () => anyOrder({ ...anna1, order: 'x'.repeat(1_025) }, {}),
        'sort key, ORDER#xxx',
      ],
      [
        'a value that no table holds',
        () => anyOrder(anna1, { at: new Date() }),
        'the order row ["CUSTOMER#anna","ORDER#1"]: at is a Date, which no table can hold',
      ],
      [
        'an empty set',
        () => anyOrder(anna1, { tags: new Set() }),
        'tags is an empty set, which no table can hold',
      ],
      [
        'a number out of range',
        () => anyOrder(anna1, { total: 1e126 }),
        'total is 1e+126, which no table can hold',
      ],
      [
        'a row that is too large',
        () => anyOrder(anna1, { note: 'x'.repeat(410_000) }),
        'and DynamoDB accepts 409600',
      ],
      [
        'an attribute of the key',
        () => anyOrder(anna1, { PK: 'x' }),
        'PK is of its key, which its parts make: leave it out',
      ],
      [
        'a row given twice',
        () => given([order(anna1, { status: 'paid' }), order(anna1, { status: 'paid' })]),
        'the order row ["CUSTOMER#anna","ORDER#1"] is given twice',
      ],
      [
        'a change of a row that is not there',
        () => given().when(order.update(anna1, { total: 1 })),
        'is updated, but is not there: give it, or put it before',
      ],
      [
        'a removal of a row that is not there',
        () => base.when([order.remove(anna1), order.expire(anna1)]),
        'is expired, but is not there',
      ],
      ['times 0', () => base.when([], { times: 0 }), 'times must be an integer of at least 1, and is 0'],
      [
        'half a batch',
        () => base.when([], { batch: 0.5 }),
        'batch must be an integer of at least 1, and is 0.5',
      ],
      [
        'an unknown option',
        () => base.when([], { tiems: 2 } as object),
        'the options of when: tiems is unknown; there are times, ',
      ],
      [
        'an unknown order',
        () => base.when([], { redelivery: 'later' as 'late' }),
        'redelivery must be one of at once, late, reversed, shuffled, and is later',
      ],
      [
        'an effect that is none',
        () => base.when([], { failing: { spend: [] } as object }),
        'failing names spend, which is no effect; there are told',
      ],
      [
        'an attempt that fails at no known moment',
        () =>
          base.when(order(anna1, { status: 'paid', total: 1 }), {
            failing: { told: ['run', 'during' as 'run'] },
          }),
        'failing.told[1] must be one of before, after, run, and is during',
      ],
      [
        'attempts that are no list',
        () => base.when(order(anna1, { status: 'paid', total: 1 }), { failing: { told: 'before' as never } }),
        'failing.told must be an array of before, after, run, or a function, and is a string',
      ],
      [
        'when a batch comes again, and not that it does',
        () => base.when(order(anna1, { status: 'paid', total: 1 }), { redelivery: 'late' }),
        'redelivery says when a batch comes again, and without times none does: add times: 2',
      ],
      [
        'no changes',
        () => base.when([]),
        'when was given no changes, so that nothing happens: give it one, or leave it out',
      ],
      [
        'no change',
        () => base.when(order as never),
        'when takes changes, as the factories in rows make them, and was given a function: call it',
      ],
      [
        'no time',
        () => base.when([], { at: 'soon' }),
        'at must be milliseconds since 1970, a Date, or a text such as 2026-01-05T09:00:00Z, and is soon',
      ],
      [
        'no row',
        () => given({} as never),
        'given takes rows, as the factories in rows make them, and was given an object',
      ],
      [
        'no definition',
        () => testing({} as never),
        'testing takes what defineTable(…) returns, and was given an object',
      ],
      [
        'an unknown view',
        () => testing(shop, { view: 'ALL' as 'KEYS_ONLY' }),
        'view must be one of NEW_AND_OLD_IMAGES, ',
      ],
    ];
    for (const [what, run, message] of cases)
      it(what, () => {
        expect(thrownBy(run)).to.contain(message);
      });

    const expectations: readonly (readonly [what: string, expected: unknown, message: string])[] = [
      [
        'an unknown section',
        { count: {} },
        'what is expected: count is unknown; there are documents, counts, ',
      ],
      [
        'an unknown derivation',
        { counts: { spnd: [] } },
        'counts: there is no derivation of counts spnd; there are spend, orders, tags',
      ],
      [
        'a derivation of another kind',
        { pointers: { spend: [] } },
        'pointers: there is no derivation of a pointer spend; there are latest',
      ],
      [
        'an unknown collection',
        { documents: { order: {} } },
        'documents: there is no collection order; there are orders, ',
      ],
      [
        'a row without what it is known by',
        { counts: { spend: [{ spent: 1 }] } },
        'what is expected of counts.spend[0] lacks customer',
      ],
      [
        'a row that is expected twice',
        {
          counts: {
            orders: [
              { customer: 'a', count: 1 },
              { customer: 'a', count: 2 },
            ],
          },
        },
        'counts.orders customer "a" is expected twice',
      ],
      [
        'a value that no table holds',
        { counts: { spend: [{ customer: 'anna', spent: NaN }] } },
        'what is expected of counts.spend[0].spent is NaN, which no table can hold',
      ],
      [
        'no list',
        { counts: { spend: { anna: 5 } } },
        'what is expected of counts.spend must be an array of rows, and is an object',
      ],
      [
        'an unknown member of a call',
        { effects: { told: [{ keys: {} }] } },
        'what is expected of effects.told[0]: keys is unknown',
      ],
      ['nothing', null, 'then takes an object of what is expected, and was given null'],
    ];
    for (const [what, expected, message] of expectations)
      it(`${what} that is expected`, async () => {
        const error = await rejection(base.then(expected as object));
        expect(error).not.to.be.instanceOf(AssertionError);
        expect(error.message).to.contain(message);
      });

    it('a scenario that is awaited', async () => {
      const error = await rejection(base as unknown as PromiseLike<unknown>);
      expect(error.message).to.contain('a scenario was awaited, and so nothing was compared');
    });
  });
});
