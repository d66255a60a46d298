import { expect } from 'chai';
import { MemoryImageRepository } from '../../../src/adapters/memory/memory-image-repository.ts';
import { MemoryTable } from '../../../src/adapters/memory/memory-table.ts';
import type { EntityView } from '../../../src/application/ports/image-repository.ts';
import type { Change } from '../../../src/domain/change.ts';
import { defineTable } from '../../../src/domain/definition/define-table.ts';
import { documents } from '../../../src/domain/definition/documents.ts';
import { pointer } from '../../../src/domain/definition/pointer.ts';
import { row } from '../../../src/domain/definition/row.ts';
import type { Entity } from '../../../src/domain/pointer.ts';
import { fleet } from '../../../src/fleet/definition.ts';
import { attributes, change, entity as entityOf, image } from '../../support/factories.ts';
import {
  changeOf,
  defaultRow,
  faaRow,
  icaoVariantRow,
  imageRow,
  streamRecord,
  type TableRow,
} from '../../support/stream-records.ts';

describe('MemoryTable', () => {
  const entity = entityOf({ entityType: 'ICAO', entityId: 'C172' });
  const inserted = (after: TableRow, sequence: number): Change => changeOf(streamRecord({ after, sequence }));
  const removed = (before: TableRow, sequence: number): Change =>
    changeOf(streamRecord({ before, sequence }));

  it('keeps rows that it recognises, also those that nothing is derived from', async () => {
    const table = new MemoryTable(fleet.model);
    await table.apply([inserted(icaoVariantRow('any'), 1)]);
    expect([...table.rows()].map((row) => row.get('PK'))).to.deep.equal(['ICAO#VARIANTS']);
  });

  it("lists the feed's default rows as rows and as defaults, its own as defaults only", async () => {
    const table = new MemoryTable(fleet.model);
    const other = entityOf({ entityType: 'ICAO', entityId: 'B738' });
    await table.apply([inserted(defaultRow(entity, { image_id: '1' }), 1)]);
    table.writePointer(other, undefined, image('2'));
    expect(
      [...table.pointers()].map((each) => [each.entity.parts[2], each.member.attributes['image_id']]),
    ).to.deep.equal([
      ['C172', '1'],
      ['B738', '2'],
    ]);
    expect([...table.rows()].map((row) => row.get('PK'))).to.deep.equal([
      'IMAGES#ORG#SYSTEM#ENTITY#ICAO#ID#C172',
    ]);
  });

  it('removes the default row that the feed removes, although it was written by the worker', async () => {
    const table = new MemoryTable(fleet.model);
    await table.apply([inserted(defaultRow(entity, { image_id: '1' }), 1)]);
    const { revision } = table.pointer(entity)!;
    expect(table.writePointer(entity, revision, image('2'))).to.equal(true);
    await table.apply([removed(defaultRow(entity), 2)]);
    expect(table.pointer(entity)).to.equal(undefined);
  });

  it('keeps of a row what it held when it was applied, and not the record that it came in', async () => {
    const table = new MemoryTable(fleet.model);
    const record = streamRecord({ after: faaRow('N1', { model: 'as applied' }) });
    await table.apply([changeOf(record)]);
    (record.dynamodb['NewImage'] as Record<string, unknown>)['model'] = { S: 'changed later' };
    const [row] = table.rows();
    expect(row?.get('model')).to.equal('as applied');
  });

  it('keeps nothing of an entity that has neither images nor a default row', async () => {
    // Seen from outside only as revisions that go on: what was written before must never fit again.
    const table = new MemoryTable(fleet.model);
    const images = new MemoryImageRepository(table);
    await table.apply([inserted(imageRow(entity, '1'), 1)]);
    const load = async () => (await images.load([entity]))[0] as EntityView;
    const empty = await load();
    expect(await images.save([{ view: empty, member: empty.newest }])).to.deep.equal(['done']);
    const full = await load();
    await table.apply([removed(imageRow(entity, '1'), 2)]);
    const imageless = await load();
    expect(await images.save([{ view: imageless, member: undefined }])).to.deep.equal(['done']);
    expect(await images.save([{ view: full, member: full.current }])).to.deep.equal(['conflict']);
    expect([...table.pointers()]).to.deep.equal([]);
    await table.apply([inserted(imageRow(entity, '1'), 3)]);
    const again = await load();
    expect(await images.save([{ view: again, member: again.newest }])).to.deep.equal(['done']);
    expect((await load()).revision).not.to.equal(full.revision);
  });

  describe('given a definition that declares the rows of a pointer itself, and another pointer to the same rows', () => {
    const post = row({ PK: 'BLOG#<blog>', SK: 'POST#<post>' });
    const top = row({ PK: 'BLOG#<blog>', SK: 'TOP' });
    const blog = defineTable({
      keys: { partition: 'PK', sort: 'SK' },
      rows: { post, top },
      derive: {
        best: pointer(post, { at: { SK: 'TOP' }, choose: 'keep', repeat: ['title'] }),
        latest: pointer(post, { at: { SK: 'LATEST' }, choose: 'newest', repeat: [] }),
        tops: documents(top, { collection: 'tops', fields: ['title'] }),
      },
    });
    const [best, latest] = blog.model.pointers.map((model): Entity => ({ model, parts: ['b'] }));
    const changes = (...rows: readonly (readonly [sort: string, title: string])[]) =>
      rows.map(([sort, title], index) => {
        const of = blog.model.rowOf('BLOG#b', sort);
        if (of === undefined || 'malformed' in of) throw new Error(`no row is ${sort}`);
        const after = attributes({ PK: 'BLOG#b', SK: sort, title, post: '1' });
        return change({ row: of, after, sequence: index + 1 });
      });

    it('then a declared row is kept as a row, and is what its own pointer says, and no other', async () => {
      const table = new MemoryTable(blog.model);
      await table.apply(changes(['POST#1', 'one'], ['POST#2', 'two'], ['TOP', 'of the feed']));
      expect([...table.rows()].map((each) => each.get('SK'))).to.deep.equal(['POST#1', 'POST#2', 'TOP']);
      expect(table.pointer(best!)?.member).to.deep.equal({
        sort: 'POST#1',
        attributes: { title: 'of the feed', post: '1' },
      });
      expect(table.pointer(latest!)).to.equal(undefined);
      for (const entity of [best!, latest!]) expect(table.newest(entity)?.sort).to.equal('POST#2');
    });

    it('then what the worker writes of one pointer is not the other’s', async () => {
      const table = new MemoryTable(blog.model);
      await table.apply(changes(['POST#1', 'one']));
      expect(table.writePointer(latest!, undefined, table.newest(latest!))).to.equal(true);
      expect([...table.pointers()]).to.deep.equal([
        { entity: latest, member: { sort: 'POST#1', attributes: { post: '1' } }, isTargetUnknown: false },
      ]);
    });
  });
});
