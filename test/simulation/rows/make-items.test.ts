import { expect } from 'chai';
import fc from 'fast-check';
import { EncodedAttributes } from '../../../src/adapters/dynamodb-stream/attribute-value.ts';
import { Decimal } from '../../../src/domain/decimal.ts';
import type { TableDefinition } from '../../../src/domain/definition/define-table.ts';
import { fromPlain } from '../../../src/domain/plain-value.ts';
import { kindsOf } from '../../../src/domain/roles.ts';
import { DecodedAttributes, type Value, ValueSet } from '../../../src/domain/value.ts';
import { createMemoryWorker } from '../../../src/entrypoints/memory-worker.ts';
import { Random } from '../../../src/random/random.ts';
import { type ItemsOptions, makeItems, type MadeItem } from '../../../src/simulation/rows/make-items.ts';
import {
  byCollections,
  byFunctions,
  chained,
  copiedTo,
  DEFINITIONS,
  halvedOnChange,
  told,
  typed,
  unfit,
  withSchema,
} from './definitions.ts';

const SEEDS = Array.from({ length: 12 }, (_, seed) => seed);

const itemsOf = (definition: TableDefinition, seed: number, options: ItemsOptions = {}) =>
  makeItems(definition, Random.of(seed), options);

/** All that is done to an item: each row comes, each is changed into the next, and the last one goes. */
function recordsOf({ keys, rows }: MadeItem, from: number): unknown[] {
  const images = [undefined, ...rows.map(({ image }) => image), undefined];
  return images.slice(1).map((after, index) => {
    const before = images[index];
    const eventName = before === undefined ? 'INSERT' : after === undefined ? 'REMOVE' : 'MODIFY';
    const sides = { ...(before && { OldImage: before }), ...(after && { NewImage: after }) };
    const SequenceNumber = String(from + index);
    return {
      eventName,
      dynamodb: { Keys: keys, ...sides, SequenceNumber, StreamViewType: 'NEW_AND_OLD_IMAGES' },
    };
  });
}

