import { expect } from 'chai';
import type { EntityView } from '../../src/application/ports/image-repository.ts';
import { ReconcileDefaultImage } from '../../src/application/reconcile-default-image.ts';
import { commandsOf, type ReconcileDefaultImageCommand } from '../../src/domain/command.ts';
import { Fault } from '../../src/domain/fault.ts';
import type { Entity } from '../../src/domain/pointer.ts';
import { memoryBackend } from '../adapters/memory/memory-harness.ts';
import { entity as entityOf, image } from '../support/factories.ts';
import { range } from '../support/range.ts';
import { changeOf, defaultRow, imageRow, streamRecord } from '../support/stream-records.ts';
import { aRetrier, ScriptedImages } from './doubles.ts';

const entity = entityOf({ entityId: 'N1' });
const other = entityOf({ entityId: 'N2' });

function command(of: Entity, imageId = '1'): ReconcileDefaultImageCommand {
  const commands = commandsOf(changeOf(streamRecord({ after: imageRow(of, imageId) })));
  const found = commands.find((one) => one.does === 'pointer');
  if (found === undefined) throw new Error('the change asks nothing of default images');
  return found;
}

/** A table with the entity's images, and perhaps a default row. */
async function tableWith(images: readonly string[], defaultImage?: Readonly<Record<string, string>>) {
  const backend = memoryBackend();
  for (const id of images) await backend.put(imageRow(entity, id), { caption: `image ${id}` });
  if (defaultImage !== undefined) await backend.put(defaultRow(entity), { ...identity(), ...defaultImage });
  return backend;
}

function identity(imageId?: string) {
  return {
    org_id: 'SYSTEM',
    entity_type: 'REGISTRATION',
    entity_id: 'N1',
    ...(imageId === undefined ? {} : { image_id: imageId }),
  };
}

const NONE = { created: 0, switched: 0, repaired: 0, removed: 0, kept: 0 };

