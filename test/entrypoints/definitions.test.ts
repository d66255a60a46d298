import { expect } from 'chai';
import fc from 'fast-check';
import { verify } from '../../src/application/verify/verify.ts';
import { compareTexts } from '../../src/domain/compare-texts.ts';
import type { TableDefinition } from '../../src/domain/definition/define-table.ts';
import { toJson } from '../../src/domain/json.ts';
import type { Value } from '../../src/domain/value.ts';
import { stateJson } from '../../src/entrypoints/cli/replay/state-json.ts';
import { createMemoryWorker } from '../../src/entrypoints/memory-worker.ts';
import { collect } from '../support/collect.ts';
import { shop, things } from '../support/shop.ts';
import { type PlainItem, TableFeed } from '../support/table-feed.ts';

function worker(definition: TableDefinition) {
  const { handler, state, drain } = createMemoryWorker({ definition, log: { level: 'silent' } });
  return {
    feed: new TableFeed(definition),
    /** Handles the records, and expects that none fails. */
    handle: async (...records: readonly unknown[]) => {
      const Records = records.filter((record) => record !== undefined);
      expect(await handler({ Records })).to.deep.equal({ batchItemFailures: [] });
      drain();
    },
    /** Handles the records. @returns how many are to be delivered again. */
    handler,
    drain,
    drift: async () => (await verify(state, definition)).drift,
    checked: async () => (await verify(state, definition)).checked,
    /** All that is derived, in short: collections, pointers and counts, each item as JSON. */
    derived: async () => {
      const found: Record<string, string> = {};
      for (const { key, fields } of await collect(state.documents()))
        found[`${key.collection}/${key.id}`] = json(fields);
      for (const { entity, member } of await collect(state.pointers()))
        found[`${entity.model.name} ${entity.parts.join()}`] = json(member.attributes);
      for (const { model, tuple, count } of await collect(state.counts()))
        found[`${model.name} ${Object.values(tuple).join()}`] = count.text;
      return found;
    },
    state,
  };
}

/** As JSON, by name. */
function json(fields: Readonly<Record<string, Value>>): string {
  return toJson(Object.fromEntries(Object.entries(fields).toSorted(([a], [b]) => compareTexts(a, b))));
}

function order(customer: string, id: string, attributes: PlainItem = {}): PlainItem {
  return { PK: `CUSTOMER#${customer}`, SK: `ORDER#${id}`, status: 'paid', ...attributes };
}

