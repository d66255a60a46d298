import { expect } from 'chai';
import type { DerivedState } from '../../src/application/ports/derived-state.ts';
import { type EntityView, type ImageRepository } from '../../src/application/ports/image-repository.ts';
import type { MatcherRepository } from '../../src/application/ports/matcher-repository.ts';
import type { Entity } from '../../src/domain/row.ts';
import type { SearchAction } from '../../src/domain/search-action.ts';
import type { DocumentFields, DocumentKey } from '../../src/domain/search-document.ts';
import type { Tuple } from '../../src/domain/tuple.ts';
import type { Value } from '../../src/domain/value.ts';
import { collect } from '../support/collect.ts';
import { comparableFields, indexedFields } from '../support/comparable.ts';
import { HOSTILE_NAMES, HOSTILE_VALUES } from '../support/hostile.ts';
import { range } from '../support/range.ts';
import { unique } from '../support/unique.ts';

/** A reader of everything derived, and the ports through which it got there. */
export interface DerivedStateHarness {
  readonly state: DerivedState;
  readonly images: ImageRepository;
  readonly matcher: MatcherRepository;
  /** Has an indexer apply the actions. */
  index(actions: readonly SearchAction[]): Promise<void>;
  /** Puts a row into the table, of any kind that something is derived from. */
  putRow(
    keys: { readonly PK: string; readonly SK: string },
    attributes: Readonly<Record<string, Value>>,
  ): Promise<void>;
  close?(): Promise<void>;
}