describe('items made of a definition', function () {
  this.timeout(60_000);

  for (const [name, definition] of Object.entries(DEFINITIONS)) {
    it(`of ${name}: the worker recognises their keys, and takes all their rows`, async () => {
      for (const seed of SEEDS) {
        const items = itemsOf(definition, seed);
        for (const { is, key, kinds } of items) {
          const row = definition.model.rowOf(key.partition, key.sort);
          if (is === 'row') expect(row).to.have.property('model');
          if (row !== undefined && 'model' in row)
            expect(kindsOf(row).map(({ model }) => model.name)).to.deep.equal(kinds);
          expect(row === undefined ? 'other' : 'malformed' in row ? 'malformed' : 'row').to.equal(is);
        }
        const { handler } = createMemoryWorker({ definition, log: { level: 'silent' } });
        const sound = items.filter(({ is }) => is !== 'malformed');
        const Records = sound.flatMap((item, index) => recordsOf(item, 100 * (index + 1)));
        expect(await handler({ Records })).to.deep.equal({ batchItemFailures: [] });
      }
    });

    it(`of ${name}: images say what the rows hold, and rows of an item differ`, () => {
      for (const seed of SEEDS)
        for (const { keys, rows } of itemsOf(definition, seed))
          for (const [index, { image, attributes }] of rows.entries()) {
            expect(new EncodedAttributes(image, keys, 'image').equals(attributes)).to.equal(true);
            for (const other of rows.slice(0, index)) expect(other.image).not.to.deep.equal(image);
          }
    });
  }

  it('are the same for the same seed, and others for another', () => {
    fc.assert(
      fc.property(fc.integer(), fc.constantFrom(...Object.values(DEFINITIONS)), (seed, definition) => {
        const names = (of: number) =>
          itemsOf(definition, of).flatMap(({ name, rows }) => [name, ...rows.map((row) => row.name)]);
        expect(names(seed)).to.deep.equal(names(seed));
        expect(names(seed)).not.to.deep.equal(names(seed + 1));
      }),
      { numRuns: 20 },
    );
  });

  it('are of every kind, meet in a partition, and collide where parts are joined without a separator', () => {
    const images = SEEDS.flatMap((seed) =>
      itemsOf(DEFINITIONS.fleet, seed).filter(({ kinds }) => kinds.includes('image')),
    );
    const partitions = images.map(({ key }) => key.partition);
    expect(new Set(partitions).size).to.be.within(2, images.length - 1);
    const joined = new Map<string, Set<string>>();
    for (const { key } of images) {
      const parts = [...key.partition.split('#'), ...(key.sort ?? '').split('#')];
      const text = parts.join('');
      joined.set(text, (joined.get(text) ?? new Set()).add(parts.join('|')));
    }
    expect([...joined.values()].some((same) => same.size > 1)).to.equal(true);
    for (const [name, definition] of Object.entries(DEFINITIONS)) {
      const made = new Set(SEEDS.flatMap((seed) => itemsOf(definition, seed).flatMap(({ kinds }) => kinds)));
      const possible = Object.keys(definition.spec.rows).filter(
        (kind) => name !== 'chained' || kind !== 'tally',
      );
      expect([...made]).to.have.members(possible);
    }
  });

  it('have keys of no kind among them, and such as a strict kind refuses', () => {
    const all = SEEDS.flatMap((seed) => itemsOf(byFunctions, seed));
    expect(new Set(all.map(({ is }) => is))).to.deep.equal(new Set(['row', 'other', 'malformed']));
    expect(SEEDS.flatMap((seed) => itemsOf(told, seed)).some(({ is }) => is === 'malformed')).to.equal(false);
  });

  it('have rows that differ only in what nothing reads', () => {
    for (const seed of SEEDS) {
      const pairs = itemsOf(withSchema, seed).flatMap(({ rows }) =>
        rows.flatMap((one) =>
          rows.filter((other) =>
            differsInOne(one.attributes.all(), other.attributes.all(), ['status', 'size']),
          ),
        ),
      );
      expect(pairs).not.to.be.empty;
    }
  });

  it('have rows of each kind that an attribute tells, and of none', () => {
    for (const seed of SEEDS) {
      const kinds = new Set(itemsOf(told, seed).flatMap(({ rows }) => rows.map(({ kind }) => kind)));
      expect(kinds).to.include.keys('order', 'note');
    }
    const all = SEEDS.flatMap((seed) => itemsOf(told, seed)).filter(({ is }) => is === 'row');
    expect(all.some(({ rows }) => rows.some(({ kind }) => kind === undefined))).to.equal(true);
    expect(all.some(({ rows }) => new Set(rows.map(({ kind }) => kind)).size === 3)).to.equal(true);
  });

  it('have rows that functions of the definition take, and that pass what these compare with', () => {
    const rows = SEEDS.flatMap((seed) => itemsOf(byFunctions, seed)).flatMap((item) => item.rows);
    const statuses = rows.map(({ attributes }) => attributes.get('status'));
    expect(statuses).to.include('published');
    expect(new Set(statuses).size).to.be.greaterThan(2);
    const tags = rows.flatMap(({ attributes }) => {
      const player = attributes.get('player') as Readonly<Record<string, Value>> | undefined;
      return player === undefined ? [] : [player['tags']];
    });
    expect(tags.some((list) => Array.isArray(list) && list.length > 0)).to.equal(true);
  });

  it('hold sets, maps and arrays of arrays of what functions do with their members', () => {
    const rows = SEEDS.flatMap((seed) => itemsOf(byCollections, seed)).flatMap((item) =>
      item.rows.filter(({ kind }) => kind === 'basket').map(({ attributes }) => attributes),
    );
    const membersOf = (name: string) =>
      rows.flatMap((one): readonly unknown[] => {
        const value = one.get(name);
        return value instanceof ValueSet ? value.members : [];
      });
    expect(membersOf('tags')).to.satisfy((tags: unknown[]) => tags.length > 0 && tags.every(isText));
    expect(membersOf('sizes')).to.satisfy((sizes: unknown[]) => sizes.length > 0 && sizes.every(isNumber));
    expect(rows.some((one) => Object.values(one.get('prices') as object).some(isNumber))).to.equal(true);
    const lines = rows.flatMap((one) => one.get('lines') as readonly (readonly unknown[])[]);
    expect(lines.flat()).to.satisfy((texts: unknown[]) => texts.length > 0 && texts.every(isText));
  });

  it('fit a schema, which says what is wrong with others', () => {
    const rows = itemsOf(withSchema, 1).flatMap((item) => (item.is === 'row' ? item.rows : []));
    expect(new Set(rows.map(({ attributes }) => attributes.get('status')))).to.deep.equal(
      new Set(['open', 'paid']),
    );
  });

  it('are none where no row of a kind is found: the error names it, and asks for samples', () => {
    expect(() => itemsOf(unfit, 1)).to.throw(
      'no one row was found that the definition takes: give samples of such rows, as rows: { one: [{ … }] }. ' +
        'The last that was tried is refused: the one row ',
    );
  });

  it('have no key of a row that is derived', () => {
    for (const seed of SEEDS)
      for (const { kinds, key } of itemsOf(chained, seed)) {
        expect(kinds).not.to.include('tally');
        expect(/^I#./.test(key.partition) && key.sort === '~LATEST').to.equal(false);
      }
  });

  it('have no key of a row that a later definition derives, where that is given', () => {
    /** Items that have the place of another's copy. */
    const inTheWay = (options: ItemsOptions) =>
      SEEDS.flatMap((seed) => {
        const keys = itemsOf(copiedTo('x/'), seed, options).map(({ key }) => `${key.partition} ${key.sort}`);
        return keys.filter((key) => key.startsWith('S#') && keys.includes(key.replace(/^S/, 'C')));
      });
    expect(inTheWay({})).not.to.be.empty;
    expect(inTheWay({ later: copiedTo('') })).to.be.empty;
  });

  it('have only rows that a later definition takes, also when they change', () => {
    const rows = { bill: [{ total: 'ten' }, { total: 10 }] };
    const totals = (options: ItemsOptions) =>
      itemsOf(halvedOnChange(false), 1, { rows, ...options }).flatMap((item) =>
        item.is === 'row' ? item.rows.map(({ attributes }) => attributes.get('total')) : [],
      );
    expect(totals({}).some(isText)).to.equal(true);
    expect(totals({ later: halvedOnChange(true) })).to.not.be.empty;
    expect(totals({ later: halvedOnChange(true) }).every(isNumber)).to.equal(true);
  });

  it('are none where a later definition takes none of them: the error asks for samples', () => {
    const rows = { bill: [{ total: 'ten' }] };
    expect(() => itemsOf(halvedOnChange(false), 1, { rows })).not.to.throw();
    expect(() => itemsOf(halvedOnChange(false), 1, { rows, later: halvedOnChange(true) })).to.throw(
      'the later definition takes none of the rows that were found: give samples of rows that both definitions take',
    );
  });

  it('have keys of numbers and bytes, as their attributes have them', () => {
    for (const { keys, is, kinds } of SEEDS.flatMap((seed) => itemsOf(typed, seed))) {
      expect(keys['device']).to.have.property('B');
      expect(keys['at']).to.have.property('N');
      if (is === 'row' && kinds.includes('reading'))
        expect(['AA==', '/w==']).to.include((keys['device'] as { B: string }).B);
    }
  });

  describe('of samples', () => {
    const order = [
      { status: 'open', total: 5, lines: [{ sku: 'x' }], tags: new Set(['a', 'b']) },
      { _et: 'Draft', status: 'paid', total: 7 },
    ];

    it('have those rows, with what tells their kind where it is left out', () => {
      const rows = itemsOf(told, 1, { rows: { order } }).flatMap((item) =>
        item.rows.filter(({ kind }) => kind === 'order'),
      );
      const allowed = [{ _et: 'Order', ...order[0] }, order[1]].map(
        (one) => fromPlain(one, '') as Record<string, Value>,
      );
      const own = rows.map(({ attributes }) => new Map(attributes.all()));
      for (const each of own) {
        const unread = [...each.keys()].filter(
          (name) => !['PK', 'SK', '_et', 'status', 'total', 'lines', 'tags'].includes(name),
        );
        for (const name of ['PK', 'SK', ...unread]) each.delete(name);
        expect(unread.length).to.be.lessThan(2);
        const found = new DecodedAttributes(each);
        expect(
          allowed.some((one) => new DecodedAttributes(new Map(Object.entries(one))).equals(found)),
        ).to.equal(true);
      }
      expect(new Set(own.map((each) => each.get('status')))).to.deep.equal(new Set(['open', 'paid']));
    });

    it('are mixed and changed within their types where that is asked for', () => {
      const rows = SEEDS.flatMap((seed) => itemsOf(told, seed, { rows: { order }, mutate: true })).flatMap(
        (item) => item.rows.filter(({ kind }) => kind === 'order'),
      );
      const totals = new Set(rows.map(({ image }) => (image['total'] as { N?: string } | undefined)?.N));
      expect(totals.size).to.be.greaterThan(3);
      expect([...totals].every((digits) => digits !== undefined)).to.equal(true);
    });

    for (const [title, rows, message] of [
      [
        'of a kind that there is not',
        { ordr: [{}] },
        'the samples of ordr rows are of no kind of row of the definition; there are order, note',
      ],
      [
        'with a key',
        { order: [{ PK: 'a' }] },
        'the samples of order rows have PK in sample 1, which is of the key: leave it out, keys are made',
      ],
      ['that are none', { order: [] }, 'the samples of order rows must be an array of at least one row'],
      [
        'that no table holds',
        { order: [{ at: new Date(0) }] },
        'the samples of order rows have what no table can hold in sample 1: at is a Date',
      ],
      [
        'that the definition refuses',
        { order: [{ status: 'a', total: 'x' }] },
        'the samples of order rows have one that the definition refuses, sample 1: total of the order row',
      ],
      [
        'of another kind',
        { order: [{ _et: 'Note' }] },
        'the samples of order rows have Note as _et in sample 1',
      ],
    ] as const)
      it(`are refused ${title}`, () => {
        expect(() => itemsOf(told, 1, { rows })).to.throw(message);
      });
  });
});

function isNumber(value: unknown): boolean {
  return Decimal.is(value);
}

function isText(value: unknown): boolean {
  return typeof value === 'string';
}

/** Whether one has what the other lacks, and nothing else differs. */
function differsInOne(
  one: ReadonlyMap<string, Value>,
  other: ReadonlyMap<string, Value>,
  read: readonly string[],
): boolean {
  const more = [...other.keys()].filter((name) => !one.has(name));
  const [name = ''] = more;
  return (
    more.length === 1 && !read.includes(name) && [...one].every(([each, value]) => other.get(each) === value)
  );
}
