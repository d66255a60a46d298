import { expect } from 'chai';
import { defineTable } from '../../../src/domain/definition/define-table.ts';
import { pointer } from '../../../src/domain/definition/pointer.ts';
import { row } from '../../../src/domain/definition/row.ts';
import { decidePointer, type Entity, type PointerModel } from '../../../src/domain/pointer.ts';
import { comparableFields } from '../../support/comparable.ts';
import { decimal } from '../../support/factories.ts';
import { range } from '../../support/range.ts';
import { each } from '../contract.ts';
import { type Attributes, type DefinedTable, type Harness, load, loadAll, save } from './harness.ts';

/** Names that no expression may hold as they are, sort keys of two parts, and two pointers to the same rows. */
const photo = row({ 'owner.key': 'OWNER#<owner>', name: 'PHOTO#<album>#<photo>' });
const PHOTOS = defineTable({
  keys: { partition: 'owner.key', sort: 'name' },
  rows: { photo },
  derive: {
    cover: pointer(photo, {
      at: { name: 'COVER' },
      choose: 'keep',
      repeat: ['size', 'file-name', 'camera.model', 'owner'],
    }),
    latest: pointer(photo, { at: { name: 'LATEST' }, choose: 'newest', repeat: ['size'] }),
  },
});

/** Sort keys that all begin alike: the highest in a partition is the pointer itself. */
const version = row({ page: 'PAGE#<path>', version: '<year>/<number>' });
const PAGES = defineTable({
  keys: { partition: 'page', sort: 'version' },
  rows: { version },
  derive: { current: pointer(version, { at: { version: 'CURRENT' }, choose: 'newest', repeat: [] }) },
});

/** Other rows have keys like those of posts, but for what a part may hold. */
const post = row({ PK: 'BLOG#<blog>', SK: 'POST#<post>' }, { parts: { post: { without: '#' } } });
const POSTS = defineTable({
  keys: { partition: 'PK', sort: 'SK' },
  rows: { post },
  derive: { top: pointer(post, { at: { SK: 'TOP' }, choose: 'keep', repeat: ['title'] }) },
});

/** Sort keys that are numbers, and such that are bytes. */
const reading = row({ device: '<device>', at: '<time>' }, { parts: { time: { without: '-' } } });
const READINGS = defineTable({
  keys: { partition: 'device', sort: { name: 'at', type: 'N' } },
  rows: { reading },
  derive: { last: pointer(reading, { at: { at: '-1' }, choose: 'newest', repeat: ['value'] }) },
});
const block = row({ file: '<number>', digest: '<hash>' }, { parts: { hash: { without: '_' } } });
const BLOCKS = defineTable({
  keys: { partition: { name: 'file', type: 'N' }, sort: { name: 'digest', type: 'B' } },
  rows: { block },
  derive: { highest: pointer(block, { at: { digest: '__8' }, choose: 'newest', repeat: ['number'] }) },
});

const OWNER = 'C. D. Bell';

function entityOf(
  { model }: { readonly model: { readonly pointers: readonly PointerModel[] } },
  name: string,
) {
  const found = model.pointers.find((pointer) => pointer.name === name);
  if (found === undefined) throw new Error(`there is no pointer ${name}`);
  return (...parts: string[]): Entity => ({ model: found, parts });
}

const coverOf = entityOf(PHOTOS, 'cover');
const latestOf = entityOf(PHOTOS, 'latest');
const currentOf = entityOf(PAGES, 'current');
const topOf = entityOf(POSTS, 'top');
const lastOf = entityOf(READINGS, 'last');
const highestOf = entityOf(BLOCKS, 'highest');

function photoRow(sort: string, attributes: Attributes = {}): Attributes {
  return { 'owner.key': `OWNER#${OWNER}`, name: sort, ...attributes };
}

function aPhoto(album: string, id: string, attributes: Attributes = {}): Attributes {
  return photoRow(`PHOTO#${album}#${id}`, attributes);
}

