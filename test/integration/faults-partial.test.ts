import type { DynamoDBRecord } from 'aws-lambda';
import { expect } from 'chai';
import { toDelivery } from '../../src/adapters/dynamodb-stream/to-delivery.ts';
import type { BatchResult } from '../../src/application/process-batch.ts';
import { DEFAULT_RETRIES } from '../../src/application/retry.ts';
import { Random } from '../../src/random/random.ts';
import { generateRecords } from '../../src/fleet/feed/generate.ts';
import { fleet } from '../../src/fleet/definition.ts';
import { faaRow, SourceTable } from '../support/stream-records.ts';
import type { Interceptor } from './fault-wire.ts';
import { FaultWorld } from './fault-world.ts';
import { describeWithServers, sharedServers } from './shared-servers.ts';

interface SendMessageBatch {
  readonly Entries: readonly { readonly Id: string; readonly MessageBody: string }[];
}

interface BatchGetItem {
  readonly RequestItems: Readonly<Record<string, { readonly Keys: readonly unknown[] }>>;
}

describeWithServers('the worker on AWS, when a request succeeds in part', () => {
  let world: FaultWorld;

  beforeEach(async () => {
    world = await FaultWorld.create(await sharedServers());
  });

  afterEach(() => world.close());

  describe('a SendMessageBatch of which entries fail', () => {
    /** Three changes each of forty registrations, one after the other. */
    function threeChanges(): DynamoDBRecord[] {
      const source = new SourceTable();
      return [1, 2, 3].flatMap((status) =>
        Array.from({ length: 40 }, (_, index) => source.put(faaRow(`N${index}`, { status: `S${status}` }))),
      );
    }

    const registrationOf = ({ dynamodb }: DynamoDBRecord) =>
      dynamodb?.Keys?.['SK']?.S?.slice('DETAIL#'.length);
    const idsOf = (registrations: readonly string[]) => registrations.map((name) => `FAA:${name}`);
    const chosen = ['N3', 'N4', 'N17', 'N39'];

    it('given the sender’s faults for changes of one document each, then exactly those fail, none is poison', async () => {
      const records = threeChanges().slice(0, 40);
      await world.write(records);
      const { interceptor } = failingEntries(idsOf(chosen), Infinity, true);
      const { processBatch } = world.worker({ interceptor });
      const { outcomes } = await processBatch.execute(
        records.map((record) => toDelivery(record, fleet.model)),
      );
      const failed = records.filter((_, index) => {
        const outcome = outcomes[index];
        return outcome?.status === 'failed' && outcome.fault.kind === 'configuration';
      });
      expect(failed.map(registrationOf)).to.have.members(chosen);
    });

    for (const senderFault of [false, true])
      it(`given ${senderFault ? 'the sender’s' : 'the service’s'} faults, when a batch is handled, then exactly their records fail`, async () => {
        const records = threeChanges();
        await world.write(records);
        const { interceptor } = failingEntries(idsOf(chosen), Infinity, senderFault);
        const { processBatch } = world.worker({ interceptor });
        const result = await processBatch.execute(records.map((record) => toDelivery(record, fleet.model)));
        expect([...new Set(failedOf(records, result).map(registrationOf))]).to.have.members(chosen);
        expect(failedOf(records, result)).to.have.length(3 * chosen.length);
        expect(result.search.upserts).to.equal(40 - chosen.length);
        for (const outcome of result.outcomes)
          if (outcome.status === 'failed' && !outcome.heldBack)
            // The earlier changes of a document are tried without the last, and no other is taken beside them then.
            expect(outcome.fault.kind).to.equal(senderFault ? 'configuration' : 'transient');
        expect(await world.actions()).to.have.length(40 - chosen.length);
      });

    for (const { times, redelivered } of [
      { times: DEFAULT_RETRIES.attempts - 1, redelivered: false },
      { times: DEFAULT_RETRIES.attempts + 1, redelivered: true },
    ])
      it(`given entries that fail ${times} times, when ${redelivered ? 'redelivered' : 'tried again'}, then all arrive, each document’s in order`, async () => {
        const records = threeChanges();
        await world.write(records);
        const faults = failingEntries(idsOf(chosen), times, false);
        const worker = world.worker({ interceptor: faults.interceptor });
        const { counts } = await world.deliver(worker, records, { batchSize: 60 });
        expect(faults.refused()).to.equal(times * chosen.length);
        expect(counts.redeliveries > 0).to.equal(redelivered);
        await world.expectOrder();
        expect((await world.expectExact()).checked.search).to.equal(40);
      });

    it('given a record that cannot be sent, when reported, then the lowest sequence number is that record’s', async () => {
      const records = threeChanges();
      await world.write(records);
      const worker = world.worker({
        interceptor: failingEntries(idsOf(['N5', 'N2']), Infinity, false).interceptor,
      });
      const answer = await worker.handler({ Records: records.slice(0, 40) });
      const itemIdentifier = records[2]?.dynamodb?.SequenceNumber;
      expect(answer).to.deep.equal({ batchItemFailures: [{ itemIdentifier }] });
    });
  });

  describe('a BatchGetItem that leaves keys unprocessed', () => {
    const feed = () => [...generateRecords({ seed: 31, records: 300, fleet: 60 })];

    it('given half of the keys left once, when batches are handled, then they are read without a redelivery', async () => {
      const left = unprocessed(Random.of(31), () => 0.5, 1);
      const worker = world.worker({ interceptor: left.interceptor });
      const records = feed();
      for (let from = 0; from < records.length; from += 60) {
        const batch = records.slice(from, from + 60);
        await world.write(batch);
        const { counts } = await world.deliver(worker, batch);
        expect(counts.redeliveries).to.equal(0);
      }
      expect(left.keys()).to.be.greaterThan(10);
      await world.expectExact();
    });

    it('given one table whose keys are always left, then what needs them fails for now and is not lost', async () => {
      let share = 1;
      const left = unprocessed(Random.of(32), (table) => (table === world.stateTable ? share : 0));
      const worker = world.worker({ interceptor: left.interceptor });
      const records = feed();
      await world.write(records);
      const batch = records.slice(0, 100);
      // States are read where they are not as the changes say: another worker has handled these already.
      await world.deliver(world.worker(), batch);
      const result = await worker.processBatch.execute(
        batch.map((record) => toDelivery(record, fleet.model)),
      );
      const failed = failedOf(batch, result);
      const isLink = ({ dynamodb }: DynamoDBRecord) => dynamodb?.Keys?.['PK']?.S === 'FAA#LINKS';
      expect(failed.length).to.be.greaterThan(0);
      expect(failed).to.have.members(
        batch.filter((record, index) => isLink(record) && result.outcomes[index]?.status !== 'duplicate'),
      );
      for (const outcome of result.outcomes)
        if (outcome.status === 'failed') expect(outcome.fault.kind).to.equal('transient');
      expect(result.search.upserts).to.be.greaterThan(0);

      share = 0;
      await world.deliver(worker, records);
      await world.expectExact();
    });
  });
});

