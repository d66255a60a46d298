import { expect } from 'chai';
import fc from 'fast-check';
import {
  checkRepeatedParts,
  contradictsItself,
  decidePointer,
  type Entity,
  type EntityRows,
  equalMembers,
  type Member,
  memberOf,
  pointedBy,
  type PointerModel,
  preconditionsOf,
  sortPartsOf,
} from '../../src/domain/pointer.ts';
import { defineTable } from '../../src/domain/definition/define-table.ts';
import { pointer } from '../../src/domain/definition/pointer.ts';
import { row as rowKind } from '../../src/domain/definition/row.ts';
import type { Value } from '../../src/domain/value.ts';
import { attributes, decimal, DEFAULT_IMAGES, entity, faultOf, image, row } from '../support/factories.ts';

const EVERY_ATTRIBUTE: Readonly<Record<string, Value>> = {
  org_id: 'SYSTEM',
  entity_type: 'REGISTRATION',
  entity_id: 'N1',
  image_id: '01A',
  url: 'https://images.example/01A.jpg',
  thumbnail_url: 'https://images.example/01A-small.jpg',
  caption: 'On final',
  credit: 'J. Doe',
  width: decimal('1600'),
  height: decimal('900'),
  uploaded_at: '2026-01-05T09:00:00Z',
};

const older = image('01A', { url: 'a' });
const newer = image('01B', { url: 'b' });

function images(found: Partial<EntityRows>): EntityRows {
  return { entity: entity(), newest: undefined, current: undefined, target: undefined, ...found };
}

function newestOf({ model, parts }: Entity): Entity {
  return { model: { ...model, choose: 'newest' }, parts };
}