describe('a worker of a shop’s table', () => {
  it('given an order, when handled, then everything is derived that its definition says, and no more', async () => {
    const { feed, handle, derived, drift } = worker(shop);
    const paid = order('ann', '1', { total: 12.5, weight: 3, tags: new Set(['new', 'gift']), note: 'x' });
    await handle(feed.put(paid), feed.put({ PK: 'CUSTOMER#ann', SK: 'PROFILE', name: 'Ann' }));
    expect(await derived()).to.deep.equal({
      'orders/ann:1': '{"id":"ann:1","status":"paid","total":12.5}',
      'customers/ann': '{"customer":"ann","id":"ann","upper":"ANN"}',
      'latest ann': '{"customer":"ann","order":"1","status":"paid","total":12.5}',
      'first ann': '{"order":"1","status":"paid"}',
      'spend ann': '12.5',
      'weights paid,ann': '1.5',
      'tags new': '1',
      'tags gift': '1',
    });
    expect(await drift()).to.deep.equal([]);
  });

  it('given orders that come, change and go, when handled, then counts, tags and pointers follow', async () => {
    const { feed, handle, derived, drift } = worker(shop);
    await handle(
      feed.put(order('ann', '2', { total: 1, tags: new Set(['a', 'b']) })),
      feed.put(order('ann', '1', { total: 2, tags: new Set(['b']) })),
      feed.put(order('ann', '3', { total: 0.25, status: 'draft' })),
    );
    expect(await derived()).to.deep.equal({
      'orders/ann:2': '{"id":"ann:2","status":"paid","total":1}',
      'orders/ann:1': '{"id":"ann:1","status":"paid","total":2}',
      'latest ann': '{"customer":"ann","order":"3","status":"draft","total":0.25}',
      'first ann': '{"order":"3","status":"draft"}',
      'spend ann': '3.25',
      'tags a': '1',
      'tags b': '2',
    });
    await handle(
      feed.put(order('ann', '2', { total: 1, status: 'draft', tags: new Set(['c']) })),
      feed.remove(order('ann', '3')),
    );
    expect(await derived()).to.deep.equal({
      'orders/ann:1': '{"id":"ann:1","status":"paid","total":2}',
      'latest ann': '{"customer":"ann","order":"2","status":"draft","total":1}',
      'first ann': '{"order":"2","status":"draft"}',
      'spend ann': '3',
      'tags b': '1',
      'tags c': '1',
    });
    await handle(feed.remove(order('ann', '1')), feed.remove(order('ann', '2')));
    expect(await derived()).to.deep.equal({});
    expect(await drift()).to.deep.equal([]);
  });

  it('given amounts that add up to nothing, then the count stays until no row is counted in it', async () => {
    const { feed, handle, derived } = worker(shop);
    await handle(feed.put(order('ann', '1', { total: 5 })), feed.put(order('ann', '2', { total: -5 })));
    expect((await derived())['spend ann']).to.equal('0');
    await handle(feed.remove(order('ann', '1')));
    expect((await derived())['spend ann']).to.equal('-5');
    await handle(feed.put(order('ann', '2')));
    expect((await derived())['spend ann']).to.equal(undefined);
  });

  it('given a pointer and a count that come with the feed, then the one is the entity’s, and the other is not kept', async () => {
    const { feed, handle, derived, state } = worker(shop);
    await handle(
      feed.put(order('ann', '1')),
      feed.put({ PK: 'CUSTOMER#ann', SK: 'FIRST', status: 'stale', order: '1' }),
      feed.put({ PK: 'CUSTOMER#ann', SK: 'SPEND', count: 99 }),
    );
    expect(await derived()).to.include({ 'first ann': '{"order":"1","status":"paid"}' });
    expect(await derived()).not.to.have.property('spend ann');
    expect((await collect(state.rows())).map((row) => row.get('SK'))).to.deep.equal(['ORDER#1', 'FIRST']);
    await handle(feed.put({ PK: 'CUSTOMER#ann', SK: 'FIRST', status: 'stale again', order: '1' }));
    expect(await derived()).to.include({ 'first ann': '{"order":"1","status":"stale again"}' });
  });

  it('given a row that a function cannot take, then it fails, and what is derived of others is right', async () => {
    const { feed, handler, drain, drift, derived } = worker(shop);
    const bad = feed.put({ PK: 'CUSTOMER#bad', SK: 'PROFILE', name: 7 });
    const good = feed.put(order('ann', '1', { total: 1 }));
    expect(await handler({ Records: [bad, good] })).to.deep.equal({
      batchItemFailures: [{ itemIdentifier: bad.dynamodb.SequenceNumber }],
    });
    drain();
    expect(Object.keys(await derived())).to.include('spend ann');
    expect(await drift()).to.deep.equal([]);
  });

  it('given any history, in batches of any size and delivered twice, then nothing drifts', async () => {
    const customer = fc.constantFrom('a', 'b#c');
    const id = fc.constantFrom('1', '2', '10', 'ORDER#1');
    const number = fc.constantFrom(0, 1, -1, 0.1, 12.25, -3);
    const attributes = fc.record(
      {
        status: fc.constantFrom('paid', 'draft', 'sent'),
        total: number,
        weight: number,
        tags: fc.uniqueArray(fc.constantFrom('x', 'y', 'z'), { minLength: 1 }).map((tags) => new Set(tags)),
        note: number,
      },
      { requiredKeys: ['status'] },
    );
    const step = fc.oneof(
      fc.record({ does: fc.constant('put'), customer, id, attributes }),
      fc.record({ does: fc.constant('remove'), customer, id, attributes }),
      fc.record({ does: fc.constant('profile'), customer, id, attributes }),
    );
    let compared = 0;
    await fc.assert(
      fc.asyncProperty(
        fc.array(step, { minLength: 1, maxLength: 30 }),
        fc.integer({ min: 1, max: 9 }),
        async (steps, batchSize) => {
          const { feed, handle, drift, checked } = worker(shop);
          const records = steps.map(({ does, customer, id, attributes }) => {
            if (does === 'put') return feed.put(order(customer, id, attributes));
            if (does === 'remove') return feed.remove(order(customer, id));
            return feed.put({ PK: `CUSTOMER#${customer}`, SK: 'PROFILE', name: attributes.status });
          });
          for (let start = 0; start < records.length; start += batchSize)
            for (let delivery = 0; delivery < 2; delivery++)
              await handle(...records.slice(start, start + batchSize));
          expect(await drift()).to.deep.equal([]);
          compared += Math.min(...Object.values(await checked()));
        },
      ),
      { numRuns: 200 },
    );
    expect(compared).to.be.greaterThan(200);
  });

  it('given the derived state as JSON, then it has pointers, counts and rows by derivation', async () => {
    const { feed, handle, state } = worker(shop);
    await handle(
      feed.put(order('ann', '1', { total: 12.25, tags: new Set(['b', 'a']) })),
      feed.put(order('a', '1')),
    );
    const parts = { state, searchActions: 3, definition: shop, failures: [] };
    expect((await collect(stateJson(parts))).join('')).to.equal(`{
  "search": {
    "orders": {
      "a:1": {"id":"a:1","status":"paid"},
      "ann:1": {"id":"ann:1","status":"paid","total":12.25}
    }
  },
  "searchActions": 3,
  "counts": {
    "spend": [
      {"key":{"customer":"ann"},"value":12.25}
    ],
    "weights": [],
    "tags": [
      {"key":{"tag":"a"},"value":1},
      {"key":{"tag":"b"},"value":1}
    ]
  },
  "pointers": {
    "latest": [
      {"key":{"customer":"a"},"row":{"customer":"a","order":"1","status":"paid"}},
      {"key":{"customer":"ann"},"row":{"customer":"ann","order":"1","status":"paid","total":12.25}}
    ],
    "first": [
      {"key":{"customer":"a"},"row":{"order":"1","status":"paid"}},
      {"key":{"customer":"ann"},"row":{"order":"1","status":"paid"}}
    ]
  },
  "rows": {
    "tagged": [
      {"table":"","key":{"PK":"TAGGED#a","SK":"[\\"ann\\",\\"1\\"]"},"attributes":{"status":"paid","total":12.25}},
      {"table":"other","key":{"PK":"TAGGED#b","SK":"[\\"ann\\",\\"1\\"]"},"attributes":{"status":"paid","total":12.25}}
    ]
  },
  "failures": []
}
`);
  });
});

