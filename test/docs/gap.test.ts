import { expect } from 'chai';
import { collect } from '../support/collect.ts';
import { entity } from '../support/factories.ts';
import {
  changeOf,
  faaRow,
  imageRow,
  linkRow,
  SourceTable,
  type StreamRecord,
} from '../support/stream-records.ts';
import { aWorker, derivedBy } from '../application/worker.ts';

/** What docs/operations.md says under "A gap", on the memory backend. */
describe('after a gap', () => {
  let table: SourceTable;
  let worker: ReturnType<typeof aWorker>;

  beforeEach(() => {
    table = new SourceTable();
    worker = aWorker({ replica: 'none' });
  });

  /** The change is made, and its record is delivered. */
  async function handled(...records: readonly StreamRecord[]): Promise<void> {
    await worker.backend.table.apply(records.map((record) => changeOf(record)));
    const { outcomes } = await worker.handle(...records);
    expect(outcomes.filter(({ status }) => status === 'failed')).to.deep.equal([]);
  }

  /** The change is made, and nobody ever sees its record. */
  async function lost(record: StreamRecord): Promise<void> {
    await worker.backend.table.apply([changeOf(record)]);
  }

  async function statusOfDocument(): Promise<unknown> {
    worker.backend.index.apply(worker.backend.queue.drain());
    const documents = await collect(worker.backend.state.documents());
    expect(documents.length).to.be.at.most(1);
    return documents[0]?.fields['status'];
  }

  describe('a search document', () => {
    const row = (attributes: Readonly<Record<string, string>>) => faaRow('N1', attributes);

    beforeEach(async () => {
      await handled(table.put(row({ status: 'Valid' })));
      await lost(table.put(row({ status: 'Expired' })));
    });

    it('does not heal with a change of what it does not hold', async () => {
      await handled(table.put(row({ status: 'Expired', touched: '1' })));
      expect(await statusOfDocument()).to.equal('Valid');
    });

    it('heals with a change of anything that it holds', async () => {
      await handled(table.put(row({ status: 'Expired', updated_at: '2026-01-06T00:00:00Z' })));
      expect(await statusOfDocument()).to.equal('Expired');
    });

    it('heals with a change there and back, also in one batch', async () => {
      await handled(table.put(row({ status: 'Expired', model: 'x' })), table.put(row({ status: 'Expired' })));
      expect(await statusOfDocument()).to.equal('Expired');
    });

    it('heals with the removal of its row', async () => {
      await handled(table.remove(row({})));
      expect((await derivedBy(worker.backend)).documents).to.deep.equal([]);
    });

    it('whose row is gone heals when the row is written once more and removed again, also in one batch', async () => {
      await lost(table.remove(row({})));
      expect(await statusOfDocument()).to.equal('Valid');
      await handled(table.put(row({ status: 'Expired' })), table.remove(row({})));
      expect((await derivedBy(worker.backend)).documents).to.deep.equal([]);
    });
  });

  describe('a count', () => {
    const [before, after] = [
      ['CESSNA', '172S', 'C172'],
      ['CESSNA', '182T', 'C182'],
    ];

    beforeEach(() => handled(table.put(linkRow('1', '1', before))));

    it('heals with any change of the link', async () => {
      await lost(table.put(linkRow('1', '1', after)));
      await handled(table.put(linkRow('1', '1', after, { touched: '1' })));
      expect((await derivedBy(worker.backend)).counts).to.deep.equal([['CESSNA', '182T', 'C182', 1]]);
    });

    it('does not heal with a change of another link', async () => {
      await lost(table.put(linkRow('1', '1', after)));
      await handled(table.put(linkRow('1', '2', after)));
      expect((await derivedBy(worker.backend)).counts).to.deep.include(['CESSNA', '172S', 'C172', 1]);
    });

    it('of a link that is gone heals when the link is written once more and removed again, also in one batch', async () => {
      await lost(table.remove(linkRow('1', '1')));
      await handled(table.put(linkRow('1', '1', before)), table.remove(linkRow('1', '1')));
      expect((await derivedBy(worker.backend)).counts).to.deep.equal([]);
    });
  });

  describe('a default row', () => {
    const owner = entity({ orgId: 'ACME' });
    const defaults = async () => (await derivedBy(worker.backend)).defaults.map(([, , , imageId]) => imageId);

    beforeEach(() => handled(table.put(imageRow(owner, '01A'))));

    it('heals with any change of any image of its entity', async () => {
      await handled(table.put(imageRow(owner, '01B')));
      await lost(table.remove(imageRow(owner, '01A')));
      expect(await defaults()).to.deep.equal(['01A']);
      await handled(table.put(imageRow(owner, '01B', { touched: '1' })));
      expect(await defaults()).to.deep.equal(['01B']);
    });

    it('without images heals when one is written once more and removed again, also in one batch', async () => {
      await lost(table.remove(imageRow(owner, '01A')));
      expect(await defaults()).to.deep.equal(['01A']);
      await handled(table.put(imageRow(owner, '01A')), table.remove(imageRow(owner, '01A')));
      expect(await defaults()).to.deep.equal([]);
    });
  });
});
