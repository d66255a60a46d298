import { expect } from 'chai';
import fc from 'fast-check';
import { verify } from '../../src/application/verify/verify.ts';
import { counts } from '../../src/domain/definition/counts.ts';
import { type Derivation, defineTable } from '../../src/domain/definition/define-table.ts';
import { documents } from '../../src/domain/definition/documents.ts';
import { effect } from '../../src/domain/definition/effect.ts';
import { pointer } from '../../src/domain/definition/pointer.ts';
import { row } from '../../src/domain/definition/row.ts';
import { rows } from '../../src/domain/definition/rows.ts';
import { collect } from '../support/collect.ts';
import { comparableFields } from '../support/comparable.ts';
import { decimal } from '../support/factories.ts';
import { SourceTable, type StreamRecord, type TableRow } from '../support/stream-records.ts';
import { ForgetfulQueue } from './doubles.ts';
import { aWorkerOf, backendOf } from './shop.ts';
import { derivedBy } from './worker.ts';

const ANY = { PK: '<pk>', SK: '<sk>' } as const;
/** Apart from what is derived in the same table. */
const parts = { pk: { without: '#' }, sk: { without: '~' } } as const;
const order = row(ANY, { when: { _et: 'order' }, parts });
const note = row(ANY, { when: { _et: ['note', 'memo'] }, parts });
const draft = row(ANY, { when: { _et: 'draft' }, parts });
const KINDS = { order, note, draft };

const CONTRIBUTIONS = {
  order_search: documents(order, { collection: 'orders', fields: ['total'] }),
  note_search: documents(note, {
    collection: 'notes',
    fields: ({ attributes }) => ({ kind: attributes['_et'] }),
    where: ({ attributes }) => attributes['total'] !== 0,
  }),
  revenue: counts(order, { by: ['status'], amount: 'total', at: { PK: 'REVENUE#<status>', SK: 'TOTAL' } }),
  all_notes: counts(note, { by: () => ({ of: 'notes' }), at: { PK: 'ALL#<of>', SK: 'COUNT' } }),
  all_drafts: counts(draft, { by: () => ({ of: 'drafts' }), at: { PK: 'DRAFTS#<of>', SK: 'COUNT' } }),
  order_copy: rows(order, { of: ({ key }) => ({ table: 'orders', key: { id: key.pk + key.sk } }) }),
  draft_copy: rows(draft, { of: ({ key }) => ({ table: 'drafts', key: { id: key.pk + key.sk } }) }),
};
const POINTERS = {
  latest_order: pointer(order, { at: { SK: '~LATEST' }, choose: 'newest', repeat: ['total'] }),
  first_note: pointer(note, { at: { SK: '~NOTE' }, choose: 'keep', repeat: ['status'] }),
};

const tableOf = (derive: Readonly<Record<string, Derivation>>) =>
  defineTable({ keys: { partition: 'PK', sort: 'SK' }, rows: KINDS, derive });

const WHOLE = tableOf({ ...CONTRIBUTIONS, ...POINTERS });
const WITHOUT_POINTERS = tableOf(CONTRIBUTIONS);

interface Stored {
  readonly pk: string;
  readonly sk: string;
  readonly type: string | undefined;
  readonly status: string;
  readonly total: number;
}

interface History {
  readonly records: readonly StreamRecord[];
  readonly stored: readonly Stored[];
}

/** Rows out of so few that most changes meet one that is there; mostly of one kind after the other, or of none. */
const history: fc.Arbitrary<History> = fc
  .array(
    fc.record({
      pk: fc.constantFrom('P', 'Q'),
      sk: fc.constantFrom('1', '2', '3'),
      type: fc.constantFrom('order', 'note', 'memo', 'draft', 'other', undefined),
      status: fc.constantFrom('open', 'paid'),
      total: fc.integer({ min: -2, max: 2 }),
      removed: fc.nat(5).map((dice) => dice === 0),
    }),
    { minLength: 1, maxLength: 30 },
  )
  .map((steps) => {
    const table = new SourceTable({ firstSequence: 95n });
    const stored = new Map<string, Stored>();
    const records = steps.map(({ removed, ...step }) => {
      const { pk, sk, type, status, total } = step;
      const written: TableRow = { PK: pk, SK: sk, ...(type !== undefined && { _et: type }), status, total };
      if (removed && table.has(written)) {
        stored.delete(pk + sk);
        return table.remove(written);
      }
      stored.set(pk + sk, step);
      return table.put(written);
    });
    return { records, stored: [...stored.values()] };
  });

/** Every record at least once, some again, in no order, in batches. */
const shuffled = history.chain(({ records, stored }) =>
  fc.record({
    stored: fc.constant(stored),
    order: fc.shuffledSubarray([...records, ...records.slice(0, 6)], {
      minLength: records.length + Math.min(6, records.length),
    }),
    again: fc.shuffledSubarray([...records]),
    size: fc.integer({ min: 1, max: 12 }),
  }),
);

type Backend = ReturnType<typeof backendOf>;

