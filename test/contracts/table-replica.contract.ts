import { expect } from 'chai';
import type { DerivedState } from '../../src/application/ports/derived-state.ts';
import type { EntityView, ImageRepository } from '../../src/application/ports/image-repository.ts';
import type { TableReplica } from '../../src/application/ports/table-replica.ts';
import type { Change } from '../../src/domain/change.ts';
import { Fault } from '../../src/domain/fault.ts';
import type { Entity } from '../../src/domain/row.ts';
import { DecodedAttributes, type Value } from '../../src/domain/value.ts';
import {
  changeOf,
  defaultRow,
  faaRow,
  foreignRow,
  icaoManufacturerRow,
  icaoTypeRow,
  imageRow,
  linkRow,
  matcherTupleRow,
  streamRecord,
  type TableRow,
} from '../support/stream-records.ts';
import { collect } from '../support/collect.ts';
import { type Capability, whenAble } from './capability.ts';
import { comparableFields } from '../support/comparable.ts';
import { HOSTILE_NAMES, HOSTILE_VALUES } from '../support/hostile.ts';
import { range } from '../support/range.ts';
import { unique } from '../support/unique.ts';

/** A table's replica, and the two ways in which its rows are read. */
export interface TableReplicaHarness {
  readonly replica: TableReplica;
  readonly state: DerivedState;
  readonly images: ImageRepository;
  close?(): Promise<void>;
}

export interface TableReplicaFeatures {
  /** Keeps the character U+0000 in text. */
  readonly nulCharacters: Capability;
}

