import { expect } from 'chai';
import type { EntityView } from '../../../src/application/ports/image-repository.ts';
import type { Entity, Member } from '../../../src/domain/pointer.ts';
import { image as memberOf, map } from '../../support/factories.ts';
import { each, needs } from '../contract.ts';
import { anEntity, type Attributes, expectDefault, expectSaved, identityOf } from './harness.ts';
import { type Harness, load, save, SAVED } from './harness.ts';

/** What the table is when the view is loaded, what happens until it is saved, and the images that it is saved with. */
type Story = readonly [
  given: readonly Step[],
  meanwhile: readonly Step[],
  saves: readonly ((view: EntityView) => Member | undefined)[],
];

type Step = (harness: Harness, entity: Entity) => Promise<unknown>;

/** Saving is a conflict, and leaves the default row as it is by then; on reading again, it succeeds. */
async function expectConflict(harness: Harness, [given, meanwhile, saves]: Story) {
  const entity = anEntity();
  for (const step of given) await step(harness, entity);
  const view = await load(harness, entity);
  for (const step of meanwhile) await step(harness, entity);
  const asItIs = await harness.readDefault(entity);
  for (const member of saves) expect(await save(harness, view, member(view))).to.equal('conflict');
  await expectDefault(harness, entity, asItIs);
  const again = await load(harness, entity);
  await expectSaved(harness, again, again.newest);
}

const putImage =
  (imageId: string, attributes: Attributes = {}): Step =>
  (harness, entity) =>
    harness.putImage(entity, imageId, attributes);

const removeImage =
  (imageId: string): Step =>
  (harness, entity) =>
    harness.removeImage(entity, imageId);

/** Contrail makes an image the default, or removes the default row. */
const saveDefault =
  (imageId?: string): Step =>
  async (harness, entity) => {
    const view = await load(harness, entity);
    await expectSaved(harness, view, imageId === undefined ? undefined : image(imageId)(view));
  };

const putForeign =
  (imageId: string, attributes: Attributes = {}): Step =>
  (harness, entity) =>
    harness.putForeignDefault(entity, { ...identityOf(entity, imageId), ...attributes });

const putEmptyForeign: Step = (harness, entity) => harness.putForeignDefault(entity, {});

const removeForeign: Step = (harness, entity) => harness.removeForeignDefault(entity);

const repointForeign: Step = async (harness, entity) => {
  await harness.repointForeignDefault(entity, '2');
  expect(await load(harness, entity)).to.have.nested.property('current.sort', 'IMG#2');
};

const image =
  (imageId: string, attributes: Attributes = {}) =>
  ({ entity }: EntityView): Member =>
    memberOf(imageId, { ...identityOf(entity, imageId), ...attributes });
const newest = (view: EntityView) => view.newest;
const target = (view: EntityView) => view.target;
const none = () => undefined;

const OVER_A_DEFAULT: Readonly<Record<string, Story>> = {
  'where there was no row': [[], [saveDefault('2')], [image('1')]],
  'where there was a row': [[saveDefault('1')], [saveDefault('2')], [image('1'), none]],
  'where the row was removed': [[saveDefault('1')], [saveDefault()], [image('2')]],
  'where the row was removed and written again': [
    [saveDefault('1')],
    [saveDefault(), saveDefault('1')],
    [image('2')],
  ],
  'where there is a foreign row and was none': [[], [putForeign('2')], [image('1')]],
  'where a foreign row replaced one of ours': [[saveDefault('1')], [putForeign('2')], [none]],
  'where a foreign program removed our row': [[saveDefault('1')], [removeForeign], [image('1')]],
  'where a foreign row is gone that said nothing': [[putEmptyForeign], [removeForeign], [image('1')]],
  'where a foreign row names an image that named none': [[putEmptyForeign], [putForeign('2')], [none]],
  'where a row of ours replaced a foreign one': [[putForeign('2')], [saveDefault('1')], [image('2')]],
  'where our row was made to point elsewhere': [[saveDefault('1')], [repointForeign], [image('1'), none]],
  'where a foreign row was made to point elsewhere': [
    [putForeign('1')],
    [repointForeign],
    [image('1'), none],
  ],
};

const TWO_IMAGES = [putImage('1'), putImage('2')];

export const findsThatTheDefaultChanged = each(
  Object.entries(OVER_A_DEFAULT),
  (harness: Harness, [given, meanwhile, saves]) =>
    expectConflict(harness, [[...TWO_IMAGES, ...given], meanwhile, saves]),
);

export const findsThatAForeignRowWasRewritten = needs('seesForeignRewrites', (harness: Harness) =>
  expectConflict(harness, [
    [...TWO_IMAGES, putForeign('1')],
    [putForeign('1', { caption: 'theirs' })],
    [none],
  ]),
);

const [FIRST, SECOND] = [{ caption: 'first' }, { caption: 'second' }];

const OVER_AN_IMAGE: Readonly<Record<string, Story>> = {
  'in a late create whose image is gone': [[putImage('1', SAVED)], [removeImage('1')], [newest]],
  'in a late create where a map within the image went': [
    [putImage('1', { caption: map(['en', 'first']) })],
    [putImage('1')],
    [newest],
  ],
  'in a late remove where the pointed image came back': [[putForeign('1')], [putImage('1')], [none]],
  'in a late switch where the pointed image came back': [
    [putImage('2'), putForeign('1')],
    [putImage('1')],
    [newest],
  ],
  'in a late switch whose image is gone': [[putImage('2'), putForeign('1')], [removeImage('2')], [newest]],
  'in a late switch where the pointed image changed': [
    [putImage('1', FIRST), putImage('2'), putForeign('1')],
    [putImage('1', SECOND)],
    [newest],
  ],
  'in a late repair where the image went back to what the row says': [
    [putImage('1', SECOND), putForeign('1', FIRST)],
    [putForeign('1', SECOND), putImage('1', FIRST), putForeign('1', FIRST)],
    [target],
  ],
  'in a late repair whose image is gone': [
    [putImage('1', SECOND), putForeign('1', FIRST)],
    [removeImage('1')],
    [target],
  ],
  // No single state of the table has both what was read of the image and what is to be written of it.
  'where one image is to say two things': [[putImage('1', FIRST), putForeign('1')], [], [image('1', SECOND)]],
  'where one image is to say two things, and says the second': [
    [putImage('1', FIRST), putForeign('1')],
    [putImage('1', SECOND)],
    [image('1', SECOND)],
  ],
};

export const findsThatAnImageChanged = each(Object.entries(OVER_AN_IMAGE), expectConflict);

const CHANGES = Object.keys(SAVED).flatMap((name) => {
  const without = Object.fromEntries(Object.entries(SAVED).filter(([each]) => each !== name));
  return [
    [`has another ${name}`, [SAVED, { ...SAVED, [name]: 'another' }]],
    [`has no ${name} anymore`, [SAVED, without]],
    [`now has a ${name}`, [without, SAVED]],
  ] as const;
});

export const findsThatTheImage = each(CHANGES, (harness: Harness, [before, after]) =>
  expectConflict(harness, [[putImage('1', before)], [putImage('1', after)], [newest]]),
);

export function findsThatAMapWithinTheImageChanged(harness: Harness) {
  return expectConflict(harness, [
    [putImage('1', { caption: map(['en', 'first']) })],
    [putImage('1', { caption: map(['en', 'second']) })],
    [newest],
  ]);
}