/** Decides, and writes what was decided. */
async function reconciled(table: DefinedTable, entity: Entity) {
  const view = await load(table, entity);
  const decision = decidePointer(view);
  if (decision.action !== 'keep')
    expect(await save(table, view, 'member' in decision ? decision.member : undefined)).to.equal('done');
  return decision.action;
}

async function expectPointer(table: DefinedTable, entity: Entity, attributes: Attributes | undefined) {
  const found = await table.readPointer(entity);
  expect(found && comparableFields(found)).to.deep.equal(attributes && comparableFields(attributes));
}

export async function findsRowsByKeysOfAnyNameAndWithSeveralParts(harness: Harness) {
  const table = await harness.defined(PHOTOS);
  const attributes = { size: decimal('5'), 'file-name': 'a.jpg', 'camera.model': 'Box', other: 'x' };
  for (const [album, id] of [
    ['2025', '9'],
    ['2026', '1'],
    ['2026', '07'],
  ] as const)
    await table.put(aPhoto(album, id, attributes));
  const view = await load(table, coverOf(OWNER));
  expect(view).to.deep.include({ current: undefined, target: undefined });
  expect(view.newest?.sort).to.equal('PHOTO#2026#1');
  const expected = {
    ...{ size: decimal('5'), 'file-name': 'a.jpg', 'camera.model': 'Box' },
    ...{ owner: OWNER, album: '2026', photo: '1' },
  };
  expect(comparableFields(view.newest?.attributes ?? {})).to.deep.equal(comparableFields(expected));
  expect(await save(table, view, view.newest)).to.equal('done');
  await expectPointer(table, coverOf(OWNER), expected);
  const after = await load(table, coverOf(OWNER));
  expect(after.current?.sort).to.equal('PHOTO#2026#1');
  expect(after.target?.sort).to.equal('PHOTO#2026#1');
  expect(await save(table, after, undefined)).to.equal('done');
  await expectPointer(table, coverOf(OWNER), undefined);
  expect((await load(table, coverOf('somebody else'))).newest).to.equal(undefined);
}

export async function takesASortKeyApartWhereALiteralFirstOccurs(harness: Harness) {
  const table = await harness.defined(PHOTOS);
  await table.put(aPhoto('2026', '#a#b'));
  expect(await reconciled(table, coverOf(OWNER))).to.equal('create');
  await expectPointer(table, coverOf(OWNER), { owner: OWNER, album: '2026', photo: '#a#b' });
  expect(await reconciled(table, coverOf(OWNER))).to.equal('keep');
}

export async function keepsAPointerBesideANewerRowWhereItIsToStay(harness: Harness) {
  const table = await harness.defined(PHOTOS);
  await table.put(aPhoto('2025', '1'));
  expect(await reconciled(table, coverOf(OWNER))).to.equal('create');
  await table.put(aPhoto('2026', '1'));
  expect(await reconciled(table, coverOf(OWNER))).to.equal('keep');
  const view = await load(table, coverOf(OWNER));
  expect(view.newest).to.equal(undefined);
  expect(view.target?.sort).to.equal('PHOTO#2025#1');
  await table.remove(aPhoto('2025', '1'));
  expect(await reconciled(table, coverOf(OWNER))).to.equal('switch');
  await expectPointer(table, coverOf(OWNER), { owner: OWNER, album: '2026', photo: '1' });
}

