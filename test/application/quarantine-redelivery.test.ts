import { expect } from 'chai';
import { toDelivery } from '../../src/adapters/dynamodb-stream/to-delivery.ts';
import { lowestFailed } from '../../src/application/checkpoint.ts';
import { type PoisonRecord, Quarantine } from '../../src/application/ports/quarantine.ts';
import { QuarantinedRecords } from '../../src/application/quarantined-records.ts';
import { Fault } from '../../src/domain/fault.ts';
import { fleet } from '../../src/fleet/definition.ts';
import { range } from '../support/range.ts';
import { faaRow, SourceTable, type StreamRecord } from '../support/stream-records.ts';
import { ScriptedQueue } from './doubles.ts';
import { withEffects } from './effects.ts';
import { aWorkerOf, orderRow } from './shop.ts';
import { aWorker, inShort, spoiled, type WorkerParts } from './worker.ts';

/** Notes what it is given, and may be down. */
class NotedQuarantine extends Quarantine {
  readonly calls: string[][] = [];
  isDown = false;

  override async keep(records: readonly PoisonRecord[]) {
    this.calls.push(records.map(({ record }) => record.sk ?? ''));
    return records.map(() => (this.isDown ? new Fault('transient', 'down') : ('done' as const)));
  }
}

/** A batch that is delivered again from where it failed, as parsed anew each time. */
class Delivered {
  readonly quarantine = new NotedQuarantine();
  readonly worker;
  /** Documents that the search queue does not take for now, and those that it never will. */
  readonly unsent = new Set<string>();
  readonly refused = new Set<string>();
  #left: readonly StreamRecord[];

  constructor(records: readonly StreamRecord[], parts: WorkerParts = {}) {
    this.#left = records;
    const queue = new ScriptedQueue((actions) =>
      actions.map(({ key }) => {
        if (this.refused.has(key.id))
          return new Fault('permanent', `${key.id} is refused`, { reason: 'refused' });
        return this.unsent.has(key.id) ? new Fault('transient', 'the queue is down') : 'done';
      }),
    );
    this.worker = aWorker({ quarantine: this.quarantine, queue, ...parts });
  }

