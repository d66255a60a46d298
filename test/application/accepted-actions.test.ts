import { expect } from 'chai';
import { AcceptedActions } from '../../src/application/accepted-actions.ts';
import { toDelivery } from '../../src/adapters/dynamodb-stream/to-delivery.ts';
import type { Redelivery } from '../../src/application/checkpoint.ts';
import { MemoryQuarantine } from '../../src/adapters/memory/memory-quarantine.ts';
import { MemorySearchQueue } from '../../src/adapters/memory/memory-search-queue.ts';
import { Fault } from '../../src/domain/fault.ts';
import type { SearchAction } from '../../src/domain/search-action.ts';
import { generateRecords } from '../../src/fleet/feed/generate.ts';
import { fleet } from '../../src/fleet/definition.ts';
import { range } from '../support/range.ts';
import { faaRow, SourceTable, withDynamodb } from '../support/stream-records.ts';
import { version } from '../support/factories.ts';
import { ScriptedQueue } from './doubles.ts';
import { aWorker, derivedBy, inShort, type WorkerParts } from './worker.ts';

function action(id: string, sequence: number, parts: Partial<SearchAction> = {}): SearchAction {
  return {
    key: { collection: 'registry', id },
    identity: { stream: 'S', sequence: String(sequence) },
    version: version(sequence),
    document: { id },
    ...parts,
  };
}

describe('the accepted actions', () => {
  it('given one that was added, then it is known by its change and its document, and by nothing less', () => {
    const accepted = new AcceptedActions();
    accepted.add(action('N1', 1));
    expect(accepted.has(action('N1', 1))).to.equal(true);
    expect(accepted.has(action('N1', 2)), 'another change').to.equal(false);
    expect(accepted.has(action('N2', 1)), 'another document').to.equal(false);
    expect(
      accepted.has(action('N1', 1, { key: { collection: 'icao_aircraft', id: 'N1' } })),
      'another collection',
    ).to.equal(false);
    expect(
      accepted.has(action('N1', 1, { identity: { stream: 'T', sequence: '1' } })),
      'another stream',
    ).to.equal(false);
    expect(
      accepted.has(action('N1', 1, { version: version(1, 'another') })),
      'a stream that has been made to follow anew',
    ).to.equal(false);
    accepted.delete(action('N1', 1));
    expect(accepted.has(action('N1', 1))).to.equal(false);
  });

  it('given more than there is room for, then the oldest give way, and never more', () => {
    const accepted = new AcceptedActions(3);
    for (const sequence of [1, 2, 3, 1, 4]) accepted.add(action('N1', sequence));
    expect([1, 2, 3, 4].filter((sequence) => accepted.has(action('N1', sequence)))).to.deep.equal([1, 3, 4]);
  });
});

/** What a worker makes of batches, delivered one after the other. */
async function delivered(batches: readonly (readonly unknown[])[], parts: WorkerParts) {
  const { backend, handle } = aWorker(parts);
  for (const batch of batches) await handle(...batch);
  return backend;
}

