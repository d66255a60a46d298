import { expect } from 'chai';
import { MemoryQuarantine } from '../../src/adapters/memory/memory-quarantine.ts';
import { lowestFailed } from '../../src/application/checkpoint.ts';
import { toDelivery } from '../../src/adapters/dynamodb-stream/to-delivery.ts';
import { Fault } from '../../src/domain/fault.ts';
import { fleet } from '../../src/fleet/definition.ts';
import { faaRow, icaoTypeRow, imageRow, linkRow, SourceTable } from '../support/stream-records.ts';
import {
  RecordingLogger,
  ScriptedImages,
  ScriptedMatcher,
  ScriptedQuarantine,
  ScriptedQueue,
} from './doubles.ts';
import { aWorker, derivedBy, inShort, spoiled } from './worker.ts';

const entity = { orgId: 'SYSTEM', entityType: 'REGISTRATION', entityId: 'N1' } as const;

describe('quarantine', () => {
  const down = new Fault('transient', 'the quarantine is down');

  it('given none, then a poison record fails and blocks', async () => {
    const table = new SourceTable();
    const { outcomes } = await aWorker().handle(spoiled(table.put(faaRow('N1'))), table.put(faaRow('N1')));
    expect(inShort(outcomes)).to.deep.equal(['failed', 'held back']);
  });

  it('given one, then it keeps the complete record, where it came from and why, and its item goes on', async () => {
    const quarantine = new MemoryQuarantine();
    const worker = aWorker({ quarantine });
    const table = new SourceTable();
    const poison = spoiled(table.put(faaRow('N1')));
    const { outcomes } = await worker.handle(poison, table.put(icaoTypeRow('C172')));
    expect(inShort(outcomes)).to.deep.equal(['quarantined', 'applied']);

    const [kept] = quarantine.kept;
    expect(quarantine.kept).to.have.length(1);
    expect(kept?.raw).to.equal(poison);
    expect(kept?.record).to.include({ pk: 'AIRCRAFT#REGISTRY#FAA', sk: 'DETAIL#N1', sequenceNumber: '1' });
    expect(kept?.fault.message).to.match(/NewImage\.model/);
    expect(worker.metrics.total('RecordsQuarantined')).to.equal(1);
    expect(worker.metrics.total('RecordsFailed')).to.equal(0);
  });

  it('given one, then a later change of the same item is applied', async () => {
    const worker = aWorker({ quarantine: new MemoryQuarantine() });
    const table = new SourceTable();
    const poison = spoiled(table.put(faaRow('N1')));
    const removal = table.remove(faaRow('N1'));
    const again = table.put(faaRow('N1', { model: 'last' }));
    const { outcomes } = await worker.handle(poison, removal, again);
    expect(inShort(outcomes)).to.deep.equal(['quarantined', 'applied', 'applied']);
    expect((await derivedBy(worker.backend)).documents).to.have.length(1);
  });

  it('given one that is down, then the record fails for now, and its item’s later records wait', async () => {
    const queue = new ScriptedQueue((actions) => actions.map(() => 'done'));
    const worker = aWorker({
      queue,
      quarantine: new ScriptedQuarantine((records) => records.map(() => down)),
    });
    const table = new SourceTable();
    const { outcomes } = await worker.handle(
      spoiled(table.put(faaRow('N1'))),
      table.put(faaRow('N1')),
      table.put(faaRow('N2')),
    );
    expect(inShort(outcomes)).to.deep.equal(['failed', 'held back', 'applied']);
    const [failed] = outcomes;
    if (failed?.status !== 'failed') throw new Error('must have failed');
    expect(failed.fault).to.include({ kind: 'transient', cause: down });
    expect(failed.fault.message).to.match(
      /NewImage\.model.*could not be quarantined: the quarantine is down/,
    );
    expect(queue.calls.flat().map(({ key }) => key.id)).to.deep.equal(['FAA:N2']);
  });

  it('given one that throws, then the record fails with that as its cause', async () => {
    const quarantine = new ScriptedQuarantine(() => {
      throw down;
    });
    const { outcomes } = await aWorker({ quarantine }).handle(spoiled(new SourceTable().put(faaRow('N1'))));
    expect(inShort(outcomes)).to.deep.equal(['failed']);
  });

  it('given one that is down for a moment, then it is asked again', async () => {
    const answers = [[down], ['done']] as const;
    const quarantine: ScriptedQuarantine = new ScriptedQuarantine(
      () => answers[quarantine.calls.length - 1] ?? [],
    );
    const worker = aWorker({ quarantine, retries: { attempts: 2 } });
    const { outcomes } = await worker.handle(spoiled(new SourceTable().put(faaRow('N1'))));
    expect(inShort(outcomes)).to.deep.equal(['quarantined']);
  });

  it('given one that refuses for lack of configuration, then the record fails for that reason', async () => {
    const missing = new Fault('configuration', 'no such queue');
    const { outcomes } = await aWorker({ quarantine: new ScriptedQuarantine(() => [missing]) }).handle(
      spoiled(new SourceTable().put(faaRow('N1'))),
    );
    const [failed] = outcomes;
    expect(failed?.status === 'failed' && failed.fault.kind).to.equal('configuration');
  });

  it('given transient and configuration faults, then they never go there', async () => {
    const quarantine = new MemoryQuarantine();
    const fault = new Fault('transient', 'throttled');
    const worker = aWorker({ quarantine, queue: new ScriptedQueue((a) => a.map(() => fault)) });
    const table = new SourceTable();
    const keysOnly = table.put(faaRow('N2'));
    Object.assign(keysOnly.dynamodb, { StreamViewType: 'KEYS_ONLY', NewImage: undefined });
    const { outcomes } = await worker.handle(table.put(faaRow('N1')), keysOnly);
    expect(inShort(outcomes)).to.deep.equal(['failed', 'failed']);
    expect(quarantine.kept).to.deep.equal([]);
  });

  it('given a poison record behind one that waits, then it waits too', async () => {
    const quarantine = new MemoryQuarantine();
    const table = new SourceTable();
    const keysOnly = table.put(faaRow('N1'));
    Object.assign(keysOnly.dynamodb, { StreamViewType: 'KEYS_ONLY', NewImage: undefined });
    const { outcomes } = await aWorker({ quarantine }).handle(keysOnly, spoiled(table.put(faaRow('N1'))));
    expect(inShort(outcomes)).to.deep.equal(['failed', 'held back']);
    expect(quarantine.kept).to.deep.equal([]);
  });

  it('given poison behind a change that waits for poison, then it is kept once that change is carried out', async () => {
    const done: string[] = [];
    const table = new SourceTable();
    const worker = aWorker({
      quarantine: new ScriptedQuarantine((records) =>
        records.map(({ record }) => {
          done.push(`kept ${record.sequenceNumber}`);
          return 'done';
        }),
      ),
      queue: new ScriptedQueue((actions) =>
        actions.map(({ identity }) => {
          done.push(`sent ${identity.sequence}`);
          return 'done';
        }),
      ),
    });
    const { outcomes } = await worker.handle(
      spoiled(table.put(faaRow('N1'))),
      table.put(faaRow('N1', { model: 'good' })),
      spoiled(table.put(faaRow('N1'))),
    );
    expect(inShort(outcomes)).to.deep.equal(['quarantined', 'applied', 'quarantined']);
    expect(done).to.deep.equal(['kept 1', 'sent 2', 'kept 3']);
  });

  it('given poison behind a change that waits for poison and then fails, then it is not kept', async () => {
    const quarantine = new MemoryQuarantine();
    const table = new SourceTable();
    const fault = new Fault('transient', 'throttled');
    const worker = aWorker({ quarantine, queue: new ScriptedQueue((actions) => actions.map(() => fault)) });
    const { outcomes } = await worker.handle(
      spoiled(table.put(faaRow('N1'))),
      table.put(faaRow('N1', { model: 'good' })),
      spoiled(table.put(faaRow('N1'))),
    );
    expect(inShort(outcomes)).to.deep.equal(['quarantined', 'failed', 'held back']);
    expect(quarantine.kept.map(({ record }) => record.sequenceNumber)).to.deep.equal(['1']);
  });

  it('given an effect that can never take place, then its records are kept, and no others', async () => {
    const quarantine = new MemoryQuarantine();
    const tooLarge = new Fault('permanent', 'too large');
    const queue = new ScriptedQueue((actions) =>
      actions.map(({ key }) => (key.id === 'FAA:N1' ? tooLarge : 'done')),
    );
    const table = new SourceTable();
    const { outcomes } = await aWorker({ queue, quarantine }).handle(
      table.put(faaRow('N1')),
      table.put(faaRow('N2')),
      table.put(faaRow('N1', { model: 'other' })),
      table.put(faaRow('N1', { note: 'nothing that a document holds' })),
    );
    expect(inShort(outcomes)).to.deep.equal(['quarantined', 'applied', 'quarantined', 'quarantined']);
    expect(quarantine.kept.map(({ fault }) => fault)).to.deep.equal([tooLarge, tooLarge, tooLarge]);
  });

  for (const lasting of ['its document', 'its default image'] as const)
    it(`given a passing fault and a lasting one of ${lasting}, then the record is delivered again`, async () => {
      const quarantine = new MemoryQuarantine();
      const faultOf = (what: typeof lasting) =>
        what === lasting ? new Fault('permanent', 'too large') : new Fault('transient', 'throttled');
      const worker = aWorker({
        quarantine,
        queue: new ScriptedQueue(() => [faultOf('its document')]),
        images: new ScriptedImages({
          load: async (entities) => entities.map(() => faultOf('its default image')),
        }),
      });
      const { outcomes } = await worker.handle(new SourceTable().put(imageRow(entity, '1')));
      const [failed] = outcomes;
      expect(failed?.status === 'failed' && failed.fault).to.include({
        kind: 'transient',
        message: 'throttled',
      });
      expect(quarantine.kept).to.deep.equal([]);
    });

  for (const answer of ['done', 'permanent', 'configuration', 'transient', 'conflict'] as const)
    it(`given one that answers ${answer}, then each record is offered once in a delivery, all in one call`, async () => {
      const quarantine = new ScriptedQuarantine((records) =>
        records.map(() => (answer === 'done' ? answer : new Fault(answer, 'not this one'))),
      );
      const queue = new ScriptedQueue((actions) =>
        actions.map(({ key }) => (key.id === 'FAA:N2' ? new Fault('permanent', 'too large') : 'done')),
      );
      const table = new SourceTable();
      const worker = aWorker({ quarantine, queue, retries: { conflicts: 1 } });
      const { outcomes } = await worker.handle(
        spoiled(table.put(faaRow('N1'))),
        table.put(faaRow('N2')),
        table.put(faaRow('N3')),
      );
      const status = answer === 'done' ? 'quarantined' : 'failed';
      expect(inShort(outcomes)).to.deep.equal([status, status, 'applied']);
      expect(quarantine.calls.map((records) => records.map(({ record }) => record.sk))).to.deep.equal([
        ['DETAIL#N1', 'DETAIL#N2'],
      ]);
    });

  it('given a batch of nothing but poison, then all of it is kept in one call, and nothing is reported', async () => {
    const quarantine = new ScriptedQuarantine((records) => records.map(() => 'done'));
    const table = new SourceTable();
    const records = [
      spoiled(table.put(faaRow('N1'))),
      { dynamodb: {} },
      { dynamodb: { Keys: [] } },
      spoiled(table.put(faaRow('N2'))),
    ];
    const { outcomes } = await aWorker({ quarantine }).handle(...records);
    expect(inShort(outcomes)).to.deep.equal(['quarantined', 'quarantined', 'quarantined', 'quarantined']);
    expect(quarantine.calls.map(({ length }) => length)).to.deep.equal([4]);
    const deliveries = records.map((record) => toDelivery(record, fleet.model));
    expect(lowestFailed(deliveries, outcomes), 'even without sequence numbers').to.equal(undefined);
  });

  it('says so at error, with keys, reason and stack', async () => {
    const logger = new RecordingLogger('error');
    await aWorker({ logger, quarantine: new MemoryQuarantine() }).handle(
      spoiled(new SourceTable().put(faaRow('N1'))),
    );
    const [line] = logger.of('record quarantined');
    expect(line).to.include({ pk: 'AIRCRAFT#REGISTRY#FAA', sk: 'DETAIL#N1', fault: 'permanent' });
    expect((line?.['error'] as Error).stack).to.match(/NewImage\.model/);
  });

  it('given a link that is poison and mended later, then the count is right without the poison', async () => {
    const worker = aWorker({
      quarantine: new MemoryQuarantine(),
      matcher: new ScriptedMatcher({}, aWorker().backend.matcher),
    });
    const table = new SourceTable();
    const poison = spoiled(table.put(linkRow('1', '2', ['CESSNA', '172', 'C172'])));
    const { outcomes, matcher } = await worker.handle(
      poison,
      table.put(linkRow('1', '2', ['CESSNA', '182', 'C182'])),
    );
    expect(inShort(outcomes)).to.deep.equal(['quarantined', 'applied']);
    expect(matcher.incremented).to.equal(1);
  });
});