export async function movesAPointerToTheNewestRowWhereThatIsAskedFor(harness: Harness) {
  const table = await harness.defined(PHOTOS);
  await table.put(aPhoto('2025', '1', { size: 'first' }));
  expect(await reconciled(table, latestOf(OWNER))).to.equal('create');
  await table.put(aPhoto('2026', '1', { size: 'second' }));
  expect(await reconciled(table, latestOf(OWNER))).to.equal('switch');
  await expectPointer(table, latestOf(OWNER), { album: '2026', photo: '1', size: 'second' });
  await table.put(aPhoto('2024', '1'));
  expect(await reconciled(table, latestOf(OWNER))).to.equal('keep');
  await table.put(aPhoto('2026', '1', { size: 'changed' }));
  expect(await reconciled(table, latestOf(OWNER))).to.equal('repair');
  await expectPointer(table, latestOf(OWNER), { album: '2026', photo: '1', size: 'changed' });
  await table.remove(aPhoto('2026', '1'));
  expect(await reconciled(table, latestOf(OWNER))).to.equal('switch');
  await expectPointer(table, latestOf(OWNER), { album: '2025', photo: '1', size: 'first' });
  for (const album of ['2024', '2025']) await table.remove(aPhoto(album, '1'));
  expect(await reconciled(table, latestOf(OWNER))).to.equal('remove');
  await expectPointer(table, latestOf(OWNER), undefined);
}

export async function findsThatTheRowWentFromWhichThePointerWasToMove(harness: Harness) {
  const table = await harness.defined(PHOTOS);
  await table.put(aPhoto('2025', '1'));
  await reconciled(table, latestOf(OWNER));
  await table.put(aPhoto('2026', '1'));
  const view = await load(table, latestOf(OWNER));
  await table.remove(aPhoto('2025', '1'));
  expect(await save(table, view, view.newest)).to.equal('conflict');
  expect(await reconciled(table, latestOf(OWNER))).to.equal('switch');
}

const CHANGES: Readonly<Record<string, readonly [Attributes, Attributes]>> = {
  'a name with a dash': [{ 'file-name': 'a.jpg' }, { 'file-name': 'b.jpg' }],
  'a name with a dot': [{ 'camera.model': 'Box' }, {}],
  'a reserved word': [{}, { size: decimal('1') }],
};

export const findsThatARowChangedInAnAttributeOf = each(
  Object.entries(CHANGES),
  async (harness: Harness, [before, after]) => {
    const table = await harness.defined(PHOTOS);
    await table.put(aPhoto('2026', '1', before));
    const view = await load(table, coverOf(OWNER));
    await table.put(aPhoto('2026', '1', after));
    expect(await save(table, view, view.newest)).to.equal('conflict');
    await expectPointer(table, coverOf(OWNER), undefined);
    await table.put(aPhoto('2026', '1', { ...before, other: 'is not repeated' }));
    expect(await save(table, view, view.newest)).to.equal('done');
  },
);

const POINTED: Readonly<Record<string, readonly [read: Attributes, now: Attributes]>> = {
  'its first part': [
    { album: '2025', photo: '1' },
    { album: '2026', photo: '1' },
  ],
  'its last part': [
    { album: '2025', photo: '1' },
    { album: '2025', photo: '2' },
  ],
  'a part that it lacked': [{ album: '2025' }, { album: '2025', photo: '1' }],
  'a part that it lacks now': [
    { album: '2025', photo: '1' },
    { photo: '1', album: null },
  ],
};

export const findsThatAForeignPointerWasMadeToPointElsewhereBy = each(
  Object.entries(POINTED),
  async (harness: Harness, [read, now]) => {
    const table = await harness.defined(PHOTOS);
    await table.put(aPhoto('2026', '1'));
    await table.put(photoRow('COVER', read));
    const view = await load(table, coverOf(OWNER));
    await table.put(photoRow('COVER', now));
    expect(await save(table, view, view.newest)).to.equal('conflict');
    await expectPointer(table, coverOf(OWNER), now);
    expect(['repair', 'switch']).to.include(await reconciled(table, coverOf(OWNER)));
    await expectPointer(table, coverOf(OWNER), { owner: OWNER, album: '2026', photo: '1' });
  },
);

