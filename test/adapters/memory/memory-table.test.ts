import { expect } from 'chai';
import { MemoryImageRepository } from '../../../src/adapters/memory/memory-image-repository.ts';
import { MemoryTable } from '../../../src/adapters/memory/memory-table.ts';
import type { EntityView } from '../../../src/application/ports/image-repository.ts';
import type { Change } from '../../../src/domain/change.ts';
import type { Entity } from '../../../src/domain/row.ts';
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
  const entity: Entity = { orgId: 'SYSTEM', entityType: 'ICAO', entityId: 'C172' };
  const inserted = (after: TableRow, sequence: number): Change => changeOf(streamRecord({ after, sequence }));
  const removed = (before: TableRow, sequence: number): Change =>
    changeOf(streamRecord({ before, sequence }));

  it('keeps rows that it recognises, also those that nothing is derived from', async () => {
    const table = new MemoryTable();
    await table.apply([inserted(icaoVariantRow('any'), 1)]);
    expect([...table.rows()].map((row) => row.get('PK'))).to.deep.equal(['ICAO#VARIANTS']);
  });

  it("lists the feed's default rows as rows and as defaults, its own as defaults only", async () => {
    const table = new MemoryTable();
    const other: Entity = { ...entity, entityId: 'B738' };
    await table.apply([inserted(defaultRow(entity, { image_id: '1' }), 1)]);
    table.writeDefaultImage(other, undefined, { imageId: '2', attributes: { image_id: '2' } });
    expect(
      [...table.defaultImages()].map((each) => [each.entity.entityId, each.image.imageId]),
    ).to.deep.equal([
      ['C172', '1'],
      ['B738', '2'],
    ]);
    expect([...table.rows()].map((row) => row.get('PK'))).to.deep.equal([
      'IMAGES#ORG#SYSTEM#ENTITY#ICAO#ID#C172',
    ]);
  });

  it('removes the default row that the feed removes, although it was written by the worker', async () => {
    const table = new MemoryTable();
    await table.apply([inserted(defaultRow(entity, { image_id: '1' }), 1)]);
    const { revision } = table.defaultImage(entity)!;
    expect(
      table.writeDefaultImage(entity, revision, { imageId: '2', attributes: { image_id: '2' } }),
    ).to.equal(true);
    await table.apply([removed(defaultRow(entity), 2)]);
    expect(table.defaultImage(entity)).to.equal(undefined);
  });

  it('keeps of a row what it held when it was applied, and not the record that it came in', async () => {
    const table = new MemoryTable();
    const record = streamRecord({ after: faaRow('N1', { model: 'as applied' }) });
    await table.apply([changeOf(record)]);
    (record.dynamodb['NewImage'] as Record<string, unknown>)['model'] = { S: 'changed later' };
    const [row] = table.rows();
    expect(row?.get('model')).to.equal('as applied');
  });

  it('keeps nothing of an entity that has neither images nor a default row', async () => {
    // Seen from outside only as revisions that go on: what was written before must never fit again.
    const table = new MemoryTable();
    const images = new MemoryImageRepository(table);
    await table.apply([inserted(imageRow(entity, '1'), 1)]);
    const load = async () => (await images.load([entity]))[0] as EntityView;
    const empty = await load();
    expect(await images.save([{ view: empty, image: empty.newest }])).to.deep.equal(['done']);
    const full = await load();
    await table.apply([removed(imageRow(entity, '1'), 2)]);
    const imageless = await load();
    expect(await images.save([{ view: imageless, image: undefined }])).to.deep.equal(['done']);
    expect(await images.save([{ view: full, image: full.current }])).to.deep.equal(['conflict']);
    expect([...table.defaultImages()]).to.deep.equal([]);
    await table.apply([inserted(imageRow(entity, '1'), 3)]);
    const again = await load();
    expect(await images.save([{ view: again, image: again.newest }])).to.deep.equal(['done']);
    expect((await load()).revision).not.to.equal(full.revision);
  });
});
