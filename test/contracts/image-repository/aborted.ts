import { expect } from 'chai';
import { Fault } from '../../../src/domain/fault.ts';
import { anEntity, expectDefault, type Harness, loadAll } from './harness.ts';

function expectStopped(results: readonly unknown[], count: number) {
  expect(results).to.have.length(count);
  for (const result of results) expect(result).to.be.instanceOf(Fault).with.property('kind', 'transient');
}

export async function readsNoEntity(harness: Harness) {
  expectStopped(await harness.images.load([anEntity(), anEntity()], AbortSignal.abort()), 2);
}

export async function writesNoDefaultRow(harness: Harness) {
  const entities = [anEntity(), anEntity()];
  for (const entity of entities) await harness.putImage(entity, '1', {});
  const views = await loadAll(harness, entities);
  const writes = views.map((view) => ({ view, image: view.newest }));
  expectStopped(await harness.images.save(writes, AbortSignal.abort()), 2);
  for (const entity of entities) await expectDefault(harness, entity, undefined);
}