/** What every reader of the derived state promises. Each test looks at what it has put there itself. */
export function derivedStateContract(name: string, setUp: () => Promise<DerivedStateHarness>): void {
  describe(`${name} keeps the contract of the derived state`, () => {
    let harness: DerivedStateHarness;
    before(async () => {
      harness = await setUp();
    });
    after(() => harness.close?.());

    describe('documents', () => {
      const documents = async (keys: readonly DocumentKey[]) => {
        const names = new Set(keys.map(nameOf));
        return (await collect(harness.state.documents()))
          .filter(({ key }) => names.has(nameOf(key)))
          .map(({ key, fields }) => [nameOf(key), indexedFields(fields)]);
      };
      const asRead = (action: SearchAction) => [nameOf(action.key), indexedFields(action.document)];

      it('are those that the index holds, each once', async () => {
        const keys = range(3).map(() => aKey());
        const [kept, changed, deleted] = keys.map((key) => action(key, 1, { model: 'first' }));
        const change = action(changed!.key, 2, { model: 'second' });
        await harness.index([
          kept!,
          changed!,
          deleted!,
          change,
          { ...action(deleted!.key, 2), document: undefined },
        ]);
        expect(await documents(keys)).to.have.deep.members([kept!, change].map(asRead));
      });

      it('are read to the last, however many there are', async () => {
        const actions = range(300).map((n) => action(aKey(), n + 1));
        await harness.index(actions);
        expect(await documents(actions.map(({ key }) => key))).to.have.deep.members(actions.map(asRead));
      });

      it('keep ids and values', async () => {
        const actions = HOSTILE_NAMES.map((text) =>
          action({ collection: 'registry', id: unique(text) }, 1, {
            ...Object.fromEntries(HOSTILE_VALUES),
            text,
          }),
        );
        await harness.index(actions);
        expect(await documents(actions.map(({ key }) => key))).to.have.deep.members(actions.map(asRead));
      });
    });

    describe('default images', () => {
      const defaults = async (entities: readonly Entity[]) => {
        const names = new Set(entities.map((entity) => JSON.stringify(identityOf(entity))));
        return (await collect(harness.state.defaultImages()))
          .filter(({ entity }) => names.has(JSON.stringify(identityOf(entity))))
          .map(({ entity, image }) => [
            identityOf(entity),
            image.imageId,
            comparableFields(image.attributes),
          ]);
      };
      const putImage = (entity: Entity, imageId: string) => {
        const { orgId, entityType, entityId } = entity;
        const PK = `IMAGES#ORG#${orgId}#ENTITY#${entityType}#ID#${entityId}`;
        return harness.putRow({ PK, SK: `IMG#${imageId}` }, attributesOf(entity, imageId));
      };
      const save = async (entities: readonly Entity[], imageId: string | undefined) => {
        if (imageId !== undefined) await Promise.all(entities.map((entity) => putImage(entity, imageId)));
        const views = (await harness.images.load(entities)) as readonly EntityView[];
        const writes = views.map((view) => ({
          view,
          image:
            imageId === undefined ? undefined : { imageId, attributes: attributesOf(view.entity, imageId) },
        }));
        expect(await harness.images.save(writes)).to.deep.equal(writes.map(() => 'done'));
      };
      const asRead = (entity: Entity, imageId: string) => [
        identityOf(entity),
        imageId,
        comparableFields(attributesOf(entity, imageId)),
      ];

      it('are those that were saved, without those that were removed', async () => {
        const entities = range(4).map(() => anEntity());
        await save(entities, '1');
        await save(entities.slice(0, 2), '2');
        await save(entities.slice(3), undefined);
        const [a, b, c] = entities;
        expect(await defaults(entities)).to.have.deep.members([
          asRead(a!, '2'),
          asRead(b!, '2'),
          asRead(c!, '1'),
        ]);
      });

      it('keep ids', async () => {
        const entities = HOSTILE_NAMES.map((text): Entity => ({
          orgId: unique(text),
          entityType: 'ICAO',
          entityId: text,
        }));
        await save(entities, '1');
        expect(await defaults(entities)).to.have.deep.members(entities.map((entity) => asRead(entity, '1')));
      });
    });

    describe('tuple counts', () => {
      const counts = async (tuples: readonly Tuple[]) => {
        const makers = new Set(tuples.map(({ manufacturer }) => manufacturer));
        return (await collect(harness.state.tupleCounts())).filter(({ tuple }) =>
          makers.has(tuple.manufacturer),
        );
      };
      const count = async (tuple: Tuple, links: number) => {
        const moves = range(links).map(() => ({
          link: { code: unique('code'), serial: '1' },
          from: undefined,
          to: { version: { generation: 0, epoch: '', sequence: '1' }, tuple, removed: false },
        }));
        expect(await harness.matcher.apply(moves)).to.deep.equal(moves.map(() => 'done'));
        return moves;
      };

      it('are how many links hold each tuple', async () => {
        const tuples = ['a', 'b', 'c'].map((text) => aTuple(text));
        for (const [n, tuple] of tuples.entries()) await count(tuple, n + 1);
        expect(await counts(tuples)).to.have.deep.members(
          tuples.map((tuple, n) => ({ tuple, count: n + 1 })),
        );
      });

      it('are never zero', async () => {
        const tuple = aTuple('gone');
        const [move] = await count(tuple, 1);
        await harness.matcher.apply([
          {
            link: move!.link,
            from: move!.to,
            to: { version: { generation: 0, epoch: '', sequence: '2' }, tuple: undefined, removed: true },
          },
        ]);
        expect(await counts([tuple])).to.deep.equal([]);
      });

      it('keep the tuples', async () => {
        const tuples = HOSTILE_NAMES.map((text) => aTuple(text));
        for (const tuple of tuples) await count(tuple, 1);
        expect(await counts(tuples)).to.have.deep.members(tuples.map((tuple) => ({ tuple, count: 1 })));
      });
    });

    describe('rows', () => {
      const PK = 'AIRCRAFT#REGISTRY#FAA';
      const rows = async (sortKeys: readonly string[]) =>
        (await collect(harness.state.rows()))
          .filter((row) => row.get('PK') === PK && sortKeys.includes(row.get('SK') as string))
          .map((row) => comparableFields(Object.fromEntries(row.all())));

      it('have their keys and all their attributes, also those that nothing is derived from', async () => {
        const SK = `DETAIL#${unique('N')}`;
        const attributes = {
          registration: 'N1',
          note: 'not in the index',
          ...Object.fromEntries(HOSTILE_VALUES),
        };
        await harness.putRow({ PK, SK }, attributes);
        expect(await rows([SK])).to.deep.equal([comparableFields({ PK, SK, ...attributes })]);
      });

      it('are read to the last, however many there are', async () => {
        const sortKeys = range(300).map(() => `DETAIL#${unique('N')}`);
        for (const SK of sortKeys) await harness.putRow({ PK, SK }, {});
        expect(await rows(sortKeys)).to.have.deep.members(sortKeys.map((SK) => comparableFields({ PK, SK })));
      });
    });
  });
}

function aKey(): DocumentKey {
  return { collection: 'registry', id: unique('document') };
}

function action(key: DocumentKey, sequence: number, fields: DocumentFields = {}): SearchAction {
  const version = { generation: 0, epoch: '', sequence: String(sequence) };
  return {
    key,
    version,
    identity: { stream: '', sequence: version.sequence },
    document: { id: key.id, ...fields },
  };
}

function nameOf({ collection, id }: DocumentKey): string {
  return JSON.stringify([collection, id]);
}

function anEntity(): Entity {
  return { orgId: unique('org'), entityType: 'REGISTRATION', entityId: unique('N') };
}

function identityOf({ orgId, entityType, entityId }: Entity) {
  return { orgId, entityType, entityId };
}

function attributesOf({ orgId, entityType, entityId }: Entity, imageId: string) {
  return { org_id: orgId, entity_type: entityType, entity_id: entityId, image_id: imageId };
}

function aTuple(text: string): Tuple {
  return { manufacturer: unique(text), model: text, typeDesignator: text };
}
