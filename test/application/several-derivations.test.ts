import { expect } from 'chai';
import { Fault } from '../../src/domain/fault.ts';
import { map } from '../support/factories.ts';
import { comparableFields } from '../support/comparable.ts';
import { Encoded, SourceTable } from '../support/stream-records.ts';
import { ScriptedImages, ScriptedMatcher, ScriptedQueue } from './doubles.ts';
import { aWorkerOf, backendOf, orderRow, SHOP } from './shop.ts';
import { derivedBy, inShort } from './worker.ts';
import type { WorkerParts } from './worker.ts';
import { decimal } from '../support/factories.ts';

const throttled = new Fault('transient', 'throttled');
const tooLarge = new Fault('permanent', 'too large');

const TOTAL = decimal('5');
const DOCUMENTS = [
  ['open_orders', 'A:1', comparableFields({ id: 'A:1', customer: 'A', total: TOTAL })],
  ['orders', 'A:1', comparableFields({ id: 'A:1', status: 'open', total: TOTAL })],
];
const BY_STATUS = [['open', 1]];
const REVENUE = [
  ['all', 5],
  ['open', 5],
];
const FIRST = ['A', '1', comparableFields({ order: '1', status: 'open' })];
const LATEST = ['A', '1', comparableFields({ order: '1', total: TOTAL })];