export async function takesAForeignPointerThatLacksAPartForOneToNoRow(harness: Harness) {
  const table = await harness.defined(PHOTOS);
  await table.put(aPhoto('2026', '1'));
  await table.put(photoRow('COVER', { album: '2026', photo: decimal('1') }));
  const view = await load(table, coverOf(OWNER));
  expect(view.current?.sort).to.equal('');
  expect(view.target).to.equal(undefined);
  expect(await save(table, view, view.newest)).to.equal('done');
}

export async function passesOverOtherRowsWhoseKeysBeginAlikeAndSortHigher(harness: Harness) {
  const table = await harness.defined(PHOTOS);
  const others = [...range(60).map((n) => `PHOTO#z${n}`), 'PHOTO##', 'PHOTO#2026#', 'PHOTO#'];
  for (const other of others) await table.put(photoRow(other, { album: 'z', photo: 'z', size: 'none' }));
  const nothing = await load(table, latestOf(OWNER));
  expect(nothing).to.deep.include({ newest: undefined, current: undefined, target: undefined });
  await table.put(aPhoto('2026', '1'));
  expect((await load(table, latestOf(OWNER))).newest?.sort).to.equal('PHOTO#2026#1');
  expect(await reconciled(table, latestOf(OWNER))).to.equal('create');
  await table.put(aPhoto('z', '1'));
  expect(await reconciled(table, latestOf(OWNER))).to.equal('switch');
  await expectPointer(table, latestOf(OWNER), { album: 'z', photo: '1' });
  for (const album of ['2026', 'z']) await table.remove(aPhoto(album, '1'));
  expect(await reconciled(table, latestOf(OWNER))).to.equal('remove');
}

export async function takesNoPointerForARowWhereAllSortKeysMayBegin(harness: Harness) {
  const table = await harness.defined(PAGES);
  const page = (sort: string): Attributes => ({ page: 'PAGE#/', version: sort });
  await table.put(page('none'));
  expect(await load(table, currentOf('/'))).to.deep.include({ newest: undefined, current: undefined });
  for (const sort of ['2025/2', '2025/1']) await table.put(page(sort));
  expect(await reconciled(table, currentOf('/'))).to.equal('create');
  await expectPointer(table, currentOf('/'), { year: '2025', number: '2' });
  expect(await reconciled(table, currentOf('/'))).to.equal('keep');
  await table.put(page('2026/1'));
  expect(await reconciled(table, currentOf('/'))).to.equal('switch');
  await expectPointer(table, currentOf('/'), { year: '2026', number: '1' });
  for (const sort of ['2025/1', '2025/2', '2026/1']) await table.remove(page(sort));
  expect(await reconciled(table, currentOf('/'))).to.equal('remove');
}

export async function takesNoRowForOneOfTheEntitysWhosePartIsNotAllowed(harness: Harness) {
  const table = await harness.defined(POSTS);
  const blogRow = (SK: string, attributes: Attributes = {}): Attributes => ({
    ...{ PK: 'BLOG#b', SK },
    ...attributes,
  });
  await table.put(blogRow('POST#1', { title: 'a post' }));
  await table.put(blogRow('POST#1#COMMENT#1', { title: 'a comment' }));
  expect((await load(table, topOf('b'))).newest?.sort).to.equal('POST#1');
  // A foreign pointer to a row that is there, but is none of the entity's.
  await table.put(blogRow('TOP', { post: '1#COMMENT#1', title: 'a comment' }));
  const view = await load(table, topOf('b'));
  expect(view.current?.sort).to.equal('POST#1#COMMENT#1');
  expect(view.target).to.equal(undefined);
  expect(await reconciled(table, topOf('b'))).to.equal('switch');
  await expectPointer(table, topOf('b'), { post: '1', title: 'a post' });
}