describe('a worker of a table whose key is one attribute', () => {
  it('given rows that come, change and go, then everything derived follows', async () => {
    const { feed, handle, derived, drift } = worker(things);
    const last = feed.put({ id: 'c' });
    await handle(feed.put({ id: 'a', kind: 'x', price: 3 }), feed.put({ id: 'b/', kind: ' x ' }), last);
    expect(await derived()).to.deep.equal({
      'things/a': '{"id":"a","kind":"x","price":3}',
      'things/b%2F': '{"id":"b%2F","kind":" x "}',
      'things/c': '{"id":"c"}',
      'kinds x': '2',
      'worth ': '3',
    });
    await handle(
      feed.put({ id: 'a', kind: 'y', price: 4 }),
      feed.remove({ id: 'b/' }),
      feed.put({ id: 'KIND#x', count: 9 }),
      feed.put({ id: 'other#1' }),
    );
    expect(await derived()).to.deep.equal({
      'things/a': '{"id":"a","kind":"y","price":4}',
      'things/c': '{"id":"c"}',
      'kinds y': '1',
      'worth ': '4',
    });
    expect(await drift()).to.deep.equal([]);
  });

  it('given numbers of many digits, then counts keep every digit', async () => {
    const { feed, handle, derived, drift, state } = worker(things);
    const records = ['a', 'b'].map((id) => feed.put({ id, price: 1 }));
    records[0]!.dynamodb.NewImage!['price'] = { N: '12345678901234567890123456789012345.678' };
    records[1]!.dynamodb.NewImage!['price'] = { N: '-0.001' };
    await handle(...records);
    expect(await derived()).to.include({ 'worth ': '12345678901234567890123456789012345.677' });
    const parts = { state, searchActions: 0, definition: things, failures: [] };
    expect((await collect(stateJson(parts))).join('')).to.contain(
      '"worth": [\n      {"key":{},"value":12345678901234567890123456789012345.677}\n    ]',
    );
    expect(await drift()).to.deep.equal([]);
  });
});
