import { expect } from 'chai';
import { each } from '../contract.ts';
import { anEntity, type Attributes, type Harness, identityOf, load, loadAll, save } from './harness.ts';
import { comparableFields } from '../../support/comparable.ts';
import { decimal, DEFAULT_IMAGES } from '../../support/factories.ts';
import { range } from '../../support/range.ts';

export async function findsNothingOfAnEntityThatHasNoRows(harness: Harness) {
  const entity = anEntity();
  const view = await load(harness, entity);
  expect(view.entity).to.deep.equal(entity);
  expect(view.newest).to.equal(undefined);
  expect(view.current).to.equal(undefined);
  expect(view.target).to.equal(undefined);
}

export async function answersNothingWhenAskedNothing(harness: Harness) {
  expect(await harness.images.load([])).to.deep.equal([]);
}

export async function findsTheImageWithTheHighestIdWhateverCameFirst(harness: Harness) {
  const entity = anEntity();
  for (const id of ['01HB', '01HD', '01HA', '01HC']) await harness.putImage(entity, id, { caption: id });
  const { newest } = await load(harness, entity);
  expect(newest?.sort).to.equal('IMG#01HD');
  expect(newest?.attributes['caption']).to.equal('01HD');
}

export async function ordersIdsByTheirUtf8BytesAsTheTableDoes(harness: Harness) {
  // In the order of UTF-8. By UTF-16 units, by locale or without regard to case it would be another.
  const ids = ['0', '9', 'A', 'A0', 'Z', 'Zz', 'a', 'é', 'ﬀ', '～', '🛩'];
  const entity = anEntity();
  for (const id of ids) {
    await harness.putImage(entity, id, {});
    expect((await load(harness, entity)).newest?.sort).to.equal(`IMG#${id}`);
  }
  for (const id of ids.toReversed()) {
    expect((await load(harness, entity)).newest?.sort).to.equal(`IMG#${id}`);
    await harness.removeImage(entity, id);
  }
  expect((await load(harness, entity)).newest).to.equal(undefined);
}

export async function seesWhatWasWrittenJustBefore(harness: Harness) {
  const entity = anEntity();
  for (const n of range(10)) {
    await harness.putImage(entity, `0${n}`, {});
    expect((await load(harness, entity)).newest?.sort).to.equal(`IMG#0${n}`);
  }
}

export async function givesOnlyThoseAttributesThatADefaultRowRepeats(harness: Harness) {
  const entity = anEntity();
  const all = Object.fromEntries(
    [...DEFAULT_IMAGES.repeat, ...DEFAULT_IMAGES.repeatedParts].map((name) => [name, `${name} value`]),
  );
  await harness.putImage(entity, '1', {
    ...all,
    ...identityOf(entity, '1'),
    secret: 'not for the default row',
  });
  const { newest } = await load(harness, entity);
  expect(comparableFields(newest?.attributes ?? {})).to.deep.equal(
    comparableFields({ ...all, ...identityOf(entity, '1') }),
  );
}

export async function takesAnImagesIdentityFromItsKeyNotFromItsAttributes(harness: Harness) {
  const entity = anEntity();
  await harness.putImage(entity, '1', { image_id: '2', org_id: 'another', entity_id: decimal('5') });
  expect(await load(harness, entity)).to.have.nested.property('newest.sort', 'IMG#1');
  expect((await load(harness, entity)).newest?.attributes).to.include(identityOf(entity, '1'));
}

export async function givesTheDefaultRowAndTheImageThatItPointsToAsThatIsNow(harness: Harness) {
  const entity = anEntity();
  await harness.putImage(entity, '1', { caption: 'changed since' });
  await harness.putImage(entity, '2', {});
  await harness.putForeignDefault(entity, { ...identityOf(entity, '1'), caption: 'as it was' });
  const view = await load(harness, entity);
  // Which is the newest does not matter as long as that is there.
  expect(view.newest).to.equal(undefined);
  expect(view.current?.sort).to.equal('IMG#1');
  expect(view.current?.attributes['caption']).to.equal('as it was');
  expect(view.target?.sort).to.equal('IMG#1');
  expect(view.target?.attributes['caption']).to.equal('changed since');
}