export async function writesSeveralPointersToTheSameRowsInOneCall(harness: Harness) {
  const table = await harness.defined(PHOTOS);
  const owners = range(30).map((n) => `owner ${n}`);
  for (const owner of owners)
    await table.put({ 'owner.key': `OWNER#${owner}`, name: 'PHOTO#2026#1', size: owner });
  const entities = owners.flatMap((owner) => [coverOf(owner), latestOf(owner)]);
  const views = await loadAll(table, entities);
  await table.put({ 'owner.key': 'OWNER#owner 7', name: 'PHOTO#2026#1', size: 'changed' });
  const results = await table.images.save(views.map((view) => ({ view, member: view.newest })));
  expect(results).to.deep.equal(entities.map(({ parts }) => (parts[0] === 'owner 7' ? 'conflict' : 'done')));
  for (const { model, parts } of entities) {
    const [owner = ''] = parts;
    const repeated = { album: '2026', photo: '1', size: owner };
    const expected = model.name === 'cover' ? { ...repeated, owner } : repeated;
    await expectPointer(table, { model, parts }, owner === 'owner 7' ? undefined : expected);
  }
}

export async function takesTheHighestNumberForTheNewestRow(harness: Harness) {
  const table = await harness.defined(READINGS);
  const at = (digits: string): Attributes => ({ device: 'D', at: decimal(digits), value: `at ${digits}` });
  const large = '100000000000000000000';
  // A row of no kind, which sorts below.
  await table.put(at('-5'));
  expect((await load(table, lastOf('D'))).newest).to.equal(undefined);
  for (const [digits, action] of [
    ['9', 'create'],
    ['10', 'switch'],
    ['0.5', 'keep'],
    [large, 'switch'],
    ['99', 'keep'],
  ] as const) {
    await table.put(at(digits));
    expect(await reconciled(table, lastOf('D')), digits).to.equal(action);
  }
  expect((await load(table, lastOf('D'))).newest?.sort).to.equal(large);
  await expectPointer(table, lastOf('D'), { time: large, value: `at ${large}` });
  await table.remove(at(large));
  expect(await reconciled(table, lastOf('D'))).to.equal('switch');
  await expectPointer(table, lastOf('D'), { time: '99', value: 'at 99' });
  for (const digits of ['9', '10', '0.5', '99']) await table.remove(at(digits));
  expect(await reconciled(table, lastOf('D'))).to.equal('remove');
}

export async function takesAPointerToANumberThatIsWrittenOtherwiseForNone(harness: Harness) {
  const table = await harness.defined(READINGS);
  await table.put({ device: 'D', at: decimal('1'), value: 'first' });
  for (const time of ['1.0', 'x', decimal('1')]) {
    await table.put({ device: 'D', at: decimal('-1'), time, value: 'first' });
    expect((await load(table, lastOf('D'))).target).to.equal(undefined);
    expect(await reconciled(table, lastOf('D'))).to.equal('switch');
    await expectPointer(table, lastOf('D'), { time: '1', value: 'first' });
  }
}

export async function takesTheHighestBytesForTheNewestRow(harness: Harness) {
  const table = await harness.defined(BLOCKS);
  const blockOf = (...bytes: number[]): Attributes => ({
    file: decimal('1.50'),
    digest: new Uint8Array(bytes),
  });
  for (const [bytes, action] of [
    [[0], 'create'],
    [[26, 0], 'switch'],
    // As base64url these two sort the other way round: "GwA", "AAD7".
    [[27, 0], 'switch'],
    [[0, 0, 251], 'keep'],
    [[251], 'switch'],
    [[250, 255], 'keep'],
  ] as const) {
    await table.put(blockOf(...bytes));
    expect(await reconciled(table, highestOf('1.5')), String(bytes)).to.equal(action);
  }
  await expectPointer(table, highestOf('1.5'), { hash: '-w', number: '1.5' });
  await table.remove(blockOf(251));
  expect(await reconciled(table, highestOf('1.5'))).to.equal('switch');
  await expectPointer(table, highestOf('1.5'), { hash: '-v8', number: '1.5' });
}
