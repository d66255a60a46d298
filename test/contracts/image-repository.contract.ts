import { expect } from 'chai';
import type { EntityView, ImageRepository } from '../../src/application/ports/image-repository.ts';
import { IMAGE_ATTRIBUTES, type Image } from '../../src/domain/default-image.ts';
import { Fault } from '../../src/domain/fault.ts';
import type { Entity } from '../../src/domain/row.ts';
import type { Value } from '../../src/domain/value.ts';
import { decimal, map } from '../support/factories.ts';
import { type Capability, whenAble } from './capability.ts';
import { comparableFields } from '../support/comparable.ts';
import { HOSTILE_NAMES, HOSTILE_VALUES, PROTOTYPE_NAMES } from '../support/hostile.ts';
import { range } from '../support/range.ts';
import { unique } from '../support/unique.ts';

type Attributes = Readonly<Record<string, Value>>;

/** An image repository, and the table behind it as its other users see it. */
export interface ImageRepositoryHarness {
  readonly images: ImageRepository;
  /** Puts an image row with these attributes, and with no others but its keys. */
  putImage(entity: Entity, imageId: string, attributes: Attributes): Promise<void>;
  removeImage(entity: Entity, imageId: string): Promise<void>;
  /** Puts a row beside the entity's images whose sort key is `IMG#` and nothing more, and so no image's. */
  putNamelessImage(entity: Entity): Promise<void>;
  /** Puts the entity's default row as a program does that knows nothing of Contrail or its revisions. */
  putForeignDefault(entity: Entity, attributes: Attributes): Promise<void>;
  removeForeignDefault(entity: Entity): Promise<void>;
  /** Has the entity's default row point to another image, and leaves all else in it, as such a program may do. */
  repointForeignDefault(entity: Entity, imageId: string): Promise<void>;
  /** The attributes among `IMAGE_ATTRIBUTES` that the default row has; undefined when there is no such row. */
  readDefault(entity: Entity): Promise<Attributes | undefined>;
  close?(): Promise<void>;
}

export interface ImageRepositoryFeatures {
  /** Sees that a foreign default row was replaced by another that points to the same image: neither has a revision. */
  readonly seesForeignRewrites: Capability;
  /** Sees that a list or a map within an image changed since it was read. */
  readonly seesNestedChanges: Capability;
  /** Keeps the character U+0000 in text. */
  readonly nulCharacters: Capability;
  /** Keeps the name `__proto__` in a map within an attribute. */
  readonly prototypeNames: Capability;
}