export async function givesNoPointedImageWhenThatIsGone(harness: Harness) {
  const entity = anEntity();
  await harness.putImage(entity, '1', {});
  await harness.putImage(entity, '2', {});
  await harness.putForeignDefault(entity, identityOf(entity, '2'));
  await harness.removeImage(entity, '2');
  const view = await load(harness, entity);
  expect(view.current?.sort).to.equal('IMG#2');
  expect(view.target).to.equal(undefined);
  expect(view.newest?.sort).to.equal('IMG#1');
}

export async function givesADefaultRowThatPointsToMoreThanAKeyCanHold(harness: Harness) {
  const [entity, other] = [anEntity(), anEntity()];
  for (const each of [entity, other]) await harness.putImage(each, '1', {});
  await harness.putForeignDefault(entity, { image_id: 'x'.repeat(2_000) });
  const views = await loadAll(harness, [entity, other]);
  expect(views.map((view) => view.newest?.sort)).to.deep.equal(['IMG#1', 'IMG#1']);
  expect(views[0]?.current?.sort).to.have.length(2_004);
  expect(views[0]?.target).to.equal(undefined);
  expect(await save(harness, views[0]!, views[0]!.newest)).to.equal('done');
}

export async function doesNotTakeTheDefaultRowForAnImage(harness: Harness) {
  const entity = anEntity();
  await harness.putForeignDefault(entity, identityOf(entity, '1'));
  const view = await load(harness, entity);
  expect(view.newest).to.equal(undefined);
  expect(view.current?.sort).to.equal('IMG#1');
  expect(view.target).to.equal(undefined);
}

export async function takesNoRowWithoutAnIdForAnImage(harness: Harness) {
  const entity = anEntity();
  await harness.putImage(entity, '1', {});
  await harness.putNamelessImage(entity);
  expect(await load(harness, entity)).to.have.nested.property('newest.sort', 'IMG#1');
  await harness.putForeignDefault(entity, { ...identityOf(entity, ''), caption: 'x' });
  await harness.removeImage(entity, '1');
  const view = await load(harness, entity);
  expect(view.newest).to.equal(undefined);
  expect(view.target).to.equal(undefined);
  expect(await save(harness, view, undefined)).to.equal('done');
  expect((await load(harness, entity)).current).to.equal(undefined);
}

export async function answersForManyEntitiesAtOnceEachInItsPlace(harness: Harness) {
  const entities = range(130).map(() => anEntity());
  await Promise.all(
    entities.map(async (entity, n) => {
      if (n % 3 > 0) await harness.putImage(entity, `image ${n}`, {});
      if (n % 3 > 1) await harness.putForeignDefault(entity, identityOf(entity, `image ${n}`));
    }),
  );
  const views = await loadAll(harness, entities);
  for (const [n, view] of views.entries()) {
    expect(view.entity).to.deep.equal(entities[n]);
    expect(view.newest?.sort).to.equal(n % 3 === 1 ? `IMG#image ${n}` : undefined);
    expect(view.current?.sort).to.equal(n % 3 > 1 ? `IMG#image ${n}` : undefined);
    expect(view.target?.sort).to.equal(n % 3 > 1 ? `IMG#image ${n}` : undefined);
  }
}

const WITHOUT_AN_IMAGE: Readonly<Record<string, Attributes>> = {
  'no attributes at all': {},
  'no image': { caption: 'x' },
  'a number for an image id': { image_id: decimal('1') },
  'an empty image id': { image_id: '' },
};

export const takesAForeignDefaultRowForOneThatPointsToNoImage = each(
  Object.entries(WITHOUT_AN_IMAGE),
  async (harness: Harness, attributes) => {
    const entity = anEntity();
    await harness.putImage(entity, '1', {});
    await harness.putForeignDefault(entity, attributes);
    const view = await load(harness, entity);
    expect(view.current?.sort).to.equal('');
    expect(comparableFields(view.current?.attributes ?? {})).to.deep.equal(comparableFields(attributes));
    expect(view.target).to.equal(undefined);
    expect(view.newest?.sort).to.equal('IMG#1');
  },
);
