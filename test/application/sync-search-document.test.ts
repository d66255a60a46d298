import { expect } from 'chai';
import { SyncSearchDocument } from '../../src/application/sync-search-document.ts';
import { MemorySearchQueue } from '../../src/adapters/memory/memory-search-queue.ts';
import { commandsOf, type SyncSearchDocumentCommand } from '../../src/domain/command.ts';
import { Fault } from '../../src/domain/fault.ts';
import { changeOf, faaRow, icaoTypeRow, type RecordParts, streamRecord } from '../support/stream-records.ts';
import { aRetrier, ScriptedQueue } from './doubles.ts';

const first = faaRow('N1', { model: '172' });
const second = faaRow('N1', { model: '182' });
const other = faaRow('N2', { model: '172' });

function command(parts: RecordParts): SyncSearchDocumentCommand {
  const found = commandsOf(changeOf(streamRecord(parts))).find((one) => one.does === 'search');
  if (found === undefined) throw new Error('the change asks nothing of search');
  return found;
}

describe('SyncSearchDocument', () => {
  it('given no commands, then it sends nothing', async () => {
    const queue = new ScriptedQueue(() => []);
    const { failed, tally } = await new SyncSearchDocument(queue, aRetrier()).execute([]);
    expect(queue.calls).to.deep.equal([]);
    expect(failed.size).to.equal(0);
    expect(tally).to.deep.equal({ upserts: 0, deletes: 0, unchanged: 0, repeated: 0 });
  });

  it('given changes of several documents, then it sends one action for each, in one call', async () => {
    const queue = new MemorySearchQueue();
    const { failed, tally } = await new SyncSearchDocument(queue, aRetrier()).execute([
      command({ after: first, sequence: 1 }),
      command({ before: other, sequence: 2 }),
      command({ after: icaoTypeRow('C172'), sequence: 3 }),
    ]);
    expect(failed.size).to.equal(0);
    expect(tally).to.deep.equal({ upserts: 2, deletes: 1, unchanged: 0, repeated: 0 });
    expect(queue.drain().map(({ key, document }) => [key.id, document?.['model'] ?? 'none'])).to.deep.equal([
      ['FAA:N1', '172'],
      ['FAA:N2', 'none'],
      ['C172', 'none'],
    ]);
  });

  it('given changes that alter no document, then it sends nothing and counts them', async () => {
    const queue = new ScriptedQueue(() => []);
    const noted = { ...first, note: 'not in the index' };
    const { tally } = await new SyncSearchDocument(queue, aRetrier()).execute([
      command({ before: first, after: noted, sequence: 1 }),
      command({ before: noted, after: first, sequence: 2 }),
    ]);
    expect(queue.calls).to.deep.equal([]);
    expect(tally).to.deep.equal({ upserts: 0, deletes: 0, unchanged: 2, repeated: 0 });
  });

  it('given several changes of one document, then it sends what the last of them made of it', async () => {
    const queue = new MemorySearchQueue();
    const { tally } = await new SyncSearchDocument(queue, aRetrier()).execute([
      command({ after: first, sequence: 1 }),
      command({ before: first, after: second, sequence: 2 }),
      command({ before: second, after: { ...second, note: 'not in the index' }, sequence: 3 }),
    ]);
    expect(tally).to.deep.equal({ upserts: 1, deletes: 0, unchanged: 1, repeated: 0 });
    const [action, ...more] = queue.drain();
    expect(more).to.deep.equal([]);
    expect(action?.document).to.include({ model: '182' });
    expect(action?.version.sequence, 'the change that decided it').to.equal('2');
  });

  for (const [title, commands, gone] of [
    ['insert, remove', [{ after: first }, { before: first }], true],
    ['insert, remove, insert', [{ after: first }, { before: first }, { after: second }], false],
    ['remove, insert', [{ before: first }, { after: second }], false],
    ['remove, insert, remove', [{ before: first }, { after: second }, { before: second }], true],
  ] as const)
    it(`given ${title} of one document, then it is ${gone ? 'deleted' : 'there'}`, async () => {
      const queue = new MemorySearchQueue();
      await new SyncSearchDocument(queue, aRetrier()).execute(
        commands.map((parts, index) => command({ ...parts, sequence: index + 1 })),
      );
      expect(queue.drain().map(({ document }) => document === undefined)).to.deep.equal([gone]);
    });

  it('given an older change behind a newer one, then the newer one decides', async () => {
    const queue = new MemorySearchQueue();
    await new SyncSearchDocument(queue, aRetrier()).execute([
      command({ before: first, after: second, sequence: '10' }),
      command({ after: first, sequence: '9' }),
    ]);
    expect(queue.drain().map(({ document }) => document?.['model'])).to.deep.equal(['182']);
  });

  describe('given a queue that fails', () => {
    const changes = [
      command({ after: first, sequence: 1 }),
      command({ before: first, after: { ...first, note: 'x' }, sequence: 2 }),
      command({ after: other, sequence: 3 }),
      command({ before: first, after: second, sequence: 4 }),
    ];
    const [insertion, note, otherInsertion, modification] = changes.map(({ change }) => change);

    it('on one action, then the changes that it stands for have failed, and no others', async () => {
      const fault = new Fault('transient', 'throttled');
      const queue = new ScriptedQueue((actions) =>
        actions.map(({ key }) => (key.id === 'FAA:N1' ? fault : 'done')),
      );
      const { failed, tally } = await new SyncSearchDocument(queue, aRetrier()).execute(changes);
      expect(failed.get(insertion!)).to.equal(fault);
      expect(failed.get(modification!)).to.equal(fault);
      expect(failed.get(note!), 'asked for nothing').to.equal(undefined);
      expect(failed.get(otherInsertion!)).to.equal(undefined);
      expect(failed.size).to.equal(2);
      expect(tally).to.deep.equal({ upserts: 1, deletes: 0, unchanged: 1, repeated: 0 });
    });

    it('to answer for every action, then those that it did not answer for have failed', async () => {
      const { failed } = await new SyncSearchDocument(new ScriptedQueue(() => ['done']), aRetrier()).execute(
        changes,
      );
      expect(failed.get(insertion!)).to.equal(undefined);
      expect(failed.get(otherInsertion!)?.message).to.equal('the adapter gave no result for this effect');
      expect(failed.get(otherInsertion!)?.kind).to.equal('transient');
      expect(failed.size).to.equal(1);
    });

    it('altogether, then all that asked for something have failed', async () => {
      const failure = new Fault('transient', 'no connection');
      const queue = new ScriptedQueue(() => {
        throw failure;
      });
      const { failed } = await new SyncSearchDocument(queue, aRetrier()).execute(changes);
      const asking = changes.filter(({ decision }) => decision.action !== 'none');
      expect(asking).to.have.length(3);
      for (const { change } of asking) expect(failed.get(change)).to.equal(failure);
      expect(failed.size).to.equal(3);
    });
  });
});