/** What every replica of the table promises. Each test uses rows of its own. */
export function tableReplicaContract(
  name: string,
  setUp: () => Promise<TableReplicaHarness>,
  features: TableReplicaFeatures,
): void {
  describe(`${name} keeps the contract of a table replica`, () => {
    let harness: TableReplicaHarness;
    before(async () => {
      harness = await setUp();
    });
    after(() => harness.close?.());

    const apply = (...changes: Change[]) => harness.replica.apply(changes);
    const find = async ({ PK, SK }: TableRow) => {
      const rows = (await collect(harness.state.rows())).filter(
        (r) => r.get('PK') === PK && r.get('SK') === SK,
      );
      expect(rows.length, 'rows with one key').to.be.at.most(1);
      return rows[0] && Object.fromEntries(rows[0].all());
    };
    const expectRow = async (row: TableRow) =>
      expect(comparableFields((await find(row)) ?? {})).to.deep.equal(comparableFields(attributesOf(row)));
    const view = async (entity: Entity): Promise<EntityView> => {
      const [found] = await harness.images.load([entity]);
      if (found === undefined || Fault.is(found)) throw found ?? new Error('no result');
      return found;
    };

    it('does nothing with nothing to do', async () => {
      await harness.replica.apply([]);
    });

    describe('applies', () => {
      it('an insertion, a change and a removal', async () => {
        const [first, second] = versionsOf(unique('N'));
        await apply(inserted(first, 1));
        await expectRow(first);
        await apply(modified(first, second, 2));
        await expectRow(second);
        await apply(removed(second, 3));
        expect(await find(second)).to.equal(undefined);
      });

      it('a new image as a whole: attributes that it lacks are gone', async () => {
        const row = faaRow(unique('N'), { model: '172', country: 'US' });
        const less = faaRow(row['registration'] as string, { country: 'CA' });
        await apply(inserted(row, 1), modified(row, less, 2));
        await expectRow(less);
      });

      it('a change of a row that it never saw', async () => {
        const [first, second] = versionsOf(unique('N'));
        await apply(modified(first, second, 2));
        await expectRow(second);
      });

      it('a row that comes back', async () => {
        const [first, second] = versionsOf(unique('N'));
        await apply(inserted(first, 1));
        await apply(removed(first, 2));
        await apply(inserted(second, 3));
        await expectRow(second);
      });

      it('rows of every kind that something is derived from', async () => {
        const id = unique('each');
        const rows = [
          faaRow(id),
          foreignRow(id),
          imageRow({ orgId: 'SYSTEM', entityType: 'REGISTRATION', entityId: id }, '1'),
          imageRow({ orgId: 'other', entityType: 'ICAO', entityId: id }, '1'),
          icaoTypeRow(id),
          icaoManufacturerRow(id),
          linkRow(id, '1', ['Maker', 'Model', 'TYPE']),
        ];
        await apply(...rows.map((row) => inserted(row, 1)));
        for (const row of rows) await expectRow(row);
      });

      it('many changes at once, several of one row among them', async () => {
        const rows = range(130).map(() => versionsOf(unique('N')));
        await apply(...rows.flatMap(([first, second]) => [inserted(first, 1), modified(first, second, 2)]));
        for (const [, second] of rows.slice(0, 5)) await expectRow(second);
        const found = new Set((await collect(harness.state.rows())).map((row) => row.get('SK')));
        expect(rows.filter(([row]) => !found.has(row.SK))).to.deep.equal([]);
      });
    });

    describe('says which changes do not follow on from the row as it was', () => {
      const unconnected = async (...changes: Change[]) => {
        const found = new Set(await apply(...changes));
        return changes.map((change) => found.has(change));
      };

      it('none, of a row that it has followed from the start', async () => {
        const [first, second] = versionsOf(unique('N'));
        const changes = [
          inserted(first, 1),
          modified(first, second, 2),
          removed(second, 3),
          inserted(first, 4),
        ];
        expect(await unconnected(...changes)).to.deep.equal([false, false, false, false]);
      });

      it('the first of a row that it never saw, and not the next', async () => {
        const [first, second] = versionsOf(unique('N'));
        expect(await unconnected(modified(first, second, 2), modified(second, first, 3))).to.deep.equal([
          true,
          false,
        ]);
      });

      it('the one behind a change that it did not see', async () => {
        const [first, second] = versionsOf(unique('N'));
        await apply(inserted(first, 1));
        expect(await unconnected(modified(second, first, 3))).to.deep.equal([true]);
      });

      it('the same one when it is delivered again, by itself or with what came after', async () => {
        const [first, second] = versionsOf(unique('N'));
        const changes = [modified(first, second, 2), modified(second, first, 3)] as const;
        await apply(changes[0]);
        expect(await unconnected(changes[0])).to.deep.equal([true]);
        await apply(changes[1]);
        expect(await unconnected(...changes)).to.deep.equal([true, false]);
      });

      it('none that is older than the row', async () => {
        const [first, second] = versionsOf(unique('N'));
        await apply(inserted(first, 5));
        expect(await unconnected(modified(second, first, 3))).to.deep.equal([false]);
      });
    });

    describe('leaves away', () => {
      it('a change that is older than the row', async () => {
        const [first, second] = versionsOf(unique('N'));
        await apply(modified(first, second, 2));
        await apply(inserted(first, 1));
        await expectRow(second);
      });

      it('an older change that stands behind a newer one in the same call', async () => {
        const [first, second] = versionsOf(unique('N'));
        await apply(modified(first, second, 2), inserted(first, 1));
        await expectRow(second);
      });

      it('a removal that is older than the row', async () => {
        const [first, second] = versionsOf(unique('N'));
        await apply(inserted(second, 3));
        await apply(removed(first, 2));
        await expectRow(second);
      });

      it('an older change of a row that is removed', async () => {
        const [first, second] = versionsOf(unique('N'));
        await apply(inserted(first, 1));
        await apply(removed(second, 3));
        await apply(modified(first, second, 2));
        expect(await find(first)).to.equal(undefined);
      });

      it('an older change of a row of which it only ever saw the removal', async () => {
        const [first, second] = versionsOf(unique('N'));
        await apply(removed(second, 3));
        await apply(modified(first, second, 2));
        expect(await find(first)).to.equal(undefined);
      });

      it('a repeat', async () => {
        const [first, second] = versionsOf(unique('N'));
        const changes = [inserted(first, 1), modified(first, second, 2), removed(second, 3)];
        await apply(...changes);
        for (const change of changes) await apply(change);
        expect(await find(first)).to.equal(undefined);
      });

      it('what has a higher number as a text, and a lower one as a number', async () => {
        const [first, second] = versionsOf(unique('N'));
        await apply(modified(first, second, '10000000000000000000000'));
        await apply(inserted(first, '9999999999999999999999'));
        await expectRow(second);
      });

      it('what an earlier stream of the table says, whatever its numbers', async () => {
        const [first, second] = versionsOf(unique('N'));
        const old =
          'arn:aws:dynamodb:eu-central-1:123456789012:table/aircraft/stream/2025-06-01T00:00:00.000';
        const current = old.replace('2025', '2026');
        await apply(changeOf(streamRecord({ after: second, sequence: 1, streamArn: current })));
        await apply(changeOf(streamRecord({ after: first, sequence: 999, streamArn: old })));
        await expectRow(second);
      });

      it('matcher tuples, which Contrail derives itself', async () => {
        const row = matcherTupleRow(unique('maker'), 'model', 'type', 7);
        await apply(inserted(row, 1));
        expect(await find(row)).to.equal(undefined);
        const counts = await collect(harness.state.tupleCounts());
        expect(counts.filter(({ tuple }) => row.PK.endsWith(tuple.manufacturer))).to.deep.equal([]);
      });
    });

    it('ends with the newest change, however many callers apply them in whatever order', async () => {
      const rows = range(5).map((n) => ({ id: unique(`N${n}`), newest: 10 + n }));
      const changes = rows.flatMap(({ id, newest }) =>
        range(newest).map((n) => inserted(faaRow(id, { n: n + 1 }), n + 1)),
      );
      const shuffled = changes
        .map((change, n) => ({ change, place: (n * 7919) % 61 }))
        .toSorted((a, b) => a.place - b.place);
      await Promise.all(shuffled.map(({ change }) => apply(change)));
      for (const { id, newest } of rows) await expectRow(faaRow(id, { n: newest }));
    });

    describe('images', () => {
      it('are found as soon as they are applied, and no more when they are removed', async () => {
        const entity = anEntity();
        const rows = ['01', '02'].map((id) => imageRow(entity, id, { caption: `image ${id}` }));
        await apply(...rows.map((row, n) => inserted(row, n + 1)));
        expect((await view(entity)).newest?.attributes['caption']).to.equal('image 02');
        await apply(removed(rows[1]!, 3));
        expect((await view(entity)).newest?.attributes['caption']).to.equal('image 01');
        await apply(removed(rows[0]!, 4));
        expect((await view(entity)).newest).to.equal(undefined);
      });

      it('are neither changed nor brought back by an older change', async () => {
        const entity = anEntity();
        const [old, young] = [
          imageRow(entity, '1', { caption: 'old' }),
          imageRow(entity, '1', { caption: 'young' }),
        ];
        await apply(modified(old, young, 2));
        await apply(inserted(old, 1));
        expect((await view(entity)).newest?.attributes['caption']).to.equal('young');
        await apply(removed(young, 4));
        await apply(modified(old, young, 3));
        expect((await view(entity)).newest).to.equal(undefined);
      });
    });

    describe('default rows that others wrote', () => {
      it('are read as the default', async () => {
        const entity = anEntity();
        const [first, second] = [
          defaultRow(entity, { image_id: '1' }),
          defaultRow(entity, { image_id: '2' }),
        ];
        await apply(inserted(imageRow(entity, '1'), 1), inserted(first, 2));
        expect(await view(entity)).to.have.nested.property('current.imageId', '1');
        expect(await view(entity)).to.have.nested.property('pointed.imageId', '1');
        await apply(modified(first, second, 3));
        expect(await view(entity)).to.have.nested.property('current.imageId', '2');
        expect((await view(entity)).pointed).to.equal(undefined);
        await apply(removed(second, 4));
        expect((await view(entity)).current).to.equal(undefined);
      });

      it('replace the one that Contrail wrote, so that a decision on that is overtaken', async () => {
        const entity = anEntity();
        await apply(inserted(imageRow(entity, '1'), 1));
        const before = await view(entity);
        expect(await harness.images.save([{ view: before, image: before.newest }])).to.deep.equal(['done']);
        const written = await view(entity);
        await apply(inserted(defaultRow(entity, { image_id: 'theirs' }), 2));
        expect(await harness.images.save([{ view: written, image: undefined }])).to.deep.equal(['conflict']);
        expect(await view(entity)).to.have.nested.property('current.imageId', 'theirs');
      });

      it('are left away when they are older than one that was applied', async () => {
        const entity = anEntity();
        await apply(inserted(defaultRow(entity, { image_id: '2' }), 2));
        await apply(inserted(defaultRow(entity, { image_id: '1' }), 1));
        expect(await view(entity)).to.have.nested.property('current.imageId', '2');
      });
    });

    describe('whatever rows hold,', () => {
      for (const text of HOSTILE_NAMES)
        it(`keeps the key ${JSON.stringify(text.slice(0, 60))}`, async () => {
          const row = faaRow(unique(text), { model: text, [`${text} name`]: 'hostile' });
          await apply(inserted(row, 1));
          await expectRow(row);
          await apply(removed(row, 2));
          expect(await find(row)).to.equal(undefined);
        });

      for (const [what, value] of HOSTILE_VALUES)
        it(`keeps ${what}`, async () => {
          const row = faaRow(unique('N'));
          const attributes: [string, Value][] = [
            ['PK', row.PK],
            ['SK', row.SK],
            ['value', value],
            ['__proto__', value],
          ];
          await apply({ ...inserted(row, 1), after: new DecodedAttributes(new Map(attributes)) });
          const found = await find(row);
          expect(found && comparableFields(found)).to.deep.equal(
            comparableFields(Object.fromEntries(attributes)),
          );
        });

      whenAble(features.nulCharacters, 'keeps U+0000', async () => {
        const row = faaRow(unique('N'), { model: 'a\u0000b' });
        await apply(inserted(row, 1));
        await expectRow(row);
      });
    });
  });
}

/** Two states of one row, told apart by their model. */
function versionsOf(registration: string): readonly [TableRow, TableRow] {
  return [faaRow(registration, { model: 'first' }), faaRow(registration, { model: 'second' })];
}

function anEntity(): Entity {
  return { orgId: unique('org'), entityType: 'ICAO', entityId: unique('C172') };
}

function inserted(after: TableRow, sequence: number | string): Change {
  return changeOf(streamRecord({ after, sequence }));
}

function modified(before: TableRow, after: TableRow, sequence: number | string): Change {
  return changeOf(streamRecord({ before, after, sequence }));
}

function removed(before: TableRow, sequence: number | string): Change {
  return changeOf(streamRecord({ before, sequence }));
}

function attributesOf(row: TableRow): Record<string, Value> {
  const { after } = inserted(row, 1);
  if (typeof after === 'string') throw new Error(`the new image is ${after}`);
  return Object.fromEntries(after.all());
}
