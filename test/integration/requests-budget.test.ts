import type { DynamoDBRecord } from 'aws-lambda';
import { expect } from 'chai';
import { RequestCounter } from '../../local/proof/request-counter.ts';
import { Random } from '../../src/random/random.ts';
import { generateRecords } from '../../src/fleet/feed/generate.ts';
import { range } from '../support/range.ts';
import {
  faaRow,
  imageRow,
  linkRow,
  SourceTable,
  streamRecord,
  withDynamodb,
} from '../support/stream-records.ts';
import { FaultWorld } from './fault-world.ts';
import { describeWithServers, sharedServers } from './shared-servers.ts';

const RECORDS = 1_000;
const TUPLES = 200;
const SQS_REQUESTS_PER_ACTION = 0.12;
const TRANSACTIONS_PER_LINK_CHANGE = 0.04;
const DEFAULT_ROWS = 400;
const TRANSACTIONS_PER_DEFAULT_ROW = { created: 0.05, switched: 0.075, removed: 0.05 };
const READS_PER_ENTITY = 1.03;

describeWithServers('requests that a batch takes', () => {
  let world: FaultWorld;

  beforeEach(async () => {
    world = await FaultWorld.create(await sharedServers());
  });

  afterEach(() => world.close());

  /** Writes and handles records in batches of a thousand; the requests of the handling, by operation. */
  async function requestsOf(records: readonly DynamoDBRecord[]): Promise<ReadonlyMap<string, number>> {
    await world.write(records);
    // On a busy machine, requests that the SDK gave up and sent again would count twice.
    const worker = world.worker({ requestTimeout: 60_000 });
    // Which table it follows, a worker asks every ten seconds, and not for every batch.
    await worker.handler({ Records: [streamRecord({ after: { PK: 'nothing', SK: 'derived' } })] });
    const counter = new RequestCounter();
    const source = await counter.during(() => world.deliver(worker, records, { batchSize: RECORDS }));
    expect(source.counts.redeliveries).to.equal(0);
    return new Map(counter.counts);
  }

  it(`given ${RECORDS} new registrations, then at most ${SQS_REQUESTS_PER_ACTION} SQS requests a search action, and nothing else`, async () => {
    const source = new SourceTable();
    const records = range(RECORDS).map((n) =>
      source.put(faaRow(`N${n}`, { manufacturer: 'CESSNA', model: '172S', status: 'VALID' })),
    );
    const requests = await requestsOf(records);
    expect([...requests.keys()]).to.deep.equal(['AmazonSQS.SendMessageBatch']);
    const actions = (await world.actions()).length;
    expect(actions).to.equal(RECORDS);
    expect(requests.get('AmazonSQS.SendMessageBatch')).to.be.at.most(actions * SQS_REQUESTS_PER_ACTION);
    await world.expectExact();
  });

  it(`given ${RECORDS} link changes over ${TUPLES} tuples, then at most ${TRANSACTIONS_PER_LINK_CHANGE} transactions a change`, async () => {
    const source = new SourceTable();
    const random = Random.of(41);
    /** New links, then the same links onto other tuples: each change is of a link of its own. */
    for (const what of ['inserts', 'moves']) {
      const records = range(RECORDS).map((index) => {
        const tuple = random.int(1, TUPLES);
        return source.put(linkRow('2072423', String(index), [`MAKER ${tuple % 20}`, `MODEL ${tuple}`, 'T1']));
      });
      const transactions = (await requestsOf(records)).get('DynamoDB.TransactWriteItems') ?? 0;
      console.log(`      ${what}: ${transactions} transactions for ${RECORDS} link changes`);
      expect(transactions, what)
        .to.be.greaterThan(0)
        .and.at.most(RECORDS * TRANSACTIONS_PER_LINK_CHANGE);
      await world.expectExact();
    }
  });

  it(`given ${DEFAULT_ROWS} default rows to write, then transactions and reads stay within bounds`, async () => {
    const source = new SourceTable();
    const rows = (imageId: string) =>
      range(DEFAULT_ROWS).map((n) =>
        imageRow({ orgId: 'ACME', entityType: 'ICAO', entityId: `T${n}` }, imageId),
      );
    const put = (imageId: string) => rows(imageId).map((row) => source.put(row));
    const remove = (imageId: string) => rows(imageId).map((row) => source.remove(row));
    // Beside the row, one check for an image that came or went; two for a switch from one to another.
    const steps = {
      created: put('01A'),
      switched: [...put('01B'), ...remove('01A')],
      removed: remove('01B'),
    };
    for (const [what, budget] of Object.entries(TRANSACTIONS_PER_DEFAULT_ROW)) {
      const requests = await requestsOf(steps[what as keyof typeof steps]);
      const { Query = 0, BatchGetItem = 0, TransactWriteItems = 0, ...others } = byOperation(requests);
      console.log(
        `      ${what}: ${TransactWriteItems} transactions and ${Query + BatchGetItem} reads for ${DEFAULT_ROWS} entities`,
      );
      expect(others, what).to.deep.equal({});
      expect(TransactWriteItems, what)
        .to.be.greaterThan(0)
        .and.at.most(DEFAULT_ROWS * budget);
      expect(Query + BatchGetItem, what).to.be.at.most(DEFAULT_ROWS * READS_PER_ENTITY);
      await world.expectExact();
    }
  });

  it('given a shard that a record blocks, then a further attempt at its batch sends no search action again', async () => {
    const records = [...generateRecords({ seed: 42, records: RECORDS })];
    const poison = new SourceTable({ firstSequence: 0n }).put(faaRow('N0'));
    const blocked = [withDynamodb(poison, { NewImage: { PK: { X: 'no type of DynamoDB' } } }), ...records];
    await world.write(records);
    const { handler } = world.worker({ requestTimeout: 60_000 });
    const attempts: Readonly<Record<string, number>>[] = [];
    for (let attempt = 1; attempt <= 3; attempt++) {
      const counter = new RequestCounter();
      expect(await counter.during(() => handler({ Records: blocked }))).to.deep.equal({
        batchItemFailures: [{ itemIdentifier: '0' }],
      });
      attempts.push(byOperation(new Map(counter.counts)));
      console.log(`      attempt ${attempt}: ${JSON.stringify(attempts.at(-1))}`);
    }
    const [first, ...further] = attempts;
    const actions = (await world.actions()).length;
    expect(first?.['SendMessageBatch']).to.be.within(actions / 10, actions * SQS_REQUESTS_PER_ACTION);
    for (const attempt of further) expect(attempt).not.to.have.property('SendMessageBatch');
    // The first that comes again finds that what is counted is not as its changes say: its moves are refused.
    const [second, third] = further;
    expect(second?.['TransactWriteItems']).to.be.at.most(first?.['TransactWriteItems'] ?? 0);
    // From then on states are read, and are as they should be: nothing is written.
    expect(third).not.to.have.property('TransactWriteItems');
    await world.expectExact();
  });

  it('given a mixed feed, then this is what 1,000 records take', async () => {
    const records = [...generateRecords({ seed: 42, records: 2 * RECORDS })];
    const requests = await requestsOf(records);
    for (const [operation, count] of requests)
      console.log(`      ${(count / 2).toFixed(1).padStart(7)} ${operation} per 1,000 records`);
    const actions = (await world.actions()).length;
    expect(requests.get('AmazonSQS.SendMessageBatch')).to.be.at.most(actions * SQS_REQUESTS_PER_ACTION);
    await world.expectExact();
  });
});

/** Counts by the operation alone: `PutItem` for `DynamoDB.PutItem`. */
function byOperation(requests: ReadonlyMap<string, number>): Readonly<Record<string, number>> {
  return Object.fromEntries([...requests].map(([name, count]) => [name.slice(name.indexOf('.') + 1), count]));
}