/** An image's id, by its sort key. */
function idOf(member: Member | undefined): string | undefined {
  return member?.sort === '' ? '' : member?.sort.replace(/^IMG#/, '');
}

describe('contradictsItself', () => {
  const cases: readonly (readonly [title: string, found: Partial<EntityRows>, expected: boolean])[] = [
    ['nothing', {}, false],
    ['a default whose image is gone, and no images', { current: older }, false],
    ['a default whose image is there, and no images', { current: older, target: older }, true],
    ['images and no default', { newest: older }, false],
    ['a default whose image is gone beside another', { newest: older, current: newer }, false],
    ['a default beside a newer image', { newest: newer, current: older, target: older }, false],
    ['a default that is the newest', { newest: newer, current: newer, target: newer }, false],
    [
      'a default that is the newest and says something else',
      { newest: newer, current: image('01B'), target: newer },
      false,
    ],
    [
      'a default whose image is there, and is newer than the newest',
      { newest: older, current: newer, target: newer },
      true,
    ],
    ['a default whose image is gone, and is the newest', { newest: newer, current: newer }, true],
    ['two images of one id', { newest: newer, current: newer, target: image('01B') }, true],
    // By UTF-16 code units it would be the other way round.
    [
      'a default beside an image that is newer by its bytes',
      { newest: image('\u{1f600}'), current: image('\uffff'), target: image('\uffff') },
      false,
    ],
  ];
  for (const [title, found, expected] of cases)
    it(`given ${title}, then ${expected ? 'yes' : 'no'}, where it must point to the newest`, () => {
      expect(contradictsItself({ ...images(found), entity: newestOf(entity()) })).to.equal(expected);
    });

  for (const [title, found, expected] of cases)
    if (found.target !== undefined)
      it(`given ${title}, then no, where it stays with its row`, () => {
        expect(contradictsItself(images(found))).to.equal(false);
      });
    else
      it(`given ${title}, then ${expected ? 'yes' : 'no'}, where it would stay with its row`, () => {
        expect(contradictsItself(images(found))).to.equal(expected);
      });

  it('given any table, when it is read at one moment, then no view contradicts itself', () => {
    const id = fc.string({ unit: fc.constantFrom('a', '\uffff', '\u{1f600}'), maxLength: 2 });
    fc.assert(
      fc.property(fc.uniqueArray(id), fc.option(id, { nil: undefined }), (ids, defaultId) => {
        const table = ids.map((imageId) => image(imageId, { url: imageId }));
        const view = images({
          newest: table.toSorted((a, b) => Buffer.compare(Buffer.from(a.sort), Buffer.from(b.sort))).at(-1),
          current: defaultId === undefined ? undefined : image(defaultId),
          target: table.find((member) => idOf(member) === defaultId),
        });
        for (const of of [entity(), newestOf(entity())])
          expect(contradictsItself({ ...view, entity: of })).to.equal(false);
      }),
    );
  });
});

describe('decidePointer', () => {
  it('given no images and no default, when decided, then nothing is written', () => {
    expect(decidePointer(images({}))).to.deep.equal({ action: 'keep' });
  });

  it('given a default and no images, when decided, then the default is removed', () => {
    expect(decidePointer(images({ current: older }))).to.deep.equal({ action: 'remove' });
  });

  it('given images and no default, when decided, then the newest becomes the default', () => {
    expect(decidePointer(images({ newest: newer }))).to.deep.equal({ action: 'create', member: newer });
  });

  it('given a default whose image is gone, when decided, then it switches to the newest', () => {
    const found = images({ newest: newer, current: older });
    expect(decidePointer(found)).to.deep.equal({ action: 'switch', member: newer });
  });

  it('given a valid default beside a newer image, when decided, then it is kept', () => {
    const found = images({ newest: newer, current: older, target: image('01A', { url: 'a' }) });
    expect(decidePointer(found)).to.deep.equal({ action: 'keep' });
  });

  it('given a valid default, when the newest was not read, then it is kept', () => {
    expect(decidePointer(images({ current: older, target: older }))).to.deep.equal({ action: 'keep' });
  });

  it('given a valid default beside a newer image, when the newest is asked for, then it switches', () => {
    const found = images({ newest: newer, current: older, target: older });
    const decided = decidePointer({ ...found, entity: newestOf(entity()) });
    expect(decided).to.deep.equal({ action: 'switch', member: newer });
  });

  it('given a valid default that is the newest, when decided, then it is kept', () => {
    expect(decidePointer(images({ newest: older, current: older, target: older }))).to.deep.equal({
      action: 'keep',
    });
  });

  it('given a default that differs from its image, when decided, then it repeats that, not the newest', () => {
    const changed = image('01A', { url: 'a', caption: 'new' });
    const found = images({ newest: newer, current: older, target: changed });
    expect(decidePointer(found)).to.deep.equal({ action: 'repair', member: changed });
  });

  it('given a default that says more than its image, when decided, then it is repaired', () => {
    const found = images({ newest: older, current: image('01A', { url: 'a', credit: 'x' }), target: older });
    expect(decidePointer(found)).to.deep.equal({ action: 'repair', member: older });
  });

  it('given a default that says the same in another notation, when decided, then nothing is written', () => {
    const found = images({
      newest: newer,
      current: image('01A', { width: decimal('1600') }),
      target: image('01A', { width: decimal('1.6e3') }),
    });
    expect(decidePointer(found)).to.deep.equal({ action: 'keep' });
  });

  describe('where the newest is asked for', () => {
    const newest = { ...entity(), model: { ...DEFAULT_IMAGES, choose: 'newest' as const } };
    const decide = (found: Partial<EntityRows>) => decidePointer(images({ entity: newest, ...found }));

    it('given a valid default beside a newer image, when decided, then it switches to that', () => {
      expect(decide({ newest: newer, current: older, target: older })).to.deep.equal({
        action: 'switch',
        member: newer,
      });
    });

    it('given a default that is the newest, when decided, then it is kept, or repaired', () => {
      expect(decide({ newest: newer, current: newer, target: newer })).to.deep.equal({ action: 'keep' });
      expect(decide({ newest: newer, current: image('01B'), target: newer })).to.deep.equal({
        action: 'repair',
        member: newer,
      });
    });
  });

  describe('given any images and any default row, right or wrong', () => {
    const ids = ['01A', '01B', '01C'];
    const rows = fc.record(
      {
        org_id: fc.constantFrom<Value>('SYSTEM', 'ACME'),
        image_id: fc.constantFrom<Value>(...ids, 'gone', '', decimal('1'), null),
        url: fc.constantFrom<Value>('a', 'b'),
        caption: fc.constantFrom<Value>('a', null),
        remarks: fc.constantFrom<Value>('not repeated', 'neither'),
      },
      { requiredKeys: [] },
    );
    const worlds = fc.record({
      images: fc.dictionary(fc.constantFrom(...ids), rows),
      defaultRow: fc.option(rows, { nil: undefined }),
    });
    interface World {
      readonly images: Readonly<Record<string, Readonly<Record<string, Value>>>>;
      readonly defaultRow: Readonly<Record<string, Value>> | undefined;
    }

    function read(world: World): EntityRows {
      const at = (id: string | undefined): Member | undefined => {
        const found = id === undefined ? undefined : world.images[id];
        return found && memberOf(entity(), [String(id)], attributes(found));
      };
      const current = world.defaultRow && pointedBy(DEFAULT_IMAGES, attributes(world.defaultRow));
      return {
        entity: entity(),
        newest: at(Object.keys(world.images).toSorted().at(-1)),
        current,
        target: at(idOf(current)),
      };
    }

    function write(world: World, decision: ReturnType<typeof decidePointer>): World {
      if (decision.action === 'keep') return world;
      return { ...world, defaultRow: decision.action === 'remove' ? undefined : decision.member.attributes };
    }

    it('when decided and written, then deciding again keeps', () => {
      fc.assert(
        fc.property(worlds, (world) => {
          const written = write(world, decidePointer(read(world)));
          expect(decidePointer(read(written))).to.deep.equal({ action: 'keep' });
        }),
      );
    });

    it('when decided and written, then the default repeats an existing image, or there are no images', () => {
      fc.assert(
        fc.property(worlds, (world) => {
          const { defaultRow } = write(world, decidePointer(read(world)));
          const known = Object.keys(world.images);
          if (known.length === 0) expect(defaultRow).to.equal(undefined);
          else {
            const pointed = pointedBy(DEFAULT_IMAGES, attributes(defaultRow ?? {}));
            const imageId = idOf(pointed)!;
            expect(known).to.include(imageId);
            const own = { ...world.images[imageId] };
            delete own.remarks;
            expect(pointed.attributes).to.deep.equal({
              ...own,
              org_id: 'SYSTEM',
              entity_type: 'REGISTRATION',
              entity_id: 'N1',
              image_id: imageId,
            });
          }
        }),
      );
    });

    it('when decided and written, then a valid default stays, and any other points to the newest', () => {
      fc.assert(
        fc.property(worlds, (world) => {
          const known = Object.keys(world.images).toSorted();
          fc.pre(known.length > 0);
          const before = world.defaultRow?.['image_id'];
          const { defaultRow } = write(world, decidePointer(read(world)));
          const stays = typeof before === 'string' && known.includes(before);
          expect(defaultRow?.['image_id']).to.equal(stays ? before : known.at(-1));
        }),
      );
    });
  });
});

describe('preconditionsOf', () => {
  const asRead = image('01A', { url: 'a', caption: 'new' });

  it('given no default row, when an image becomes the default, then that image must stay', () => {
    expect(preconditionsOf(images({ newest: newer }), newer)).to.deep.equal([
      { sort: 'IMG#01B', member: newer },
    ]);
  });

  it('given a default row whose image is gone, when it is removed, then that image must stay away', () => {
    expect(preconditionsOf(images({ current: older }), undefined)).to.deep.equal([
      { sort: 'IMG#01A', member: undefined },
    ]);
  });

  it('given a default row whose image is gone, when it switches, then one image must stay away, the other stay', () => {
    expect(preconditionsOf(images({ newest: newer, current: older }), newer)).to.deep.equal([
      { sort: 'IMG#01A', member: undefined },
      { sort: 'IMG#01B', member: newer },
    ]);
  });

  it('given a default row that differs from its image, when repaired, then that image must stay as read', () => {
    expect(preconditionsOf(images({ newest: newer, current: older, target: asRead }), asRead)).to.deep.equal([
      { sort: 'IMG#01A', member: asRead },
    ]);
  });

  it('given a default row that names no image, when it switches, then only the image that is written must stay', () => {
    const current = { sort: '', attributes: {} };
    expect(preconditionsOf(images({ newest: newer, current }), newer)).to.deep.equal([
      { sort: 'IMG#01B', member: newer },
    ]);
    expect(preconditionsOf(images({ current }), undefined)).to.deep.equal([]);
  });

  it('given no default row, when none is written, then it rests on no image', () => {
    expect(preconditionsOf(images({}), undefined)).to.deep.equal([]);
  });

  it('given an image that is gone or says otherwise, when it is to be written, then it is impossible', () => {
    expect(preconditionsOf(images({ current: older }), older)).to.equal(undefined);
    expect(preconditionsOf(images({ current: older, target: asRead }), older)).to.equal(undefined);
  });
});

describe('equalMembers', () => {
  it('given the same image saying the same, in whatever notation, then they are equal', () => {
    const one = image('01A', { width: decimal('1600') });
    expect(equalMembers(one, image('01A', { width: decimal('1.6e3') }))).to.equal(true);
    expect(equalMembers(undefined, undefined)).to.equal(true);
  });

  it('given another image, another text, or none, then they differ', () => {
    expect(equalMembers(older, { ...older, sort: 'IMG#01B' })).to.equal(false);
    expect(equalMembers(older, image('01A', { url: 'b' }))).to.equal(false);
    expect(equalMembers(older, undefined)).to.equal(false);
    expect(equalMembers(undefined, older)).to.equal(false);
  });
});

describe('memberOf', () => {
  it('given a row with every attribute and more, when read, then the image has its own and no others', () => {
    const read = memberOf(entity(), ['01A'], attributes({ ...EVERY_ATTRIBUTE, PK: 'x', remarks: 'x' }));
    expect(read).to.deep.equal({ sort: 'IMG#01A', attributes: EVERY_ATTRIBUTE });
  });

  it('given a row that says nothing of itself, when read, then its key says which image it is', () => {
    const owner = entity({ orgId: 'ACME', entityType: 'ICAO', entityId: 'C172' });
    expect(memberOf(owner, ['01Z'], attributes({ url: 'u' }))).to.deep.equal({
      sort: 'IMG#01Z',
      attributes: { org_id: 'ACME', entity_type: 'ICAO', entity_id: 'C172', image_id: '01Z', url: 'u' },
    });
  });

  it('given a row that contradicts its key, when read, then the key goes before it', () => {
    const wrong = { org_id: 'X', entity_type: 'X', entity_id: 'X', image_id: 'X' };
    expect(memberOf(entity(), ['01A'], attributes(wrong)).attributes).to.deep.equal({
      org_id: 'SYSTEM',
      entity_type: 'REGISTRATION',
      entity_id: 'N1',
      image_id: '01A',
    });
  });
});

describe('pointedBy', () => {
  it('given a default row, when read, then it says what it says, and no more than a default row repeats', () => {
    const read = pointedBy(DEFAULT_IMAGES, attributes({ ...EVERY_ATTRIBUTE, revision: decimal('3') }));
    expect(read).to.deep.equal({ sort: 'IMG#01A', attributes: EVERY_ATTRIBUTE });
    const repeated = [...DEFAULT_IMAGES.repeatedParts, ...DEFAULT_IMAGES.repeat];
    expect(repeated).to.have.members(Object.keys(EVERY_ATTRIBUTE));
  });

  it('given a default row that names no image, or wrongly, when read, then it has no target', () => {
    expect(pointedBy(DEFAULT_IMAGES, attributes({ url: 'u' }))).to.deep.equal({
      sort: '',
      attributes: { url: 'u' },
    });
    expect(pointedBy(DEFAULT_IMAGES, attributes({ image_id: decimal('1') }))).to.have.property('sort', '');
    expect(pointedBy(DEFAULT_IMAGES, attributes({ image_id: null })).attributes).to.deep.equal({
      image_id: null,
    });
  });
});

describe('pointers of rows whose sort key has several parts', () => {
  const order = rowKind(
    { PK: 'CUSTOMER#<customer>', SK: 'ORDER#<kind>#<order>' },
    { parts: { kind: ['web', 'shop'] } },
  );
  const latest = pointer(order, { at: { SK: 'LATEST' }, choose: 'newest', repeat: [] });
  const { pointers } = defineTable({
    keys: { partition: 'PK', sort: 'SK' },
    rows: { order },
    derive: { latest },
  }).model;
  const model = pointers[0] as PointerModel;

  it('given a pointer that names all parts, then it has a target', () => {
    expect(pointedBy(model, attributes({ kind: 'web', order: '7' })).sort).to.equal('ORDER#web#7');
  });

  it('given a pointer that lacks one, or where one is empty, then it names no row', () => {
    for (const wrong of [
      { kind: 'web' },
      { order: '7' },
      { kind: 'web', order: '' },
      { kind: '', order: '7' },
    ])
      expect(pointedBy(model, attributes(wrong)), JSON.stringify(wrong)).to.have.property('sort', '');
  });

  it('given a sort key, then only one of such a row, which its rules allow, has parts', () => {
    expect(sortPartsOf(model, 'ORDER#web#7')).to.deep.equal(['web', '7']);
    expect(sortPartsOf(model, 'ORDER#shop#7#8')).to.deep.equal(['shop', '7#8']);
    for (const other of ['LATEST', '', 'ORDER#', 'ORDER#web', 'ORDER#web#', 'ORDER#post#7', 'order#web#7'])
      expect(sortPartsOf(model, other), other).to.equal(undefined);
  });
});

describe('checkRepeatedParts', () => {
  it('given attributes that say what the key says, or nothing, then nothing is wrong', () => {
    for (const values of [{}, { image_id: '01A' }, { image_id: '01A', org_id: 'SYSTEM', url: 'x' }])
      checkRepeatedParts(DEFAULT_IMAGES, row.image('01A'), attributes(values));
  });

  it('given an attribute that says otherwise, then it is a permanent fault, its reason the same for all rows', () => {
    for (const [value, found] of [
      ['01B', '"01B"'],
      ['', '""'],
      [decimal('1'), 'not a string'],
      [null, 'not a string'],
    ] as const)
      expect(
        faultOf(() => checkRepeatedParts(DEFAULT_IMAGES, row.image('01A'), attributes({ image_id: value }))),
      ).to.include({
        kind: 'permanent',
        message: `the image row ["IMAGES#ORG#SYSTEM#ENTITY#REGISTRATION#ID#N1","IMG#01A"] contradicts its key: image_id is ${found}, the key says "01A"`,
        reason: 'the image row contradicts its key: its image_id',
      });
  });
});
