import { Writable } from 'node:stream';
import { expect } from 'chai';
import { toDelivery } from '../../src/adapters/dynamodb-stream/to-delivery.ts';
import { WinstonLogger } from '../../src/adapters/winston/winston-logger.ts';
import { Fault } from '../../src/domain/fault.ts';
import { MemoryQuarantine } from '../../src/adapters/memory/memory-quarantine.ts';
import { fleet } from '../../src/fleet/definition.ts';
import {
  Encoded,
  faaRow,
  imageRow,
  SourceTable,
  STREAM_ARN,
  type StreamRecord,
  withDynamodb,
} from '../support/stream-records.ts';
import { RecordingLogger, ScriptedQueue } from './doubles.ts';
import { aWorker } from './worker.ts';

const KEYS = { pk: 'AIRCRAFT#REGISTRY#FAA' };

function unknownType(record: StreamRecord): StreamRecord {
  return withDynamodb(record, { NewImage: { PK: { X: 'no type of DynamoDB' } } });
}

/** Refuses each action with a message of its own. */
function refusing(kind: Fault['kind'], reason: (id: string) => string) {
  return new ScriptedQueue((actions) =>
    actions.map(({ key }) => new Fault(kind, `${key.id} is refused`, { reason: reason(key.id) })),
  );
}

function aircraft(count: number): StreamRecord[] {
  const table = new SourceTable();
  return Array.from({ length: count }, (_, index) => table.put(faaRow(`N${index + 1}`)));
}

/** Checks that the three records fail with messages of their own, for one cause. */
async function expectOneCause(what: string, kind: Fault['kind'], records: readonly unknown[]): Promise<void> {
  const logger = new RecordingLogger('error');
  const deliveries = records.map((record) => toDelivery(record, fleet.model, { table: 'aircraft' }));
  const { outcomes } = await aWorker({ logger }).processBatch.execute(deliveries);
  const faults = outcomes.map((outcome) => (outcome.status === 'failed' ? outcome.fault : undefined));
  expect(faults.map((fault) => fault?.kind)).to.deep.equal([kind, kind, kind]);
  expect(new Set(faults.map((fault) => fault?.message)).size, `${what}: messages`).to.equal(3);
  expect(logger.of('record failed'), what).to.have.length(1);
  expect(logger.of('more records failed'), what).to.have.length(1);
}

