import { expect } from 'chai';
import { anEntity, expectDefault, type Harness, loadAll } from './harness.ts';
import { isRejected } from '../../support/is-rejected.ts';

export async function readsNoEntity(harness: Harness) {
  expect(await isRejected(harness.images.load([anEntity()], AbortSignal.abort()))).to.equal(true);
}

export async function writesNoDefaultRow(harness: Harness) {
  const entities = [anEntity(), anEntity()];
  for (const entity of entities) await harness.putImage(entity, '1', {});
  const views = await loadAll(harness, entities);
  const writes = views.map((view) => ({ view, member: view.newest }));
  expect(await isRejected(harness.images.save(writes, AbortSignal.abort()))).to.equal(true);
  for (const entity of entities) await expectDefault(harness, entity, undefined);
}
