import { expect } from 'chai';
import { defineTable } from '../../../src/domain/definition/define-table.ts';
import { pointer } from '../../../src/domain/definition/pointer.ts';
import { row } from '../../../src/domain/definition/row.ts';
import { decidePointer, type Entity } from '../../../src/domain/pointer.ts';
import { comparableFields } from '../../support/comparable.ts';
import { decimal } from '../../support/factories.ts';
import { range } from '../../support/range.ts';
import { each } from '../contract.ts';
import { type Attributes, type DefinedTable, type Harness, load, loadAll, save } from './harness.ts';

/** Rows of two kinds have the same keys, and so have both pointers; two attributes tell, whose names are odd. */
const ANY = { PK: '<pk>', SK: '<sk>' } as const;
const parts = { sk: { without: '~' } } as const;
const talk = row(ANY, { when: { 'entity.type': ['talk', 'keynote'], year: '2026' }, parts });
const room = row(ANY, { when: { 'entity.type': 'room' }, parts });
const MEETING = defineTable({
  keys: { partition: 'PK', sort: 'SK' },
  rows: { talk, room },
  derive: {
    last: pointer(talk, { at: { SK: '~LAST' }, choose: 'newest', repeat: ['title'] }),
    main: pointer(room, { at: { SK: '~MAIN' }, choose: 'keep', repeat: ['title'] }),
  },
});
const [LAST, MAIN] = MEETING.model.pointers.map((model): Entity => ({ model, parts: ['P'] })) as [
  Entity,
  Entity,
];

const TALK = { 'entity.type': 'talk', year: '2026', title: 'a talk' };
const KEYNOTE = { ...TALK, 'entity.type': 'keynote' };

/** What is no talk, though its keys are like a talk's. */
const OTHERS: Readonly<Record<string, Attributes>> = {
  'of another kind': { ...TALK, 'entity.type': 'room' },
  'of no kind': { ...TALK, 'entity.type': 'lunch' },
  'without one of the attributes': { 'entity.type': 'talk', title: 'a talk' },
  'without any': {},
  'where one is a number': { ...TALK, year: decimal('2026') },
};

function put(table: DefinedTable, sort: string, attributes: Attributes) {
  return table.put({ PK: 'P', SK: sort, ...attributes });
}

async function reconciled(table: DefinedTable, entity = LAST) {
  const view = await load(table, entity);
  const decision = decidePointer(view);
  if (decision.action !== 'keep')
    expect(await save(table, view, 'member' in decision ? decision.member : undefined)).to.equal('done');
  return decision.action;
}

async function expectPointer(table: DefinedTable, attributes: Attributes | undefined, entity = LAST) {
  const found = await table.readPointer(entity);
  expect(found && comparableFields(found)).to.deep.equal(attributes && comparableFields(attributes));
}

export const passesOverARow = each(Object.entries(OTHERS), async (harness: Harness, other) => {
  const table = await harness.defined(MEETING);
  await put(table, 'z', other);
  expect((await load(table, LAST)).newest).to.equal(undefined);
  await put(table, 'a', TALK);
  expect((await load(table, LAST)).newest?.sort).to.equal('a');
  expect(await reconciled(table)).to.equal('create');
  await expectPointer(table, { sk: 'a', title: 'a talk' });
  await put(table, 'b', KEYNOTE);
  expect(await reconciled(table)).to.equal('switch');
  await put(table, 'b', other);
  expect(await reconciled(table)).to.equal('switch');
  await expectPointer(table, { sk: 'a', title: 'a talk' });
  await put(table, 'a', other);
  expect(await reconciled(table)).to.equal('remove');
  await expectPointer(table, undefined);
});

/** The row that a pointer points to has become another, beside one that it may point to. */
async function pointingToNone(harness: Harness, other: Attributes) {
  const table = await harness.defined(MEETING);
  await put(table, 'b', TALK);
  await reconciled(table);
  await put(table, 'b', other);
  return table;
}

export const takesForGoneWhatAPointerPointsTo = each(
  Object.entries(OTHERS),
  async (harness: Harness, other) => {
    const table = await pointingToNone(harness, other);
    await put(table, 'a', KEYNOTE);
    const view = await load(table, LAST);
    expect(view).to.have.nested.property('current.sort', 'b');
    expect(view.target).to.equal(undefined);
    await put(table, 'b', { ...other, title: 'changed' });
    expect(await save(table, view, view.newest)).to.equal('done');
    await expectPointer(table, { sk: 'a', title: 'a talk' });
  },
);

export const findsThatWhatWasGoneCameBack = each(
  [
    ['in a late switch', async (table: DefinedTable) => put(table, 'a', KEYNOTE)],
    ['in a late remove', async () => undefined],
  ] as const,
  async (harness: Harness, given) => {
    const table = await pointingToNone(harness, OTHERS['of no kind']!);
    await given(table);
    const view = await load(table, LAST);
    await put(table, 'b', KEYNOTE);
    expect(await save(table, view, view.newest)).to.equal('conflict');
    await expectPointer(table, { sk: 'b', title: 'a talk' });
    expect(await reconciled(table)).to.equal('keep');
  },
);

export const findsThatARowBecameOne = each(Object.entries(OTHERS), async (harness: Harness, other) => {
  const table = await harness.defined(MEETING);
  await put(table, 'a', TALK);
  const view = await load(table, LAST);
  await put(table, 'a', { ...other, title: 'a talk' });
  expect(await save(table, view, view.newest)).to.equal('conflict');
  await expectPointer(table, undefined);
  await put(table, 'a', KEYNOTE);
  expect(await save(table, view, view.newest)).to.equal('done');
});

export async function takesNoPointerForARowThatItCouldBe(harness: Harness) {
  const table = await harness.defined(MEETING);
  await put(table, 'a', TALK);
  await put(table, 'r', { 'entity.type': 'room', title: 'a room' });
  expect(await reconciled(table, MAIN)).to.equal('create');
  expect(await reconciled(table)).to.equal('create');
  await expectPointer(table, { sk: 'a', title: 'a talk' });
  await expectPointer(table, { sk: 'r', title: 'a room' }, MAIN);
  for (const entity of [LAST, MAIN]) expect(await reconciled(table, entity)).to.equal('keep');
}

export async function mendsForeignPointersThatPointToThemselvesOrEachOther(harness: Harness) {
  const table = await harness.defined(MEETING);
  await put(table, 'a', TALK);
  await put(table, 'r', { 'entity.type': 'room', title: 'a room' });
  for (const [last, main] of [
    ['~LAST', '~MAIN'],
    ['~MAIN', '~LAST'],
  ] as const) {
    await put(table, '~LAST', { sk: last });
    await put(table, '~MAIN', { sk: main });
    const views = await loadAll(table, [LAST, MAIN]);
    expect(views.map(({ current, target }) => [current?.sort, target])).to.deep.equal([
      [last, undefined],
      [main, undefined],
    ]);
    const results = await table.images.save(views.map((view) => ({ view, member: view.newest })));
    expect(results).to.deep.equal(['done', 'done']);
    await expectPointer(table, { sk: 'a', title: 'a talk' });
    await expectPointer(table, { sk: 'r', title: 'a room' }, MAIN);
  }
}

export async function findsTheNewestAmongManyRowsOfOtherKinds(harness: Harness) {
  const table = await harness.defined(MEETING);
  await put(table, 'a', TALK);
  for (const n of range(60)) await put(table, `z${n}`, { 'entity.type': 'room', title: `${n}` });
  expect((await load(table, LAST)).newest?.sort).to.equal('a');
  expect((await load(table, MAIN)).newest?.sort).to.equal('z9');
}