describe('a row from which several things are derived', () => {
  it('given its insertion and its removal, then each is done and undone', async () => {
    const table = new SourceTable();
    const { handle, backend } = aWorkerOf(SHOP);
    const inserted = await handle(table.put(orderRow('A', '1')));
    expect(inShort(inserted.outcomes)).to.deep.equal(['applied']);
    expect(inserted.search).to.include({ upserts: 2, deletes: 0 });
    expect(inserted.matcher).to.include({ incremented: 2 });
    expect(inserted.defaultImages).to.include({ created: 2 });
    const derived = await derivedBy(backend);
    expect(derived.documents).to.deep.equal(DOCUMENTS);
    expect(derived.counts).to.have.deep.members([...BY_STATUS, ...REVENUE]);
    expect(derived.defaults).to.have.deep.members([FIRST, LATEST]);

    const removed = await handle(table.remove(orderRow('A', '1')));
    expect(inShort(removed.outcomes)).to.deep.equal(['applied']);
    expect(removed.search).to.include({ upserts: 0, deletes: 2 });
    expect(removed.matcher).to.include({ decremented: 2 });
    expect(removed.defaultImages).to.include({ removed: 2 });
    expect(await derivedBy(backend)).to.deep.equal({ documents: [], counts: [], defaults: [] });
  });

  it('given a change that concerns some of it, then only that is done', async () => {
    const table = new SourceTable();
    const { handle, backend } = aWorkerOf(SHOP);
    await handle(table.put(orderRow('A', '1')));
    const { search, matcher, defaultImages } = await handle(
      table.put(orderRow('A', '1', { status: 'open', total: 5, note: 'for nobody' })),
      table.put(orderRow('A', '2', { status: 'paid', total: 7 })),
    );
    expect(search, 'a paid order has one document, and the note is in none').to.include({
      upserts: 1,
      unchanged: 3,
    });
    expect(matcher).to.include({ incremented: 2, unchanged: 2 });
    expect(defaultImages, 'the first order stays the first').to.include({ kept: 1, switched: 1 });
    const { counts, defaults } = await derivedBy(backend);
    expect(counts).to.have.deep.members([
      ...[...BY_STATUS, ['paid', 1]],
      ...[
        ['all', 12],
        ['open', 5],
        ['paid', 7],
      ],
    ]);
    expect(defaults.map(([customer, id]) => [customer, id])).to.have.deep.members([
      ['A', '1'],
      ['A', '2'],
    ]);
  });

  it('given one batch of many changes of it, then each document, count and pointer is written once', async () => {
    const table = new SourceTable();
    const backend = backendOf(SHOP);
    const matcher = new ScriptedMatcher({}, backend.matcher);
    const images = new ScriptedImages({}, backend.images);
    const { handle } = aWorkerOf(SHOP, { backend, matcher, images });
    const { outcomes, search } = await handle(
      table.put(orderRow('A', '1', { status: 'open', total: 1 })),
      table.put(orderRow('A', '1', { status: 'open', total: 2 })),
      table.put(orderRow('A', '1', { status: 'open', total: 5 })),
    );
    expect(inShort(outcomes)).to.deep.equal(['applied', 'applied', 'applied']);
    expect(search).to.include({ upserts: 2 });
    expect(matcher.applies.map((moves) => moves.map(({ source }) => source.model.name))).to.deep.equal([
      ['by-status', 'revenue'],
    ]);
    expect(images.saves.map((writes) => writes.map(({ view }) => view.entity.model.name))).to.deep.equal([
      ['first-order', 'latest-order'],
    ]);
    const derived = await derivedBy(backend);
    expect(derived.documents).to.deep.equal(DOCUMENTS);
    expect(derived.counts).to.have.deep.members([...BY_STATUS, ...REVENUE]);
    expect(derived.defaults).to.have.deep.members([FIRST, LATEST]);
  });

  describe('given that one of it fails, then the record fails, and the others are done', () => {
    type Failing = (
      backend: ReturnType<typeof backendOf>,
    ) => Pick<WorkerParts, 'queue' | 'matcher' | 'images'>;
    const notOf =
      (collection: string): Failing =>
      ({ queue }) => ({
        queue: new ScriptedQueue((actions) => {
          void queue.send(actions.filter(({ key }) => key.collection !== collection));
          return actions.map(({ key }) => (key.collection === collection ? throttled : 'done'));
        }),
      });
    const notCounted =
      (name: string): Failing =>
      ({ matcher }) => ({
        matcher: new ScriptedMatcher(
          {
            apply: async (moves) => {
              const results = await Promise.all(
                moves.map(async (move) =>
                  move.source.model.name === name ? [throttled] : matcher.apply([move]),
                ),
              );
              return results.flat();
            },
          },
          matcher,
        ),
      });
    const notPointed =
      (name: string): Failing =>
      ({ images }) => ({
        images: new ScriptedImages(
          {
            load: async (entities) => {
              const views = await images.load(entities);
              return views.map((view, n) => (entities[n]?.model.name === name ? throttled : view));
            },
          },
          images,
        ),
      });
    const cases: readonly [
      what: string,
      failing: Failing,
      documents: number,
      counts: number,
      pointers: number,
    ][] = [
      ['a document', notOf('orders'), 1, 3, 2],
      ['the other document', notOf('open_orders'), 1, 3, 2],
      ['a count', notCounted('by-status'), 2, 2, 2],
      ['the other count', notCounted('revenue'), 2, 1, 2],
      ['a pointer', notPointed('first-order'), 2, 3, 1],
      ['the other pointer', notPointed('latest-order'), 2, 3, 1],
    ];
    for (const [what, failing, documents, counts, pointers] of cases)
      it(what, async () => {
        const table = new SourceTable();
        const backend = backendOf(SHOP);
        const parts = failing(backend);
        const record = table.put(orderRow('A', '1'));
        const { handleNamed } = aWorkerOf(SHOP, { backend, ...parts });
        const { outcomes } = await handleNamed({
          record,
          later: table.put(orderRow('A', '1', { status: 'open', total: 5, note: 'x' })),
        });
        expect(outcomes).to.deep.equal({
          record: 'transient: throttled',
          later: 'transient: held back: an earlier change of the same item failed (sequence number 1)',
        });
        const derived = await derivedBy(backend);
        expect(derived.documents).to.have.length(documents);
        expect(derived.counts).to.have.length(counts);
        expect(derived.defaults).to.have.length(pointers);

        // Delivered again, where nothing fails any more: all of it is there, once.
        await aWorkerOf(SHOP, { backend }).handle(record);
        const healed = await derivedBy(backend);
        expect(healed.documents).to.deep.equal(DOCUMENTS);
        expect(healed.counts).to.have.deep.members([...BY_STATUS, ...REVENUE]);
        expect(healed.defaults).to.have.deep.members([FIRST, LATEST]);
      });
  });

  it('given that one of it can never be done and another may be later, then the record is not poison', async () => {
    const table = new SourceTable();
    const queue = new ScriptedQueue((actions) =>
      actions.map(({ key }) => (key.collection === 'orders' ? tooLarge : throttled)),
    );
    const { handleNamed } = aWorkerOf(SHOP, { queue });
    const { outcomes } = await handleNamed({ record: table.put(orderRow('A', '1')) });
    expect(outcomes).to.deep.equal({ record: 'transient: throttled' });
  });

  it('given an attribute that only one of it cannot take, then the record fails, and nothing of it is done', async () => {
    const table = new SourceTable();
    const { handleNamed, backend } = aWorkerOf(SHOP);
    const { outcomes } = await handleNamed({
      text: table.put(orderRow('A', '1', { status: 'open', total: 'five' })),
      broken: table.put(orderRow('B', '1', { status: 'paid', total: new Encoded({ N: 'none' }) })),
      good: table.put(orderRow('C', '1')),
    });
    expect(outcomes['text']).to.match(
      /^permanent: total of the order row \["CUSTOMER#A","ORDER#1"\] is no number/,
    );
    expect(outcomes['broken']).to.match(/^permanent: NewImage\.total is not a valid number/);
    expect(outcomes['good']).to.equal('applied');
    const { documents, counts, defaults } = await derivedBy(backend);
    expect(documents.map(([, id]) => id)).to.deep.equal(['C:1', 'C:1']);
    expect(counts).to.have.deep.members([...BY_STATUS, ...REVENUE]);
    expect(defaults.map(([customer]) => customer)).to.deep.equal(['C', 'C']);
  });

  it('given a document with a field of every type, then the index has it as the row does', async () => {
    const table = new SourceTable();
    const { handle, backend } = aWorkerOf(SHOP);
    await handle(table.put(orderRow('A', '1', { status: 'paid', total: { a: [1, 'x', null] } }))).then(
      ({ outcomes }) => expect(inShort(outcomes)).to.deep.equal(['failed']),
    );
    await handle(table.put(orderRow('A', '1', { status: 'paid', total: 1 })));
    const { documents } = await derivedBy(backend);
    expect(documents).to.deep.equal([
      ['orders', 'A:1', comparableFields(map(['id', 'A:1'], ['status', 'paid'], ['total', decimal('1')]))],
    ]);
  });
});