describe('ReconcileDefaultImage', () => {
  const cases: [
    title: string,
    images: string[],
    before: Record<string, string> | undefined,
    done: keyof typeof NONE,
    after: string | undefined,
  ][] = [
    ['no images and no default row', [], undefined, 'kept', undefined],
    ['no images, and a default row', [], { image_id: '1' }, 'removed', undefined],
    ['images, and no default row', ['1', '3', '2'], undefined, 'created', '3'],
    ['a default row whose image is gone', ['1', '3'], { image_id: '2', caption: 'image 2' }, 'switched', '3'],
    ['a default row that names no image', ['1', '3'], {}, 'switched', '3'],
    [
      'a valid default row beside a newer image',
      ['1', '3'],
      { image_id: '1', caption: 'image 1' },
      'kept',
      '1',
    ],
    [
      'a default row with an outdated attribute',
      ['1', '3'],
      { image_id: '1', caption: 'old' },
      'repaired',
      '1',
    ],
    ['a default row that lacks an attribute', ['1'], { image_id: '1' }, 'repaired', '1'],
    [
      'a default row with an attribute that the image lacks',
      ['1'],
      { image_id: '1', caption: 'image 1', credit: 'x' },
      'repaired',
      '1',
    ],
  ];
  for (const [title, images, before, done, after] of cases)
    it(`given ${title}, then it is ${done}`, async () => {
      const backend = await tableWith(images, before);
      const { failed, tally } = await new ReconcileDefaultImage(backend.images, aRetrier()).execute([
        command(entity),
      ]);
      expect(failed.size).to.equal(0);
      expect(tally).to.deep.equal({ ...NONE, [done]: 1 });
      expect(backend.table.pointer(entity)?.member).to.deep.equal(
        after && image(after, { ...identity(after), caption: `image ${after}` }),
      );
    });

  for (const [title, images, before] of cases)
    it(`given ${title}, when it is done again, then it writes nothing`, async () => {
      const { images: repository } = await tableWith(images, before);
      await new ReconcileDefaultImage(repository, aRetrier()).execute([command(entity)]);
      const watched = new ScriptedImages({}, repository);
      const { tally } = await new ReconcileDefaultImage(watched, aRetrier()).execute([command(entity)]);
      expect(tally).to.deep.equal({ ...NONE, kept: 1 });
      expect(watched.saves).to.deep.equal([]);
    });

  it('given many changes of few entities, then it reads and writes each entity once, all in one call', async () => {
    const backend = await tableWith(['1']);
    await backend.put(imageRow(other, '1'), {});
    const images: ScriptedImages = new ScriptedImages({}, backend.images);
    const commands = range(20).map((n) => command(n % 2 === 0 ? entity : other, `${n}`));
    const { tally } = await new ReconcileDefaultImage(images, aRetrier()).execute(commands);
    expect(images.loads).to.deep.equal([[entity, other]]);
    expect(images.saves.map((writes) => writes.map(({ view }) => view.entity))).to.deep.equal([
      [entity, other],
    ]);
    expect(tally).to.deep.equal({ ...NONE, created: 2 });
  });

  describe('given that somebody else writes the default row in between', () => {
    it('then it reads again, and decides on what it finds', async () => {
      const backend = await tableWith(['1', '2']);
      const images: ScriptedImages = new ScriptedImages(
        {
          save: async (writes) => {
            if (images.saves.length === 1)
              await backend.put(defaultRow(entity), { ...identity('1'), caption: 'image 1' });
            return backend.images.save(writes);
          },
        },
        backend.images,
      );
      const { failed, tally } = await new ReconcileDefaultImage(images, aRetrier()).execute([
        command(entity),
      ]);
      expect(failed.size).to.equal(0);
      expect(tally, 'their default is valid, so it stays').to.deep.equal({ ...NONE, kept: 1 });
      expect(backend.table.pointer(entity)?.member.sort).to.equal('IMG#1');
    });
  });

  describe('given reads of different moments', () => {
    /** The newest image is asked for before there is any, the rest after somebody has written the default row. */
    const tooEarly = (views: readonly (EntityView | Fault)[]) =>
      views.map((view) => (Fault.is(view) ? view : { ...view, newest: undefined }));

    it('that contradict each other, then it writes nothing, and reads again', async () => {
      const backend = await tableWith(['01X'], { image_id: '01X', caption: 'image 01X' });
      const images: ScriptedImages = new ScriptedImages(
        {
          load: async (entities) => {
            const views = await backend.images.load(entities);
            return images.loads.length === 1 ? tooEarly(views) : views;
          },
        },
        backend.images,
      );
      // Where it stays with its row, the newest decides nothing.
      const newest = { ...entity, model: { ...entity.model, choose: 'newest' as const } };
      const { failed, tally } = await new ReconcileDefaultImage(images, aRetrier()).execute([
        { ...command(entity, '01A'), entity: newest },
      ]);
      expect(failed.size).to.equal(0);
      expect(tally).to.deep.equal({ ...NONE, kept: 1 });
      expect(images.loads).to.have.length(2);
      expect(images.saves).to.deep.equal([]);
    });
  });

  it('given a fault of one entity, then all changes of that have failed, and no others', async () => {
    const backend = await tableWith(['1']);
    await backend.put(imageRow(other, '1'), {});
    const fault = new Fault('transient', 'throttled');
    const images = new ScriptedImages(
      {
        load: async (entities) => {
          const views = await backend.images.load(entities);
          return views.map((view, n) => (entities[n]?.parts[2] === 'N1' ? fault : view));
        },
      },
      backend.images,
    );
    const commands = [command(entity, '1'), command(other), command(entity, '2')];
    const { failed, tally } = await new ReconcileDefaultImage(images, aRetrier()).execute(commands);
    expect([...failed]).to.have.deep.members([
      [commands[0]!.change, fault],
      [commands[2]!.change, fault],
    ]);
    expect(tally).to.deep.equal({ ...NONE, created: 1 });
  });

  it('given no view of an entity, then its change has failed', async () => {
    const given = command(entity);
    const images = new ScriptedImages({});
    const { failed } = await new ReconcileDefaultImage(images, aRetrier()).execute([given]);
    expect(failed.get(given.change)?.message).to.equal('the adapter gave no result for this effect');
  });

  it('writes on the view that it decided on', async () => {
    const backend = await tableWith(['1']);
    const [view] = (await backend.images.load([entity])) as EntityView[];
    const images: ScriptedImages = new ScriptedImages({
      load: async () => [view!],
      save: async () => ['done'],
    });
    await new ReconcileDefaultImage(images, aRetrier()).execute([command(entity)]);
    expect(images.saves[0]?.[0]?.view).to.equal(view);
    expect(images.saves[0]?.[0]?.member).to.deep.equal(view?.newest);
  });
});
