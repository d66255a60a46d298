import { expect } from 'chai';
import type { Entity, Member } from '../../../src/domain/pointer.ts';
import {
  anEntity,
  expectDefault,
  expectSaved,
  type Harness,
  identityOf,
  load,
  loadAll,
  save,
  SAVED,
} from './harness.ts';
import { decimal, image } from '../../support/factories.ts';
import { range } from '../../support/range.ts';

export async function doesNothingWithNothingToDo(harness: Harness) {
  expect(await harness.images.save([])).to.deep.equal([]);
}

export async function createsADefaultRow(harness: Harness) {
  const entity = anEntity();
  await harness.putImage(entity, '1', { caption: 'x', width: decimal('640') });
  const view = await load(harness, entity);
  await expectSaved(harness, view, view.newest, {
    ...identityOf(entity, '1'),
    caption: 'x',
    width: decimal('640'),
  });
  expect((await load(harness, entity)).current).to.deep.equal(view.newest);
}

export async function replacesADefaultRowAsAWhole(harness: Harness) {
  const entity = anEntity();
  await harness.putForeignDefault(entity, { ...identityOf(entity, '1'), caption: 'goes', credit: 'too' });
  await harness.putImage(entity, '2', { url: 'https://example.com/2' });
  const view = await load(harness, entity);
  await expectSaved(harness, view, view.newest, { ...identityOf(entity, '2'), url: 'https://example.com/2' });
}

export async function removesADefaultRow(harness: Harness) {
  const entity = anEntity();
  await harness.putForeignDefault(entity, identityOf(entity, '1'));
  await expectSaved(harness, await load(harness, entity), undefined);
  expect((await load(harness, entity)).current).to.equal(undefined);
}

export async function repairsAForeignDefaultRowWithWrongAttributes(harness: Harness) {
  const entity = anEntity();
  await harness.putImage(entity, '1', { caption: 'right' });
  await harness.putForeignDefault(entity, {
    image_id: '1',
    org_id: 'wrong',
    caption: [null],
    credit: 'wrong',
  });
  const view = await load(harness, entity);
  await expectSaved(harness, view, view.target, { ...identityOf(entity, '1'), caption: 'right' });
}

export async function replacesAForeignDefaultRowThatHasARevisionOfItsOwnKind(harness: Harness) {
  const entity = anEntity();
  await harness.putImage(entity, '1', {});
  await harness.putForeignDefault(entity, { revision: decimal('1') });
  const view = await load(harness, entity);
  await expectSaved(harness, view, view.newest, identityOf(entity, '1'));
}

export async function leavesTheImagesAlone(harness: Harness) {
  const entity = anEntity();
  await harness.putImage(entity, '1', { caption: 'one' });
  await harness.putImage(entity, '2', { caption: 'two' });
  const view = await load(harness, entity);
  await save(harness, view, view.newest);
  await save(harness, await load(harness, entity), undefined);
  expect((await load(harness, entity)).newest).to.deep.equal(view.newest);
  await harness.removeImage(entity, '2');
  expect((await load(harness, entity)).newest?.attributes['caption']).to.equal('one');
}

export async function changesTheRevisionWithEveryWrite(harness: Harness) {
  const entity = anEntity();
  await harness.putImage(entity, '1', {});
  const revisions = new Set<string | undefined>();
  for (let writes = 0; writes < 4; writes++) {
    const view = await load(harness, entity);
    revisions.add(view.revision);
    expect(await save(harness, view, view.target ?? view.newest)).to.equal('done');
  }
  expect(revisions.size).to.equal(4);
}

export async function letsOneOfManyWinThatWriteAtTheSameTimeOnTheSameView(harness: Harness) {
  const entity = anEntity();
  for (const n of range(20)) await harness.putImage(entity, `${n}`, {});
  const view = await load(harness, entity);
  const results = await Promise.all(range(20).map((n) => save(harness, view, memberOf(entity, `${n}`))));
  expect(results.filter((result) => result === 'done')).to.have.length(1);
  expect(results.filter((result) => result === 'conflict')).to.have.length(19);
  await expectDefault(harness, entity, identityOf(entity, `${results.indexOf('done')}`));
}

export async function savesWhereOnlyOtherImagesChanged(harness: Harness) {
  const entity = anEntity();
  for (const id of ['1', '2', '3']) await harness.putImage(entity, id, SAVED);
  const view = await load(harness, entity);
  await harness.removeImage(entity, '1');
  await harness.putImage(entity, '2', { caption: 'changed' });
  await harness.putImage(entity, '4', {});
  await expectSaved(harness, view, view.newest, { ...identityOf(entity, '3'), ...SAVED });
}

export async function savesWhereOnlyWhatADefaultRowDoesNotRepeatChanged(harness: Harness) {
  const entity = anEntity();
  await harness.putImage(entity, '1', SAVED);
  const view = await load(harness, entity);
  await harness.putImage(entity, '1', { ...SAVED, width: decimal('1.6e3'), remarks: 'new' });
  await expectSaved(harness, view, view.newest, { ...identityOf(entity, '1'), ...SAVED });
}

export async function savesManyOfEveryKindWhateverBecomesOfTheOthers(harness: Harness) {
  const kinds = ['create', 'switch', 'repair', 'remove'] as const;
  const entities = range(150).map((n) => ({ entity: anEntity(), kind: kinds[n % 4]!, n }));
  await Promise.all(
    entities.map(async ({ entity, kind }) => {
      if (kind !== 'remove') await harness.putImage(entity, '2', { caption: 'right' });
      if (kind !== 'create')
        await harness.putForeignDefault(entity, identityOf(entity, kind === 'repair' ? '2' : '1'));
    }),
  );
  const views = await loadAll(
    harness,
    entities.map(({ entity }) => entity),
  );
  const late = ({ n }: { n: number }) => n % 13 === 5;
  await Promise.all(
    entities
      .filter(late)
      .map(({ entity, kind }) =>
        kind === 'remove' ? harness.putImage(entity, '1', {}) : harness.removeImage(entity, '2'),
      ),
  );
  const { signal } = new AbortController();
  const results = await harness.images.save(
    views.map((view, n) => ({
      view,
      member: kinds[n % 4] === 'remove' ? undefined : (view.target ?? view.newest),
    })),
    signal,
  );
  expect(results).to.deep.equal(entities.map((each) => (late(each) ? 'conflict' : 'done')));
  for (const each of entities) {
    const { entity, kind } = each;
    const asItWas = kind === 'create' ? undefined : identityOf(entity, kind === 'repair' ? '2' : '1');
    const asAsked = kind === 'remove' ? undefined : { ...identityOf(entity, '2'), caption: 'right' };
    await expectDefault(harness, entity, late(each) ? asItWas : asAsked);
  }
}

export async function savesManyLargeImagesAtOnce(harness: Harness) {
  const caption = 'x'.repeat(300_000);
  const entities = range(20).map(() => anEntity());
  await Promise.all(entities.map((entity) => harness.putImage(entity, '1', { caption })));
  const views = await loadAll(harness, entities);
  await harness.removeImage(entities[7]!, '1');
  const results = await harness.images.save(views.map((view) => ({ view, member: view.newest })));
  expect(results).to.deep.equal(entities.map((_, n) => (n === 7 ? 'conflict' : 'done')));
  for (const [n, entity] of entities.entries())
    await expectDefault(harness, entity, n === 7 ? undefined : { ...identityOf(entity, '1'), caption });
}

function memberOf(entity: Entity, imageId: string): Member {
  return image(imageId, identityOf(entity, imageId));
}
