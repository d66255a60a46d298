import { expect } from 'chai';
import type { EntityView } from '../../../src/application/ports/image-repository.ts';
import { Fault } from '../../../src/domain/fault.ts';
import type { Entity } from '../../../src/domain/pointer.ts';
import { entity as entityOf } from '../../support/factories.ts';
import { apply, type Harness, inserted, modified, removed } from './harness.ts';
import { defaultRow, imageRow } from '../../support/stream-records.ts';
import { unique } from '../../support/unique.ts';

async function view({ images }: Harness, entity: Entity): Promise<EntityView> {
  const [found] = await images.load([entity]);
  if (found === undefined || Fault.is(found)) throw found ?? new Error('no result');
  return found;
}

function anEntity(): Entity {
  return entityOf({ orgId: unique('org'), entityType: 'ICAO', entityId: unique('C172') });
}

export async function imagesAreFoundOnceAppliedUntilRemoved(harness: Harness) {
  const entity = anEntity();
  const rows = ['01', '02'].map((id) => imageRow(entity, id, { caption: `image ${id}` }));
  await apply(harness, ...rows.map((row, n) => inserted(row, n + 1)));
  expect((await view(harness, entity)).newest?.attributes['caption']).to.equal('image 02');
  await apply(harness, removed(rows[1]!, 3));
  expect((await view(harness, entity)).newest?.attributes['caption']).to.equal('image 01');
  await apply(harness, removed(rows[0]!, 4));
  expect((await view(harness, entity)).newest).to.equal(undefined);
}

export async function imagesAreNotBroughtBackByAnOlderChange(harness: Harness) {
  const entity = anEntity();
  const [old, young] = [
    imageRow(entity, '1', { caption: 'old' }),
    imageRow(entity, '1', { caption: 'young' }),
  ];
  await apply(harness, modified(old, young, 2));
  await apply(harness, inserted(old, 1));
  expect((await view(harness, entity)).newest?.attributes['caption']).to.equal('young');
  await apply(harness, removed(young, 4));
  await apply(harness, modified(old, young, 3));
  expect((await view(harness, entity)).newest).to.equal(undefined);
}

export async function foreignDefaultRowsAreReadAsTheDefault(harness: Harness) {
  const entity = anEntity();
  const [first, second] = [defaultRow(entity, { image_id: '1' }), defaultRow(entity, { image_id: '2' })];
  await apply(harness, inserted(imageRow(entity, '1'), 1), inserted(first, 2));
  expect(await view(harness, entity)).to.have.nested.property('current.sort', 'IMG#1');
  expect(await view(harness, entity)).to.have.nested.property('target.sort', 'IMG#1');
  await apply(harness, modified(first, second, 3));
  expect(await view(harness, entity)).to.have.nested.property('current.sort', 'IMG#2');
  expect((await view(harness, entity)).target).to.equal(undefined);
  await apply(harness, removed(second, 4));
  expect((await view(harness, entity)).current).to.equal(undefined);
}

export async function foreignDefaultRowsReplaceOneOfContrail(harness: Harness) {
  const entity = anEntity();
  await apply(harness, inserted(imageRow(entity, '1'), 1));
  const before = await view(harness, entity);
  expect(await harness.images.save([{ view: before, member: before.newest }])).to.deep.equal(['done']);
  const written = await view(harness, entity);
  await apply(harness, inserted(defaultRow(entity, { image_id: 'theirs' }), 2));
  expect(await harness.images.save([{ view: written, member: undefined }])).to.deep.equal(['conflict']);
  expect(await view(harness, entity)).to.have.nested.property('current.sort', 'IMG#theirs');
}

export async function foreignDefaultRowsAreIgnoredWhenOlder(harness: Harness) {
  const entity = anEntity();
  await apply(harness, inserted(defaultRow(entity, { image_id: '2' }), 2));
  await apply(harness, inserted(defaultRow(entity, { image_id: '1' }), 1));
  expect(await view(harness, entity)).to.have.nested.property('current.sort', 'IMG#2');
}
