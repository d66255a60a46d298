import { expect } from 'chai';
import type { Value } from '../../../src/domain/value.ts';
import { each, eachText, needs } from '../contract.ts';
import { anEntity, expectDefault, expectSaved, type Harness, identityOf, load, save } from './harness.ts';
import { comparableFields } from '../../support/comparable.ts';
import { entity as entityOf, map } from '../../support/factories.ts';
import { HOSTILE_NAMES, HOSTILE_VALUES } from '../../support/hostile.ts';
import { unique } from '../../support/unique.ts';

export const keepsTheId = eachText(HOSTILE_NAMES, async (harness: Harness, name) => {
  const entity = entityOf({ orgId: unique(name), entityType: 'ICAO', entityId: unique(name) });
  await harness.putImage(entity, name, { caption: name });
  const view = await load(harness, entity);
  expect(view.newest?.attributes).to.deep.equal({ ...identityOf(entity, name), caption: name });
  await expectSaved(harness, view, view.newest);
  const after = await load(harness, entity);
  expect(after.current).to.deep.equal(view.newest);
  expect(after.target).to.deep.equal(view.newest);
  await expectSaved(harness, after, undefined);
});

async function expectKept(harness: Harness, value: Value) {
  const entity = anEntity();
  const expected = { ...identityOf(entity, '1'), caption: value };
  await harness.putImage(entity, '1', { caption: value });
  const view = await load(harness, entity);
  expect(comparableFields(view.newest?.attributes ?? {})).to.deep.equal(comparableFields(expected));
  await expectSaved(harness, view, view.newest, expected);
  const { current } = await load(harness, entity);
  expect(comparableFields(current?.attributes ?? {})).to.deep.equal(comparableFields(expected));
}

export const keepsAnAttribute = each(HOSTILE_VALUES, expectKept);

export const keepsWhatReadsLikeAnExpression = eachText(
  ['#PK', '#caption', ':caption0', 'attribute_exists(#PK)'],
  async (harness: Harness, caption) => {
    const entity = anEntity();
    await harness.putImage(entity, '1', { caption });
    const view = await load(harness, entity);
    await harness.putImage(entity, '1', { caption: 'another' });
    expect(await save(harness, view, view.newest)).to.equal('conflict');
    await harness.putImage(entity, '1', { caption });
    await expectSaved(harness, view, view.newest, { ...identityOf(entity, '1'), caption });
  },
);

export async function savesAnImageWithPrototypeNamesKeptOrNot(harness: Harness) {
  const entity = anEntity();
  await harness.putImage(entity, '1', { caption: map(['__proto__', 'x'], ['a', 'y']) });
  const view = await load(harness, entity);
  expect(await save(harness, view, view.newest)).to.equal('done');
}

export const keepsNulCharacters = needs('nulCharacters', async (harness: Harness) => {
  const entity = anEntity();
  await harness.putImage(entity, '1', { caption: 'a\u0000b' });
  const view = await load(harness, entity);
  await expectSaved(harness, view, view.newest, { ...identityOf(entity, '1'), caption: 'a\u0000b' });
});

export async function mixesUpNoTwoEntitiesWhoseIdsLookAlike(harness: Harness) {
  const id = unique('mixed');
  const entities = [
    entityOf({ orgId: 'A', entityType: 'ICAO', entityId: id }),
    entityOf({ orgId: 'A', entityType: 'REGISTRATION', entityId: id }),
    entityOf({ orgId: 'a', entityType: 'ICAO', entityId: id }),
    entityOf({ orgId: 'A', entityType: 'ICAO', entityId: id.toUpperCase() }),
    entityOf({ orgId: 'A', entityType: 'ICAO', entityId: `${id} ` }),
    entityOf({ orgId: 'A', entityType: 'ICAO', entityId: `${id}#` }),
    entityOf({ orgId: 'A', entityType: 'ICAO', entityId: `${id}%23` }),
    entityOf({ orgId: 'A', entityType: 'ICAO', entityId: `${id}#IMG#1` }),
    entityOf({ orgId: 'A#', entityType: 'ICAO', entityId: id }),
  ];
  for (const [n, entity] of entities.entries()) await harness.putImage(entity, `image ${n}`, {});
  for (const [n, entity] of entities.entries()) {
    const view = await load(harness, entity);
    expect(view.newest?.sort).to.equal(`IMG#image ${n}`);
    expect(await save(harness, view, view.newest)).to.equal('done');
  }
  for (const [n, entity] of entities.entries())
    await expectDefault(harness, entity, identityOf(entity, `image ${n}`));
}