  /** @returns the outcomes in short; from the first that failed on, the records are to be delivered again. */
  async deliver({ whole = false } = {}): Promise<string[]> {
    const records = structuredClone(this.#left) as StreamRecord[];
    const { outcomes } = await this.worker.handle(...records);
    const lowest = lowestFailed(
      records.map((record) => toDelivery(record, fleet.model)),
      outcomes,
    );
    const from = this.#left.findIndex(({ dynamodb }) => dynamodb['SequenceNumber'] === lowest);
    if (!whole) this.#left = from < 0 ? [] : this.#left.slice(from);
    return inShort(outcomes);
  }
}

describe('poison that is delivered again', () => {
  const good = (table: SourceTable, count: number) => range(count).map((n) => table.put(faaRow(`G${n}`)));
  const bad = (table: SourceTable, count: number) =>
    range(count).map((n) => spoiled(table.put(faaRow(`P${n}`))));

  it('given that most of what is left is in quarantine, then it is passed over, and the batch ends', async () => {
    const table = new SourceTable();
    const batch = new Delivered([...good(table, 6), table.put(faaRow('FLAKY')), ...bad(table, 3)]);
    batch.unsent.add('FAA:FLAKY');
    const first = await batch.deliver();
    expect(first.slice(6)).to.deep.equal(['failed', 'quarantined', 'quarantined', 'quarantined']);
    expect(await batch.deliver()).to.deep.equal(['failed', 'quarantined', 'quarantined', 'quarantined']);
    batch.unsent.clear();
    expect(await batch.deliver()).to.deep.equal(['applied', 'quarantined', 'quarantined', 'quarantined']);
    expect(batch.quarantine.calls, 'kept once').to.deep.equal([['DETAIL#P0', 'DETAIL#P1', 'DETAIL#P2']]);
  });

  it('given poison that only the effects show, then it is passed over as well', async () => {
    const table = new SourceTable();
    const batch = new Delivered([table.put(faaRow('FLAKY')), ...good(table, 4)]);
    batch.unsent.add('FAA:FLAKY');
    for (const n of [0, 1]) batch.refused.add(`FAA:G${n}`);
    const expected = ['failed', 'quarantined', 'quarantined', 'applied', 'applied'];
    expect(await batch.deliver()).to.deep.equal(expected);
    expect(await batch.deliver()).to.deep.equal(expected);
    expect(batch.quarantine.calls).to.have.length(1);
  });

  it('given that the whole batch comes again, then what stands before the failure is passed over too', async () => {
    const table = new SourceTable();
    const batch = new Delivered([...bad(table, 2), table.put(faaRow('FLAKY')), ...good(table, 1)]);
    batch.unsent.add('FAA:FLAKY');
    const expected = ['quarantined', 'quarantined', 'failed', 'applied'];
    for (let time = 0; time < 3; time++) expect(await batch.deliver({ whole: true })).to.deep.equal(expected);
    expect(batch.quarantine.calls).to.have.length(1);
  });

  it('given a later change of an item whose poison is in quarantine, then it is carried out at once', async () => {
    const table = new SourceTable();
    const batch = new Delivered([
      spoiled(table.put(faaRow('P'))),
      table.put(faaRow('P')),
      table.put(faaRow('FLAKY')),
    ]);
    batch.unsent.add('FAA:FLAKY');
    for (let time = 0; time < 2; time++)
      expect(await batch.deliver({ whole: true })).to.deep.equal(['quarantined', 'applied', 'failed']);
  });

  it('given a later change that waits for poison which only an effect shows, then it is carried out at once', async () => {
    let isDown = true;
    const definition = withEffects({
      badges: {
        attempts: 1,
        run: ({ after }) => {
          if (after?.status === 'a1') throw new Fault('permanent', 'no a1', { reason: 'no' });
          if (after?.status === 'a2' && isDown) throw new Fault('transient', 'down');
        },
      },
    });
    const quarantine = new NotedQuarantine();
    const worker = aWorkerOf(definition, { quarantine });
    const table = new SourceTable();
    const records = ['a1', 'a2', 'b1', 'c1'].map((status) =>
      table.put(orderRow('anna', status.slice(0, 1), { status, total: 1 })),
    );
    const deliver = async () => {
      const { outcomes } = await worker.handle(...structuredClone<StreamRecord[]>(records));
      return inShort(outcomes);
    };
    expect(await deliver()).to.deep.equal(['quarantined', 'failed', 'applied', 'applied']);
    isDown = false;
    expect(await deliver()).to.deep.equal(['quarantined', 'applied', 'applied', 'applied']);
    expect(quarantine.calls).to.have.length(1);
  });

  it('given that the quarantine was down, then it is asked again', async () => {
    const batch = new Delivered(bad(new SourceTable(), 1));
    batch.quarantine.isDown = true;
    expect(await batch.deliver()).to.deep.equal(['failed']);
    batch.quarantine.isDown = false;
    expect(await batch.deliver()).to.deep.equal(['quarantined']);
    expect(batch.quarantine.calls).to.have.length(2);
  });

  it('given that the record comes without the one its batch came again for, then it is kept again', async () => {
    const table = new SourceTable();
    const [poison, flaky] = [spoiled(table.put(faaRow('P'))), table.put(faaRow('FLAKY'))];
    const batch = new Delivered([poison, flaky]);
    batch.unsent.add('FAA:FLAKY');
    await batch.deliver();
    await batch.worker.handle(poison);
    expect(batch.quarantine.calls, 'as out of the quarantine itself').to.have.length(2);
  });

  it('given that its batch is done, then nothing is remembered', async () => {
    const quarantined = new QuarantinedRecords();
    const table = new SourceTable();
    const batch = new Delivered([table.put(faaRow('FLAKY')), spoiled(table.put(faaRow('P')))], {
      quarantined,
    });
    batch.unsent.add('FAA:FLAKY');
    await batch.deliver();
    expect(quarantined.isEmpty).to.equal(false);
    batch.unsent.clear();
    await batch.deliver();
    expect(quarantined.isEmpty).to.equal(true);
  });

  it('given another record of its number and item, then that one is judged by itself', async () => {
    const table = new SourceTable();
    const flaky = table.put(faaRow('FLAKY'));
    const poison = spoiled(table.put(faaRow('P')));
    const batch = new Delivered([flaky, poison]);
    batch.unsent.add('FAA:FLAKY');
    await batch.deliver();
    await batch.worker.handle(flaky, spoiled(structuredClone(poison), 'another'));
    expect(batch.quarantine.calls).to.have.length(2);
  });

  it('given more than can be remembered, then the oldest are kept again', async () => {
    const table = new SourceTable();
    const batch = new Delivered([...good(table, 2), ...bad(table, 2)], {
      quarantined: new QuarantinedRecords(1),
    });
    batch.unsent.add('FAA:G0');
    for (let time = 0; time < 2; time++) await batch.deliver();
    expect(batch.quarantine.calls).to.deep.equal([['DETAIL#P0', 'DETAIL#P1'], ['DETAIL#P0']]);
  });

  it('given many in quarantine, when delivered again, then each is digested a few times at most', async () => {
    const table = new SourceTable();
    const records = [
      ...range(100).map((n) => spoiled(table.put(faaRow(`P${n}`)))),
      ...range(200).map((n) => table.put(faaRow(`G${n}`))),
      table.put(faaRow('FLAKY')),
    ];
    const quarantine = new NotedQuarantine();
    const queue = new ScriptedQueue((actions) =>
      actions.map(({ key }) =>
        key.id === 'FAA:FLAKY' ? new Fault('transient', 'the queue is down') : 'done',
      ),
    );
    const { processBatch } = aWorker({ quarantine, queue, quarantineMaxShare: 1 });
    let looks = 0;
    const deliver = () =>
      processBatch.execute(
        records.map((record) => {
          const delivery = toDelivery(record, fleet.model);
          const { digest } = delivery;
          return Object.defineProperty(delivery, 'digest', {
            get: () => {
              looks++;
              return digest;
            },
          });
        }),
      );
    await deliver();
    looks = 0;
    await deliver();
    expect(quarantine.calls).to.have.length(1);
    expect(looks).to.be.within(records.length, 6 * records.length);
  });
});