describe('a blocked shard', () => {
  const table = new SourceTable();
  const poison = withDynamodb(table.put(faaRow('N0')), { NewImage: { PK: { X: 'no type of DynamoDB' } } });
  const tail = ['N1', 'N2', 'N3'].map((name) => table.put(faaRow(name)));
  const batch = [poison, ...tail];

  it('given a batch that is delivered again, then what the queue took is not sent again, and counted', async () => {
    const queue = new ScriptedQueue((actions) => actions.map(() => 'done'));
    const { handle } = aWorker({ queue });
    const first = await handle(...batch);
    expect(first.search).to.include({ upserts: 3, repeated: 0 });
    for (let attempt = 2; attempt <= 4; attempt++) {
      const { outcomes, search } = await handle(...batch);
      expect(inShort(outcomes)).to.deep.equal(['failed', 'applied', 'applied', 'applied']);
      expect(search).to.include({ upserts: 0, repeated: 3 });
    }
    expect(queue.calls).to.have.length(1);
  });

  it('given actions that the queue did not take, then those are sent again, and no others', async () => {
    let down = true;
    const queue = new ScriptedQueue((actions) =>
      actions.map(({ key }) => (down && key.id === 'FAA:N2' ? new Fault('transient', 'throttled') : 'done')),
    );
    const { handle } = aWorker({ queue });
    expect(inShort((await handle(...batch)).outcomes)).to.deep.equal([
      'failed',
      'applied',
      'failed',
      'applied',
    ]);
    down = false;
    const again = await handle(...batch);
    expect(inShort(again.outcomes)).to.deep.equal(['failed', 'applied', 'applied', 'applied']);
    expect(again.search).to.include({ upserts: 1, repeated: 2 });
    expect(queue.calls.map((call) => call.map(({ key }) => key.id))).to.deep.equal([
      ['FAA:N1', 'FAA:N2', 'FAA:N3'],
      ['FAA:N2'],
    ]);
  });

  it('given a call that throws or is cut off, then nothing of it counts as taken', async () => {
    let down = true;
    const queue = new ScriptedQueue((actions) => {
      if (down) throw new Error('connection lost');
      return actions.map(() => 'done');
    });
    const { handle } = aWorker({ queue });
    await handle(...batch);
    down = false;
    expect((await handle(...batch)).search).to.include({ upserts: 3, repeated: 0 });
  });

  it('given a further change of a document behind one that was sent, then the further one is sent', async () => {
    const source = new SourceTable();
    const blocked = withDynamodb(source.put(faaRow('N0')), { NewImage: { PK: { X: 'none' } } });
    const insertion = source.put(faaRow('N1', { model: '172' }));
    const change = source.put(faaRow('N1', { model: '182' }));
    const queue = new MemorySearchQueue();
    const { handle } = aWorker({ queue });
    await handle(blocked, insertion);
    expect((await handle(blocked, insertion, change)).search).to.include({ upserts: 1, repeated: 0 });
    // What decided is remembered, so the two together are known, and the first of them by itself as well.
    expect((await handle(blocked, insertion, change)).search).to.include({ upserts: 0, repeated: 1 });
    expect((await handle(blocked, insertion)).search).to.include({ upserts: 0, repeated: 1 });
    expect(queue.drain().map(({ document }) => document?.['model'])).to.deep.equal(['172', '182']);
  });

  it('given a batch that is done, then nothing of it is kept: read once more, all is sent', async () => {
    const queue = new ScriptedQueue((actions) => actions.map(() => 'done'));
    const { handle } = aWorker({ queue });
    await handle(...batch);
    expect((await handle(...tail)).search).to.include({ upserts: 0, repeated: 3 });
    expect((await handle(...tail)).search).to.include({ upserts: 3, repeated: 0 });
  });

  describe('given a batch whose record no. 5 of ten fails', () => {
    const names = range(10).map((n) => `M${n}`);
    const source = new SourceTable();
    const records = names.map((name) => source.put(faaRow(name)));

    function countedSends(redelivery?: Redelivery) {
      let down = true;
      const calls: number[] = [];
      const queue = new ScriptedQueue((actions) => {
        const results = actions.map(({ key }) =>
          down && key.id === 'FAA:M5' ? new Fault('configuration', 'too small') : ('done' as const),
        );
        calls.push(results.filter((result) => result === 'done').length);
        return results;
      });
      const { processBatch } = aWorker({ queue });
      const handle = (some: readonly unknown[]) =>
        processBatch.execute(
          some.map((record) => toDelivery(record, fleet.model)),
          undefined,
          redelivery,
        );
      return { calls, handle, mend: () => (down = false) };
    }

    it('then what comes again from the checkpoint on is known, and what is before it is not', async () => {
      const { calls, handle, mend } = countedSends();
      await handle(records);
      mend();
      await handle(records.slice(5));
      await handle(records);
      expect(calls, 'all of it, redelivered from no. 5 on, read anew from the start').to.deep.equal([
        9, 1, 10,
      ]);
    });

    it('and a source that delivers the whole batch again, then all of it is known', async () => {
      const { calls, handle, mend } = countedSends('the whole batch');
      await handle(records);
      mend();
      await handle(records);
      await handle(records);
      expect(calls).to.deep.equal([9, 1, 10]);
    });
  });

  it('given a redelivery that goes on with later changes, then nothing of the earlier ones is kept', async () => {
    const source = new SourceTable();
    const blocked = withDynamodb(source.put(faaRow('N0')), { NewImage: { PK: { X: 'none' } } });
    const insertion = source.put(faaRow('N1', { model: '172' }));
    const change = source.put(faaRow('N1', { model: '182' }));
    const { handle } = aWorker();
    await handle(blocked, insertion);
    await handle(insertion, change);
    expect((await handle(insertion)).search).to.include({ upserts: 1, repeated: 0 });
  });

  it('given poison that is kept in quarantine, then the batch is done, and nothing of it is kept', async () => {
    const queue = new ScriptedQueue((actions) => actions.map(() => 'done'));
    const { handle } = aWorker({ queue, quarantine: new MemoryQuarantine() });
    for (let delivery = 0; delivery < 2; delivery++)
      expect((await handle(...batch)).search).to.include({ upserts: 3, repeated: 0 });
  });

  it('given another worker, then it sends all of it again, and what is derived stays the same', async () => {
    const one = aWorker();
    await one.handle(...batch);
    const derived = await derivedBy(one.backend);
    const other = aWorker({ backend: one.backend });
    expect((await other.handle(...batch)).search).to.include({ upserts: 3, repeated: 0 });
    expect(await derivedBy(one.backend)).to.deep.equal(derived);
  });

  it('given a feed whose batches all fail and come twice, then documents and counts are the same', async () => {
    const records = [...generateRecords({ seed: 11, records: 300 })];
    // Not the default images: which of several it is may depend on where batches end.
    const { documents, counts } = await derivedBy(await delivered([records], {}));
    for (const size of [1, 7, 100])
      for (const room of [0, 3, 10_000]) {
        const batches = range(Math.ceil(records.length / size)).flatMap((n) => {
          const some = [poison, ...records.slice(n * size, (n + 1) * size)];
          return [some, some];
        });
        const backend = await delivered(batches, { accepted: new AcceptedActions(room) });
        const derived = await derivedBy(backend);
        expect([derived.documents, derived.counts], `batches of ${size}, room for ${room}`).to.deep.equal([
          documents,
          counts,
        ]);
      }
  });

  it('given less room than it would take, then the rest is sent again each time, and is right', async () => {
    const sent: string[] = [];
    const queue = new ScriptedQueue((actions) => {
      sent.push(...actions.map(({ key }) => key.id));
      return actions.map(() => 'done');
    });
    const { handle } = aWorker({ queue, accepted: new AcceptedActions(2) });
    await handle(...batch);
    expect((await handle(...batch)).search).to.include({ upserts: 1, repeated: 2 });
    expect(sent).to.deep.equal(['FAA:N1', 'FAA:N2', 'FAA:N3', 'FAA:N1']);
  });
});