/** What every image repository promises. Each test uses entities of its own. */
export function imageRepositoryContract(
  name: string,
  setUp: () => Promise<ImageRepositoryHarness>,
  features: ImageRepositoryFeatures,
): void {
  describe(`${name} keeps the contract of an image repository`, () => {
    let harness: ImageRepositoryHarness;
    before(async () => {
      harness = await setUp();
    });
    after(() => harness.close?.());

    const load = async (entity: Entity): Promise<EntityView> => {
      const [view] = await harness.images.load([entity]);
      if (view === undefined || Fault.is(view)) throw view ?? new Error('no result');
      return view;
    };
    const save = async (view: EntityView, image: Image | undefined) => {
      const results = await harness.images.save([{ view, image }]);
      expect(results).to.have.length(1);
      return results[0];
    };
    const expectDefault = async (entity: Entity, attributes: Attributes | undefined) => {
      const found = await harness.readDefault(entity);
      expect(found && comparableFields(found)).to.deep.equal(attributes && comparableFields(attributes));
    };

    describe('load', () => {
      it('finds nothing of an entity that has no rows', async () => {
        const entity = anEntity();
        const view = await load(entity);
        expect(view.entity).to.deep.equal(entity);
        expect(view.newest).to.equal(undefined);
        expect(view.current).to.equal(undefined);
        expect(view.pointed).to.equal(undefined);
      });

      it('answers no question with no answer', async () => {
        expect(await harness.images.load([])).to.deep.equal([]);
      });

      it('finds the image with the highest id, whatever the order in which they came', async () => {
        const entity = anEntity();
        for (const id of ['01HB', '01HD', '01HA', '01HC'])
          await harness.putImage(entity, id, { caption: id });
        const { newest } = await load(entity);
        expect(newest?.imageId).to.equal('01HD');
        expect(newest?.attributes['caption']).to.equal('01HD');
      });

      it('orders ids by their UTF-8 bytes, as the table orders its sort keys', async () => {
        // In the order of UTF-8. By UTF-16 units, by locale or without regard to case it would be another.
        const ids = ['0', '9', 'A', 'A0', 'Z', 'Zz', 'a', 'é', 'ﬀ', '～', '🛩'];
        const entity = anEntity();
        for (const id of ids) {
          await harness.putImage(entity, id, {});
          expect((await load(entity)).newest?.imageId).to.equal(id);
        }
        for (const id of ids.toReversed()) {
          expect((await load(entity)).newest?.imageId).to.equal(id);
          await harness.removeImage(entity, id);
        }
        expect((await load(entity)).newest).to.equal(undefined);
      });

      it('sees what was written just before', async () => {
        const entity = anEntity();
        for (const n of range(10)) {
          await harness.putImage(entity, `0${n}`, {});
          expect((await load(entity)).newest?.imageId).to.equal(`0${n}`);
        }
      });

      it('gives those attributes of an image that its default row repeats, and no others', async () => {
        const entity = anEntity();
        const all = Object.fromEntries(
          IMAGE_ATTRIBUTES.map((attribute) => [attribute, `${attribute} value`]),
        );
        await harness.putImage(entity, '1', {
          ...all,
          ...identityOf(entity, '1'),
          secret: 'not for the default row',
        });
        const { newest } = await load(entity);
        expect(comparableFields(newest?.attributes ?? {})).to.deep.equal(
          comparableFields({ ...all, ...identityOf(entity, '1') }),
        );
      });

      it("takes an image's identity from its key, not from its attributes", async () => {
        const entity = anEntity();
        await harness.putImage(entity, '1', { image_id: '2', org_id: 'another', entity_id: decimal('5') });
        expect(await load(entity)).to.have.nested.property('newest.imageId', '1');
        expect((await load(entity)).newest?.attributes).to.include(identityOf(entity, '1'));
      });

      it('gives the default row, and the image that it points to as that is now', async () => {
        const entity = anEntity();
        await harness.putImage(entity, '1', { caption: 'changed since' });
        await harness.putImage(entity, '2', {});
        await harness.putForeignDefault(entity, { ...identityOf(entity, '1'), caption: 'as it was' });
        const view = await load(entity);
        expect(view.newest?.imageId).to.equal('2');
        expect(view.current?.imageId).to.equal('1');
        expect(view.current?.attributes['caption']).to.equal('as it was');
        expect(view.pointed?.imageId).to.equal('1');
        expect(view.pointed?.attributes['caption']).to.equal('changed since');
      });

      it('gives no pointed image when that is gone', async () => {
        const entity = anEntity();
        await harness.putImage(entity, '1', {});
        await harness.putImage(entity, '2', {});
        await harness.putForeignDefault(entity, identityOf(entity, '2'));
        await harness.removeImage(entity, '2');
        const view = await load(entity);
        expect(view.current?.imageId).to.equal('2');
        expect(view.pointed).to.equal(undefined);
        expect(view.newest?.imageId).to.equal('1');
      });

      const wrongDefaults: [string, Attributes][] = [
        ['has no attributes at all', {}],
        ['names no image', { caption: 'x' }],
        ['has a number for an image id', { image_id: decimal('1') }],
        ['has an empty image id', { image_id: '' }],
      ];
      for (const [what, attributes] of wrongDefaults)
        it(`gives a foreign default row that ${what} as one that points to no image`, async () => {
          const entity = anEntity();
          await harness.putImage(entity, '1', {});
          await harness.putForeignDefault(entity, attributes);
          const view = await load(entity);
          expect(view.current?.imageId).to.equal('');
          expect(comparableFields(view.current?.attributes ?? {})).to.deep.equal(
            comparableFields(attributes),
          );
          expect(view.pointed).to.equal(undefined);
          expect(view.newest?.imageId).to.equal('1');
        });

      it('gives a default row that points to more than a key can hold, beside other entities', async () => {
        const [entity, other] = [anEntity(), anEntity()];
        for (const each of [entity, other]) await harness.putImage(each, '1', {});
        await harness.putForeignDefault(entity, { image_id: 'x'.repeat(2_000) });
        const views = (await harness.images.load([entity, other])) as EntityView[];
        expect(views.map((view) => view.newest?.imageId)).to.deep.equal(['1', '1']);
        expect(views[0]?.current?.imageId).to.have.length(2_000);
        expect(views[0]?.pointed).to.equal(undefined);
        expect(await save(views[0]!, views[0]!.newest)).to.equal('done');
      });

      it('does not take the default row for an image', async () => {
        const entity = anEntity();
        await harness.putForeignDefault(entity, identityOf(entity, '1'));
        const view = await load(entity);
        expect(view.newest).to.equal(undefined);
        expect(view.current?.imageId).to.equal('1');
        expect(view.pointed).to.equal(undefined);
      });

      it('takes no row for an image whose key lacks the id, beside images or alone', async () => {
        const entity = anEntity();
        await harness.putImage(entity, '1', {});
        await harness.putNamelessImage(entity);
        expect(await load(entity)).to.have.nested.property('newest.imageId', '1');
        await harness.putForeignDefault(entity, { ...identityOf(entity, ''), caption: 'x' });
        await harness.removeImage(entity, '1');
        const view = await load(entity);
        expect(view.newest).to.equal(undefined);
        expect(view.pointed).to.equal(undefined);
        expect(await save(view, undefined)).to.equal('done');
        expect((await load(entity)).current).to.equal(undefined);
      });

      it('answers for many entities at once, each in its place', async () => {
        const entities = range(130).map(() => anEntity());
        await Promise.all(
          entities.map(async (entity, n) => {
            if (n % 3 > 0) await harness.putImage(entity, `image ${n}`, {});
            if (n % 3 > 1) await harness.putForeignDefault(entity, identityOf(entity, `image ${n}`));
          }),
        );
        const views = await harness.images.load(entities);
        expect(views).to.have.length(entities.length);
        for (const [n, view] of views.entries()) {
          if (Fault.is(view)) throw view;
          expect(view.entity).to.deep.equal(entities[n]);
          expect(view.newest?.imageId).to.equal(n % 3 > 0 ? `image ${n}` : undefined);
          expect(view.current?.imageId).to.equal(n % 3 > 1 ? `image ${n}` : undefined);
          expect(view.pointed?.imageId).to.equal(n % 3 > 1 ? `image ${n}` : undefined);
        }
      });
    });

    describe('save', () => {
      it('does nothing with nothing to do', async () => {
        expect(await harness.images.save([])).to.deep.equal([]);
      });

      it('creates a default row', async () => {
        const entity = anEntity();
        await harness.putImage(entity, '1', { caption: 'x', width: decimal('640') });
        const view = await load(entity);
        expect(await save(view, view.newest)).to.equal('done');
        await expectDefault(entity, { ...identityOf(entity, '1'), caption: 'x', width: decimal('640') });
        expect((await load(entity)).current).to.deep.equal(view.newest);
      });

      it('replaces a default row as a whole', async () => {
        const entity = anEntity();
        await harness.putForeignDefault(entity, {
          ...identityOf(entity, '1'),
          caption: 'goes',
          credit: 'goes too',
        });
        await harness.putImage(entity, '2', { url: 'https://example.com/2' });
        const view = await load(entity);
        expect(await save(view, view.newest)).to.equal('done');
        await expectDefault(entity, { ...identityOf(entity, '2'), url: 'https://example.com/2' });
      });

      it('removes a default row', async () => {
        const entity = anEntity();
        await harness.putForeignDefault(entity, identityOf(entity, '1'));
        expect(await save(await load(entity), undefined)).to.equal('done');
        await expectDefault(entity, undefined);
        expect((await load(entity)).current).to.equal(undefined);
      });

      it('repairs a foreign default row with wrong attributes', async () => {
        const entity = anEntity();
        await harness.putImage(entity, '1', { caption: 'right' });
        await harness.putForeignDefault(entity, {
          image_id: '1',
          org_id: 'wrong',
          caption: [null],
          credit: 'wrong',
        });
        const view = await load(entity);
        expect(await save(view, view.pointed)).to.equal('done');
        await expectDefault(entity, { ...identityOf(entity, '1'), caption: 'right' });
      });

      it('replaces a foreign default row that has a revision of its own kind', async () => {
        const entity = anEntity();
        await harness.putImage(entity, '1', {});
        await harness.putForeignDefault(entity, { revision: decimal('1') });
        const view = await load(entity);
        expect(await save(view, view.newest)).to.equal('done');
        await expectDefault(entity, identityOf(entity, '1'));
      });

      it('leaves the images alone', async () => {
        const entity = anEntity();
        await harness.putImage(entity, '1', { caption: 'one' });
        await harness.putImage(entity, '2', { caption: 'two' });
        const view = await load(entity);
        await save(view, view.newest);
        await save(await load(entity), undefined);
        expect((await load(entity)).newest).to.deep.equal(view.newest);
        await harness.removeImage(entity, '2');
        expect((await load(entity)).newest?.attributes['caption']).to.equal('one');
      });

      it('changes the revision with every write, also of what is there already', async () => {
        const entity = anEntity();
        await harness.putImage(entity, '1', {});
        const revisions = new Set<string | undefined>();
        for (let writes = 0; writes < 4; writes++) {
          const view = await load(entity);
          revisions.add(view.revision);
          expect(await save(view, view.newest)).to.equal('done');
        }
        expect(revisions.size).to.equal(4);
      });
    });

    describe('save, after somebody else wrote the default row,', () => {
      const twoImages = async () => {
        const entity = anEntity();
        await harness.putImage(entity, '1', {});
        await harness.putImage(entity, '2', {});
        return entity;
      };
      const imageOf = (entity: Entity, id: string): Image => ({
        imageId: id,
        attributes: identityOf(entity, id),
      });
      const mine = (entity: Entity) => imageOf(entity, '1');
      const theirs = (entity: Entity) => imageOf(entity, '2');

      it('finds a conflict where there was no row, and writes nothing', async () => {
        const entity = await twoImages();
        const view = await load(entity);
        expect(await save(await load(entity), theirs(entity))).to.equal('done');
        expect(await save(view, mine(entity))).to.equal('conflict');
        await expectDefault(entity, theirs(entity).attributes);
      });

      it('finds a conflict where there was a row, and writes nothing', async () => {
        const entity = await twoImages();
        await save(await load(entity), mine(entity));
        const view = await load(entity);
        expect(await save(await load(entity), theirs(entity))).to.equal('done');
        expect(await save(view, mine(entity))).to.equal('conflict');
        expect(await save(view, undefined)).to.equal('conflict');
        await expectDefault(entity, theirs(entity).attributes);
      });

      it('finds a conflict where the row was removed, and writes nothing', async () => {
        const entity = await twoImages();
        await save(await load(entity), mine(entity));
        const view = await load(entity);
        expect(await save(await load(entity), undefined)).to.equal('done');
        expect(await save(view, theirs(entity))).to.equal('conflict');
        await expectDefault(entity, undefined);
      });

      it('finds a conflict where the row was removed and written again as it was', async () => {
        const entity = await twoImages();
        await save(await load(entity), mine(entity));
        const view = await load(entity);
        await save(await load(entity), undefined);
        await save(await load(entity), mine(entity));
        expect(await save(view, theirs(entity))).to.equal('conflict');
        await expectDefault(entity, mine(entity).attributes);
      });

      it('finds a conflict with a foreign row where there was none', async () => {
        const entity = await twoImages();
        const view = await load(entity);
        await harness.putForeignDefault(entity, theirs(entity).attributes);
        expect(await save(view, mine(entity))).to.equal('conflict');
        await expectDefault(entity, theirs(entity).attributes);
      });

      it('finds a conflict with a foreign row where Contrail had written one', async () => {
        const entity = await twoImages();
        await save(await load(entity), mine(entity));
        const view = await load(entity);
        await harness.putForeignDefault(entity, theirs(entity).attributes);
        expect(await save(view, undefined)).to.equal('conflict');
        await expectDefault(entity, theirs(entity).attributes);
      });

      it("finds a conflict where a foreign program removed Contrail's row", async () => {
        const entity = await twoImages();
        await save(await load(entity), mine(entity));
        const view = await load(entity);
        await harness.removeForeignDefault(entity);
        expect(await save(view, mine(entity))).to.equal('conflict');
        await expectDefault(entity, undefined);
      });

      it('finds a conflict where a foreign row is gone that said nothing', async () => {
        const entity = await twoImages();
        await harness.putForeignDefault(entity, {});
        const view = await load(entity);
        await harness.removeForeignDefault(entity);
        expect(await save(view, mine(entity))).to.equal('conflict');
        await expectDefault(entity, undefined);
      });

      it('finds a conflict where a foreign row that named no image names one', async () => {
        const entity = await twoImages();
        await harness.putForeignDefault(entity, {});
        const view = await load(entity);
        await harness.putForeignDefault(entity, theirs(entity).attributes);
        expect(await save(view, undefined)).to.equal('conflict');
        await expectDefault(entity, theirs(entity).attributes);
      });

      it('finds a conflict where Contrail has replaced a foreign row', async () => {
        const entity = await twoImages();
        await harness.putForeignDefault(entity, theirs(entity).attributes);
        const view = await load(entity);
        expect(await save(await load(entity), mine(entity))).to.equal('done');
        expect(await save(view, theirs(entity))).to.equal('conflict');
        await expectDefault(entity, mine(entity).attributes);
      });

      it("finds a conflict where a foreign program had Contrail's row point elsewhere", async () => {
        const entity = await twoImages();
        await save(await load(entity), mine(entity));
        const view = await load(entity);
        await harness.repointForeignDefault(entity, '2');
        expect(await save(view, mine(entity))).to.equal('conflict');
        expect(await save(view, undefined)).to.equal('conflict');
        expect(await load(entity)).to.have.nested.property('current.imageId', '2');
      });

      it('finds a conflict where a foreign program had a foreign row point elsewhere', async () => {
        const entity = await twoImages();
        await harness.putForeignDefault(entity, mine(entity).attributes);
        const view = await load(entity);
        await harness.repointForeignDefault(entity, '2');
        expect(await save(view, mine(entity))).to.equal('conflict');
        expect(await save(view, undefined)).to.equal('conflict');
        expect(await load(entity)).to.have.nested.property('current.imageId', '2');
      });

      whenAble(
        features.seesForeignRewrites,
        'finds a conflict where a foreign row replaced a foreign row that points to the same image',
        async () => {
          const entity = await twoImages();
          await harness.putForeignDefault(entity, mine(entity).attributes);
          const view = await load(entity);
          const after = { ...mine(entity).attributes, caption: 'theirs' };
          await harness.putForeignDefault(entity, after);
          expect(await save(view, undefined)).to.equal('conflict');
          await expectDefault(entity, after);
        },
      );

      it('saves on reading again', async () => {
        const entity = await twoImages();
        const stale = await load(entity);
        await save(await load(entity), theirs(entity));
        expect(await save(stale, mine(entity))).to.equal('conflict');
        expect(await save(await load(entity), mine(entity))).to.equal('done');
        await expectDefault(entity, mine(entity).attributes);
      });

      it('lets one of many win that write at the same time on the same view', async () => {
        const entity = anEntity();
        for (const n of range(20)) await harness.putImage(entity, `${n}`, {});
        const view = await load(entity);
        const results = await Promise.all(range(20).map((n) => save(view, imageOf(entity, `${n}`))));
        expect(results.filter((result) => result === 'done')).to.have.length(1);
        expect(results.filter((result) => result === 'conflict')).to.have.length(19);
        await expectDefault(entity, identityOf(entity, `${results.indexOf('done')}`));
      });

      it('answers for many writes at once, each in its place, whatever becomes of the others', async () => {
        const entities = await Promise.all(range(130).map(twoImages));
        const views = (await harness.images.load(entities)) as EntityView[];
        const overtaken = entities.filter((_, n) => n % 7 === 3);
        await Promise.all(
          overtaken.map((entity) => harness.putForeignDefault(entity, theirs(entity).attributes)),
        );
        const results = await harness.images.save(views.map((view) => ({ view, image: mine(view.entity) })));
        expect(results).to.deep.equal(entities.map((_, n) => (n % 7 === 3 ? 'conflict' : 'done')));
        for (const [n, entity] of entities.entries())
          await expectDefault(entity, (n % 7 === 3 ? theirs(entity) : mine(entity)).attributes);
      });
    });

    describe('save, after an image changed,', () => {
      const SAVED: Attributes = {
        url: 'https://example.com/1',
        thumbnail_url: 'https://example.com/1-small',
        caption: 'On final',
        credit: 'J. Doe',
        width: decimal('1600'),
        height: decimal('900'),
        uploaded_at: '2026-01-05T09:00:00Z',
      };

      it('finds a conflict in a late create whose image is gone', async () => {
        const entity = anEntity();
        await harness.putImage(entity, '1', SAVED);
        const view = await load(entity);
        await harness.removeImage(entity, '1');
        expect(await save(view, view.newest)).to.equal('conflict');
        await expectDefault(entity, undefined);
      });

      for (const name of Object.keys(SAVED))
        for (const [what, before, after] of [
          ['has another', SAVED, { ...SAVED, [name]: 'another' }],
          ['has no more', SAVED, without(SAVED, name)],
          ['now has a', without(SAVED, name), SAVED],
        ] as const)
          it(`finds a conflict in a late create whose image ${what} ${name}`, async () => {
            const entity = anEntity();
            await harness.putImage(entity, '1', before);
            const view = await load(entity);
            await harness.putImage(entity, '1', after);
            expect(await save(view, view.newest)).to.equal('conflict');
            await expectDefault(entity, undefined);
          });

      it('finds a conflict in a late remove where the image came back that the row points to', async () => {
        const entity = anEntity();
        await harness.putForeignDefault(entity, identityOf(entity, '1'));
        const view = await load(entity);
        await harness.putImage(entity, '1', {});
        expect(await save(view, undefined)).to.equal('conflict');
        await expectDefault(entity, identityOf(entity, '1'));
      });

      it('finds a conflict in a late switch where the image came back that the row points to', async () => {
        const entity = anEntity();
        await harness.putImage(entity, '2', {});
        await harness.putForeignDefault(entity, identityOf(entity, '1'));
        const view = await load(entity);
        await harness.putImage(entity, '1', {});
        expect(await save(view, view.newest)).to.equal('conflict');
        await expectDefault(entity, identityOf(entity, '1'));
      });

      it('finds a conflict in a late switch whose image is gone', async () => {
        const entity = anEntity();
        await harness.putImage(entity, '2', {});
        await harness.putForeignDefault(entity, identityOf(entity, '1'));
        const view = await load(entity);
        await harness.removeImage(entity, '2');
        expect(await save(view, view.newest)).to.equal('conflict');
        await expectDefault(entity, identityOf(entity, '1'));
      });

      it('finds a conflict in a late repair after the image went back to what the row says', async () => {
        const entity = anEntity();
        await harness.putImage(entity, '1', { caption: 'second' });
        await harness.putForeignDefault(entity, { ...identityOf(entity, '1'), caption: 'first' });
        const view = await load(entity);
        await harness.putForeignDefault(entity, { ...identityOf(entity, '1'), caption: 'second' });
        await harness.putImage(entity, '1', { caption: 'first' });
        await harness.putForeignDefault(entity, { ...identityOf(entity, '1'), caption: 'first' });
        expect(await save(view, view.pointed)).to.equal('conflict');
        await expectDefault(entity, { ...identityOf(entity, '1'), caption: 'first' });
      });

      it('finds a conflict in a late repair whose image is gone', async () => {
        const entity = anEntity();
        await harness.putImage(entity, '1', { caption: 'right' });
        await harness.putForeignDefault(entity, { ...identityOf(entity, '1'), caption: 'wrong' });
        const view = await load(entity);
        await harness.removeImage(entity, '1');
        expect(await save(view, view.pointed)).to.equal('conflict');
        await expectDefault(entity, { ...identityOf(entity, '1'), caption: 'wrong' });
      });

      it('finds a conflict where the image changed that the row points to, although another is written', async () => {
        const entity = anEntity();
        await harness.putImage(entity, '1', { caption: 'first' });
        await harness.putImage(entity, '2', {});
        await harness.putForeignDefault(entity, identityOf(entity, '1'));
        const view = await load(entity);
        await harness.putImage(entity, '1', { caption: 'second' });
        expect(await save(view, view.newest)).to.equal('conflict');
        await expectDefault(entity, identityOf(entity, '1'));
      });

      it('finds a conflict in what no table could bear out: one image that says two things', async () => {
        const entity = anEntity();
        await harness.putImage(entity, '1', { caption: 'right' });
        await harness.putForeignDefault(entity, identityOf(entity, '1'));
        const view = await load(entity);
        const other = { imageId: '1', attributes: { ...identityOf(entity, '1'), caption: 'other' } };
        expect(await save(view, other)).to.equal('conflict');
        await harness.putImage(entity, '1', { caption: 'other' });
        expect(await save(view, other)).to.equal('conflict');
        await expectDefault(entity, identityOf(entity, '1'));
      });

      whenAble(
        features.seesNestedChanges,
        'finds a conflict where a map within the image changed',
        async () => {
          const entity = anEntity();
          await harness.putImage(entity, '1', { caption: map(['en', 'first']) });
          const view = await load(entity);
          await harness.putImage(entity, '1', { caption: map(['en', 'second']) });
          expect(await save(view, view.newest)).to.equal('conflict');
        },
      );

      it('finds a conflict where a map within the image went', async () => {
        const entity = anEntity();
        await harness.putImage(entity, '1', { caption: map(['en', 'first']) });
        const view = await load(entity);
        await harness.putImage(entity, '1', {});
        expect(await save(view, view.newest)).to.equal('conflict');
      });

      it('saves where only images changed that the write does not rest on', async () => {
        const entity = anEntity();
        for (const id of ['1', '2', '3']) await harness.putImage(entity, id, SAVED);
        const view = await load(entity);
        await harness.removeImage(entity, '1');
        await harness.putImage(entity, '2', { caption: 'changed' });
        await harness.putImage(entity, '4', {});
        expect(await save(view, view.newest)).to.equal('done');
        await expectDefault(entity, { ...identityOf(entity, '3'), ...SAVED });
      });

      it('saves where only changed what a default row does not repeat, or how a number is written', async () => {
        const entity = anEntity();
        await harness.putImage(entity, '1', SAVED);
        const view = await load(entity);
        await harness.putImage(entity, '1', { ...SAVED, width: decimal('1.6e3'), remarks: 'new' });
        expect(await save(view, view.newest)).to.equal('done');
        await expectDefault(entity, { ...identityOf(entity, '1'), ...SAVED });
      });

      it('saves many at once, of every kind, and a conflict hits none but itself', async () => {
        const kinds = ['create', 'switch', 'repair', 'remove'] as const;
        const entities = range(150).map((n) => ({ entity: anEntity(), kind: kinds[n % 4]!, n }));
        await Promise.all(
          entities.map(async ({ entity, kind }) => {
            if (kind !== 'remove') await harness.putImage(entity, '2', { caption: 'right' });
            if (kind !== 'create')
              await harness.putForeignDefault(entity, identityOf(entity, kind === 'repair' ? '2' : '1'));
          }),
        );
        const views = (await harness.images.load(entities.map(({ entity }) => entity))) as EntityView[];
        const late = ({ n }: { n: number }) => n % 13 === 5;
        await Promise.all(
          entities
            .filter(late)
            .map(({ entity, kind }) =>
              kind === 'remove' ? harness.putImage(entity, '1', {}) : harness.removeImage(entity, '2'),
            ),
        );
        const results = await harness.images.save(
          views.map((view, n) => ({ view, image: kinds[n % 4] === 'remove' ? undefined : view.newest })),
        );
        expect(results).to.deep.equal(entities.map((each) => (late(each) ? 'conflict' : 'done')));
        for (const each of entities) {
          const { entity, kind } = each;
          const asItWas = kind === 'create' ? undefined : identityOf(entity, kind === 'repair' ? '2' : '1');
          const asAsked = kind === 'remove' ? undefined : { ...identityOf(entity, '2'), caption: 'right' };
          await expectDefault(entity, late(each) ? asItWas : asAsked);
        }
      });

      it('saves many large images at once', async () => {
        const caption = 'x'.repeat(300_000);
        const entities = range(20).map(() => anEntity());
        await Promise.all(entities.map((entity) => harness.putImage(entity, '1', { caption })));
        const views = (await harness.images.load(entities)) as EntityView[];
        await harness.removeImage(entities[7]!, '1');
        const results = await harness.images.save(views.map((view) => ({ view, image: view.newest })));
        expect(results).to.deep.equal(entities.map((_, n) => (n === 7 ? 'conflict' : 'done')));
        for (const [n, entity] of entities.entries())
          await expectDefault(entity, n === 7 ? undefined : { ...identityOf(entity, '1'), caption });
      });
    });

    describe('told to stop,', () => {
      const expectStopped = (results: readonly unknown[], count: number) => {
        expect(results).to.have.length(count);
        for (const result of results)
          expect(result).to.be.instanceOf(Fault).with.property('kind', 'transient');
      };

      it('reads no entity, and gives a transient Fault for each', async () => {
        expectStopped(await harness.images.load([anEntity(), anEntity()], AbortSignal.abort()), 2);
      });

      it('writes no default row, and gives a transient Fault for each', async () => {
        const entities = [anEntity(), anEntity()];
        for (const entity of entities) await harness.putImage(entity, '1', {});
        const views = (await harness.images.load(entities)) as EntityView[];
        const writes = views.map((view) => ({ view, image: view.newest }));
        expectStopped(await harness.images.save(writes, AbortSignal.abort()), 2);
        for (const entity of entities) await expectDefault(entity, undefined);
      });

      it('does its work as long as it is not told', async () => {
        const entities = range(150).map(() => anEntity());
        await Promise.all(entities.map((entity) => harness.putImage(entity, '1', {})));
        const { signal } = new AbortController();
        const views = (await harness.images.load(entities, signal)) as EntityView[];
        const writes = views.map((view) => ({ view, image: view.newest }));
        expect(await harness.images.save(writes, signal)).to.deep.equal(entities.map(() => 'done'));
      });
    });

    describe('whatever ids and attributes are,', () => {
      for (const name of HOSTILE_NAMES)
        it(`keeps the id ${JSON.stringify(name.slice(0, 60))}`, async () => {
          const entity: Entity = { orgId: unique(name), entityType: 'ICAO', entityId: unique(name) };
          await harness.putImage(entity, name, { caption: name });
          const view = await load(entity);
          expect(view.newest?.attributes).to.deep.equal({ ...identityOf(entity, name), caption: name });
          expect(await save(view, view.newest)).to.equal('done');
          const after = await load(entity);
          expect(after.current).to.deep.equal(view.newest);
          expect(after.pointed).to.deep.equal(view.newest);
          expect(await save(after, undefined)).to.equal('done');
          await expectDefault(entity, undefined);
        });

      for (const [what, value] of HOSTILE_VALUES)
        whenAble(
          what === PROTOTYPE_NAMES ? features.prototypeNames : 'yes',
          `keeps ${what} in an attribute`,
          async () => {
            const entity = anEntity();
            const expected = { ...identityOf(entity, '1'), caption: value };
            await harness.putImage(entity, '1', { caption: value });
            const view = await load(entity);
            expect(comparableFields(view.newest?.attributes ?? {})).to.deep.equal(comparableFields(expected));
            expect(await save(view, view.newest)).to.equal('done');
            await expectDefault(entity, expected);
            const { current } = await load(entity);
            expect(comparableFields(current?.attributes ?? {})).to.deep.equal(comparableFields(expected));
          },
        );

      it(`saves an image with ${PROTOTYPE_NAMES}, whether or not the name is kept`, async () => {
        const entity = anEntity();
        await harness.putImage(entity, '1', { caption: map(['__proto__', 'x'], ['a', 'y']) });
        const view = await load(entity);
        expect(await save(view, view.newest)).to.equal('done');
      });

      for (const caption of ['#PK', '#caption', ':caption0', 'attribute_exists(#PK)'])
        it(`keeps the text ${JSON.stringify(caption)} in an attribute, and compares it as text`, async () => {
          const entity = anEntity();
          await harness.putImage(entity, '1', { caption });
          const view = await load(entity);
          await harness.putImage(entity, '1', { caption: 'another' });
          expect(await save(view, view.newest)).to.equal('conflict');
          await harness.putImage(entity, '1', { caption });
          expect(await save(view, view.newest)).to.equal('done');
          await expectDefault(entity, { ...identityOf(entity, '1'), caption });
        });

      whenAble(features.nulCharacters, 'keeps U+0000 in an attribute', async () => {
        const entity = anEntity();
        await harness.putImage(entity, '1', { caption: 'a\u0000b' });
        const view = await load(entity);
        expect(await save(view, view.newest)).to.equal('done');
        await expectDefault(entity, { ...identityOf(entity, '1'), caption: 'a\u0000b' });
      });

      it('mixes up no two entities whose ids look alike', async () => {
        const id = unique('mixed');
        const entities: Entity[] = [
          { orgId: 'A', entityType: 'ICAO', entityId: id },
          { orgId: 'A', entityType: 'REGISTRATION', entityId: id },
          { orgId: 'a', entityType: 'ICAO', entityId: id },
          { orgId: 'A', entityType: 'ICAO', entityId: id.toUpperCase() },
          { orgId: 'A', entityType: 'ICAO', entityId: `${id} ` },
          { orgId: 'A', entityType: 'ICAO', entityId: `${id}#` },
          { orgId: 'A', entityType: 'ICAO', entityId: `${id}%23` },
          { orgId: 'A', entityType: 'ICAO', entityId: `${id}#IMG#1` },
          { orgId: 'A#', entityType: 'ICAO', entityId: id },
        ];
        for (const [n, entity] of entities.entries()) await harness.putImage(entity, `image ${n}`, {});
        for (const [n, entity] of entities.entries()) {
          const view = await load(entity);
          expect(view.newest?.imageId).to.equal(`image ${n}`);
          expect(await save(view, view.newest)).to.equal('done');
        }
        for (const [n, entity] of entities.entries())
          await expectDefault(entity, identityOf(entity, `image ${n}`));
      });
    });
  });
}

function anEntity(): Entity {
  return { orgId: unique('org'), entityType: 'REGISTRATION', entityId: unique('N') };
}

function identityOf({ orgId, entityType, entityId }: Entity, imageId: string) {
  return { org_id: orgId, entity_type: entityType, entity_id: entityId, image_id: imageId };
}

function without(attributes: Attributes, name: string): Attributes {
  return Object.fromEntries(Object.entries(attributes).filter(([each]) => each !== name));
}