/** Takes messages of documents out of requests, the first so many times of each, and reports them as failed. */
function failingEntries(ids: readonly string[], times: number, SenderFault: boolean) {
  const refusals = new Map<string, number>();
  const interceptor: Interceptor = async ({ operation, body }, send) => {
    if (operation !== 'SendMessageBatch') return send();
    const request = JSON.parse(body) as SendMessageBatch;
    const fails = ({ MessageBody }: SendMessageBatch['Entries'][number]) => {
      const { id } = JSON.parse(MessageBody) as { id: string };
      const refused = refusals.get(id) ?? 0;
      if (!ids.includes(id) || refused >= times) return false;
      refusals.set(id, refused + 1);
      return true;
    };
    const failing = request.Entries.filter(fails);
    const Entries = request.Entries.filter((entry) => !failing.includes(entry));
    const Failed = failing.map(({ Id }) => ({ Id, SenderFault, Code: 'Injected', Message: 'injected' }));
    if (Entries.length === 0) return { status: 200, body: JSON.stringify({ Successful: [], Failed }) };
    const answer = await send(JSON.stringify({ ...request, Entries }));
    return { ...answer, body: JSON.stringify({ ...(JSON.parse(answer.body) as object), Failed }) };
  };
  return { interceptor, refused: () => [...refusals.values()].reduce((sum, count) => sum + count, 0) };
}

/** Takes keys out of batch reads, a share of each table's, each so many times at most, and says that they were left. */
function unprocessed(random: Random, shareOf: (table: string) => number, times = Infinity) {
  let keys = 0;
  const timesLeft = new Map<string, number>();
  const isLeft = (table: string, key: unknown) => {
    const name = `${table} ${JSON.stringify(key)}`;
    const before = timesLeft.get(name) ?? 0;
    if (before >= times || !random.chance(shareOf(table))) return false;
    timesLeft.set(name, before + 1);
    return true;
  };
  const interceptor: Interceptor = async ({ operation, body }, send) => {
    if (operation !== 'BatchGetItem') return send();
    const request = JSON.parse(body) as BatchGetItem;
    const RequestItems: Record<string, unknown> = {};
    const UnprocessedKeys: Record<string, unknown> = {};
    for (const [table, read] of Object.entries(request.RequestItems)) {
      const left = read.Keys.filter((key) => isLeft(table, key));
      const kept = read.Keys.filter((key) => !left.includes(key));
      if (left.length > 0) UnprocessedKeys[table] = { ...read, Keys: left };
      if (kept.length > 0) RequestItems[table] = { ...read, Keys: kept };
      keys += left.length;
    }
    const answer =
      Object.keys(RequestItems).length === 0
        ? { status: 200, body: JSON.stringify({ Responses: {} }) }
        : await send(JSON.stringify({ ...request, RequestItems }));
    return { ...answer, body: JSON.stringify({ ...(JSON.parse(answer.body) as object), UnprocessedKeys }) };
  };
  return { interceptor, keys: () => keys };
}

function failedOf(records: readonly DynamoDBRecord[], { outcomes }: BatchResult): DynamoDBRecord[] {
  return records.filter((_, index) => outcomes[index]?.status === 'failed');
}