/** What must be derived, written down once more. The first note of a partition may be any. */
async function expectTrue(backend: Backend, stored: readonly Stored[], hasPointers: boolean): Promise<void> {
  const of = (...types: string[]) => stored.filter(({ type }) => types.includes(type ?? ''));
  const [orders, notes, drafts] = [of('order'), of('note', 'memo'), of('draft')];
  const derived = await derivedBy(backend);
  expect(derived.documents).to.have.deep.members([
    ...orders.map(({ pk, sk, total }) => {
      const id = `${pk}:${sk}`;
      return ['orders', id, comparableFields({ id, total: decimal(String(total)) })];
    }),
    ...notes
      .filter(({ total }) => total !== 0)
      .map(({ pk, sk, type = '' }) => [
        'notes',
        `${pk}:${sk}`,
        comparableFields({ id: `${pk}:${sk}`, kind: type }),
      ]),
  ]);
  expect(derived.counts).to.have.deep.members([
    ...['open', 'paid'].flatMap((status) => {
      const some = orders.filter((one) => one.status === status);
      return some.length === 0 ? [] : [[status, some.reduce((sum, { total }) => sum + total, 0)]];
    }),
    ...(notes.length === 0 ? [] : [['notes', notes.length]]),
    ...(drafts.length === 0 ? [] : [['drafts', drafts.length]]),
  ]);
  const copies = await collect(backend.state.derivedRows());
  expect(copies.map(({ row: copy }) => [copy.table, copy.key['id']])).to.have.deep.members([
    ...orders.map(({ pk, sk }) => ['orders', pk + sk]),
    ...drafts.map(({ pk, sk }) => ['drafts', pk + sk]),
  ]);
  if (!hasPointers) return;

  for (const pk of ['P', 'Q']) {
    const inPartition = (some: readonly Stored[]) => some.filter((one) => one.pk === pk);
    const newest = inPartition(orders)
      .toSorted((a, b) => (a.sk < b.sk ? -1 : 1))
      .at(-1);
    const may = [
      ...(newest === undefined
        ? []
        : [[pk, newest.sk, comparableFields({ sk: newest.sk, total: decimal(String(newest.total)) })]]),
      ...inPartition(notes).map(({ sk, status }) => [pk, sk, comparableFields({ sk, status })]),
    ];
    const pointers = derived.defaults.filter(([partition]) => partition === pk);
    expect(pointers).to.have.lengthOf(
      (newest === undefined ? 0 : 1) + (inPartition(notes).length === 0 ? 0 : 1),
    );
    for (const one of pointers) expect(may).to.deep.include(one);
  }
  expect((await verify(backend.state, WHOLE)).drift).to.deep.equal([]);
}

describe('whatever is delivered of rows whose kind an attribute tells', function () {
  this.timeout(60_000);

  it('one by one, in order: everything derived is what the rows say', async () => {
    await fc.assert(
      fc.asyncProperty(history, async ({ records, stored }) => {
        const { handle, backend } = aWorkerOf(WHOLE);
        for (const record of records) await handle(record);
        await expectTrue(backend, stored, true);
      }),
      { numRuns: 100 },
    );
  });

  for (const [title, table] of [
    ['', WHOLE],
    [', and the table’s rows are not kept', WITHOUT_POINTERS],
  ] as const)
    it(`in no order at all, in any batches, some delivered again${title}: it is the same`, async () => {
      const hasPointers = table === WHOLE;
      await fc.assert(
        fc.asyncProperty(shuffled, async ({ stored, order: records, again, size }) => {
          const backend = { ...backendOf(table), queue: new ForgetfulQueue() };
          const { handle } = aWorkerOf(table, { backend, replica: hasPointers ? undefined : 'none' });
          for (let from = 0; from < records.length; from += size)
            await handle(...records.slice(from, from + size));
          for (const record of again) await handle(record);
          await expectTrue(backend, stored, hasPointers);
        }),
        { numRuns: 150 },
      );
    });

  it('in order, some delivered again: an effect runs for what happened to rows of its kind, and once', async () => {
    await fc.assert(
      fc.asyncProperty(history, async ({ records }) => {
        const ran: unknown[] = [];
        const table = tableOf({
          notes: effect(note, {
            run: ({ key, operation, before, after }) => {
              ran.push([key.pk + key.sk, operation, before?.['_et'], after?.['_et']]);
            },
          }),
          ...{ order_search: CONTRIBUTIONS.order_search, all_drafts: CONTRIBUTIONS.all_drafts },
        });
        const { handle } = aWorkerOf(table);
        for (const record of records) {
          await handle(record);
          await handle(...records.slice(0, records.indexOf(record) + 1));
        }
        const typeIn = (record: StreamRecord, image: string) => {
          const found = (record.dynamodb[image] as { _et?: { S: string } } | undefined)?._et?.S ?? '';
          return ['note', 'memo'].includes(found) ? found : undefined;
        };
        const expected = records.flatMap((record) => {
          const [before, after] = [typeIn(record, 'OldImage'), typeIn(record, 'NewImage')];
          if (before === undefined && after === undefined) return [];
          const { PK, SK } = record.dynamodb['Keys'] as { PK: { S: string }; SK: { S: string } };
          const operation = after === undefined ? 'REMOVE' : before === undefined ? 'INSERT' : 'MODIFY';
          return [[PK.S + SK.S, operation, before, after]];
        });
        expect(ran).to.deep.equal(expected);
      }),
      { numRuns: 40 },
    );
  });
});