describe('the log of failures', () => {
  it('given records that fail for one cause, then the first has its stack, and the others share a line', async () => {
    const logger = new RecordingLogger('error', 'warn');
    const queue = refusing('configuration', () => 'the queue does not exist');
    const { outcomes } = await aWorker({ logger, queue }).handle(...aircraft(4));
    expect(logger.lines.map(({ level, message }) => [level, message])).to.deep.equal([
      ['error', 'record failed'],
      ['error', 'more records failed'],
    ]);
    const [first] = logger.of('record failed');
    expect(first).to.include({ ...KEYS, sk: 'DETAIL#N1', sequenceNumber: '1', fault: 'configuration' });
    expect(first?.['error']).to.equal(outcomes[0]?.status === 'failed' && outcomes[0].fault);
    expect(logger.of('more records failed')).to.deep.equal([
      {
        fault: 'configuration',
        reason: 'the queue does not exist',
        count: 3,
        notNamed: 0,
        records: [2, 3, 4].map((n) => ({ ...KEYS, sk: `DETAIL#N${n}`, sequenceNumber: String(n) })),
      },
    ]);
  });

  it('given causes that differ in reason, kind or outcome, then each has a stack of its own', async () => {
    const logger = new RecordingLogger('error');
    const queue = refusing('transient', (id) => `${id} is throttled`);
    await aWorker({ logger, queue }).handle(...aircraft(3));
    expect(logger.lines.map(({ message }) => message)).to.deep.equal(Array(3).fill('record failed'));

    const both = new RecordingLogger('error');
    let calls = 0;
    const mixed = new ScriptedQueue((actions) =>
      actions.map(() => new Fault(calls++ % 2 === 0 ? 'transient' : 'configuration', 'down')),
    );
    await aWorker({ logger: both, queue: mixed }).handle(...aircraft(3));
    expect(both.lines.map(({ message, fields }) => [message, fields['fault']])).to.deep.equal([
      ['record failed', 'transient'],
      ['more records failed', 'transient'],
      ['record failed', 'configuration'],
    ]);
  });

  it('given many, then a line names so many of them, and says how many more there are', async () => {
    const logger = new RecordingLogger('error', 'warn');
    const queue = refusing('transient', () => 'throttled');
    await aWorker({ logger, queue }).handle(...aircraft(1_000));
    const [line] = logger.of('more records failed');
    expect(line).to.include({ count: 999, notNamed: 949 }).and.have.property('records').with.lengthOf(50);
  });

  it('given records held back, then all of them share a line', async () => {
    const logger = new RecordingLogger('error', 'warn');
    const table = new SourceTable();
    const records = ['N1', 'N2'].flatMap((name) => [
      unknownType(table.put(faaRow(name))),
      table.put(faaRow(name, { status: 'a' })),
      table.put(faaRow(name, { status: 'b' })),
    ]);
    await aWorker({ logger }).handle(...records);
    expect(logger.lines.map(({ level, message }) => [level, message])).to.deep.equal([
      ['error', 'record failed'],
      ['error', 'more records failed'],
      ['warn', 'records held back'],
    ]);
    const [heldBack] = logger.of('records held back');
    expect(heldBack).to.include({ count: 4, notNamed: 0 });
    expect(
      (heldBack?.['records'] as { sequenceNumber: string }[]).map((record) => record.sequenceNumber),
    ).to.deep.equal(['2', '3', '5', '6']);
  });

  it('given records in quarantine, then they are said of apart from those that failed', async () => {
    const logger = new RecordingLogger('error', 'warn');
    const [first, second, third, ...good] = aircraft(5);
    await aWorker({ logger, quarantine: new MemoryQuarantine() }).handle(
      ...good,
      unknownType(first!),
      unknownType(second!),
      withDynamodb(third!, { StreamViewType: 'KEYS_ONLY', NewImage: undefined }),
    );
    expect(logger.lines.map(({ message }) => message)).to.deep.equal([
      'record quarantined',
      'more records quarantined',
      'record failed',
    ]);
  });

  it('given poison of one kind with different messages, then it is one cause', async () => {
    const table = new SourceTable();
    const owner = { orgId: 'SYSTEM', entityType: 'REGISTRATION', entityId: 'N1' } as const;
    const kinds: Readonly<Record<string, (index: number) => StreamRecord>> = {
      'an image that contradicts its key': (index) =>
        table.put({ ...imageRow(owner, `A${index}`), image_id: `B${index}` }),
      'keys of no row': (index) =>
        table.put({ PK: `IMAGES#ORG#SYSTEM#ENTITY#BOAT#ID#${index}`, SK: 'IMG#1' }),
      'an unknown eventName': (index) => ({ ...table.put(faaRow(`N${index}`)), eventName: `E${index}` }),
      'a list with a member of no type': (index) =>
        table.put(
          faaRow(`N${index}`, { model: new Encoded({ L: [...Array<unknown>(index).fill({ S: '' }), {}] }) }),
        ),
    };
    for (const [kind, record] of Object.entries(kinds))
      await expectOneCause(kind, 'permanent', [1, 2, 3].map(record));
  });

  it('given configuration faults of one kind with different messages, then they are one cause', async () => {
    const kinds: Readonly<Record<string, (record: StreamRecord, index: number) => unknown>> = {
      "other tables' streams": (record, index) => ({
        ...record,
        eventSourceARN: STREAM_ARN.replace('table/aircraft', `table/other-${index}`),
      }),
      'unknown sources': (record, index) => ({ ...record, eventSource: `aws:other-${index}` }),
      'keys of other names': (record, index) =>
        withDynamodb(record, { Keys: { [`id${index}`]: { S: '1' } } }),
    };
    for (const [kind, spoiled] of Object.entries(kinds))
      await expectOneCause(kind, 'configuration', aircraft(3).map(spoiled));
  });

  it('given a batch of 1,000, then what is written hardly depends on how many of it fail', async () => {
    const written = async (poisoned: number) => {
      let bytes = 0;
      const stream = new Writable({
        write: (chunk: Buffer, _, done) => {
          bytes += chunk.length;
          done();
        },
      });
      const logger = new WinstonLogger({ level: 'info', stream, readable: false });
      const records = aircraft(1_000).map((record, index) =>
        index < poisoned ? unknownType(record) : record,
      );
      await aWorker({ logger }).handle(...records);
      return bytes;
    };
    const [one, all] = [await written(1), await written(1_000)];
    console.log(`      bytes of log: ${one} for 1 failed record of 1,000, ${all} for 1,000 of one cause`);
    expect(one).to.be.greaterThan(500);
    expect(all).to.be.lessThan(one + 50 * 150);
  });
});
