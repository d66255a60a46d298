import { PutItemCommand } from '@aws-sdk/client-dynamodb';
import { expect } from 'chai';
import { documentClientOf } from '../../src/adapters/aws/clients.ts';
import { DynamoDbSearchFences } from '../../src/adapters/aws/electrodb/search/dynamodb-search-fences.ts';
import { DynamoDbSourceRows } from '../../src/adapters/aws/electrodb/search/dynamodb-source-rows.ts';
import { SqsSearchActionSource } from '../../src/adapters/aws/sqs/sqs-search-action-source.ts';
import { SqsSearchQueue } from '../../src/adapters/aws/sqs/sqs-search-queue.ts';
import { MemorySearchEngine } from '../../src/adapters/memory/memory-search-engine.ts';
import { IndexDocuments } from '../../src/application/index-documents.ts';
import type { ReceivedAction } from '../../src/application/ports/search-action-source.ts';
import type { SearchAction } from '../../src/domain/search-action.ts';
import { fleet } from '../../src/fleet/definition.ts';
import { aRetrier } from '../application/doubles.ts';
import { ownQueue } from '../adapters/aws/sqs/own-queue.ts';
import { attributeValues } from '../support/attribute-value.ts';
import { kindsOf } from '../support/kinds.ts';
import { version } from '../support/factories.ts';
import { unique } from '../support/unique.ts';
import { describeWithServers, sharedServers } from './shared-servers.ts';

/** As short as SQS has it. The time that passes here is real. */
const VISIBILITY_MS = 1_000;

const COLLECTION = 'icao_manufacturers';

function manufacturer(code: string, sequence: number, name: string): SearchAction {
  return {
    key: { collection: COLLECTION, id: code },
    version: version(sequence, '2026'),
    identity: { stream: 's', sequence: String(sequence) },
    document: { id: code, code, name },
    row: { partition: 'ICAO#MANUFACTURERS', sort: `MFR#${code}` },
  };
}

/** One index, and consumers of one queue. */
async function aWorld() {
  const { clients, sqs, table, stateTable } = await sharedServers();
  const { client: own, queueUrl, close } = await ownQueue(sqs.endpoint, 'search', true);
  const client = documentClientOf(clients.dynamodb);
  const engine = new MemorySearchEngine();
  const queue = new SqsSearchQueue(own, { queueUrl });
  return {
    close,
    consumer: (index: MemorySearchEngine = engine) => ({
      source: new SqsSearchActionSource(own, { queueUrl, visibilityMs: VISIBILITY_MS }),
      documents: new IndexDocuments({
        ...{ model: fleet.model, index, retrier: aRetrier() },
        fences: new DynamoDbSearchFences(client, { stateTable }),
        rows: new DynamoDbSourceRows(client, table, fleet.model.keys),
      }),
    }),
    engine,
    send: (action: SearchAction) => queue.send([action]),
    putRow: (code: string, name: string) =>
      clients.dynamodb.send(
        new PutItemCommand({
          TableName: table,
          Item: attributeValues({ PK: 'ICAO#MANUFACTURERS', SK: `MFR#${code}`, code, name }),
        }),
      ),
    nameOf: async (code: string) => (await engine.read(COLLECTION, [code]))[0]?.['name'],
  };
}

/** Receives so many, waiting for those that somebody else has. */
async function receive(source: SqsSearchActionSource, count: number): Promise<readonly ReceivedAction[]> {
  const received: ReceivedAction[] = [];
  for (let tries = 0; received.length < count && tries < 20; tries++)
    received.push(...(await source.receive({ max: count - received.length, waitMs: 2_000 })));
  return received;
}

describeWithServers('an indexer that is suspended past the visibility of its messages', () => {
  let world: Awaited<ReturnType<typeof aWorld>>;

  beforeEach(async () => {
    world = await aWorld();
  });

  afterEach(() => world.close());

  it('given that it writes late, then it finds that another one was there, and writes what the row is', async () => {
    const code = unique('C');
    let wake: () => void = () => undefined;
    let isAsleep: () => void = () => undefined;
    const asleep = new Promise<void>((resolve) => (isAsleep = resolve));
    /** The engine, for whoever falls asleep right before its first write. */
    class Sleepy extends MemorySearchEngine {
      #writes = 0;

      override async apply(...call: Parameters<MemorySearchEngine['apply']>) {
        if (this.#writes++ === 0)
          await new Promise<void>((resolve) => {
            wake = resolve;
            isAsleep();
          });
        return world.engine.apply(...call);
      }
    }
    const [slow, other] = [world.consumer(new Sleepy()), world.consumer()];
    await world.send(manufacturer(code, 1, 'old'));
    const its = await receive(slow.source, 1);
    const late = slow.documents.execute(its);
    await asleep;

    await world.putRow(code, 'new');
    await world.send(manufacturer(code, 2, 'new'));
    const both = await receive(other.source, 2);
    expect(
      both.map(({ receives }) => receives),
      'the first one for the second time',
    ).to.deep.equal([2, 1]);
    const done = await other.documents.execute(both);
    expect(done.outcomes.map(({ status }) => status)).to.deep.equal(['done', 'done']);
    expect(await other.source.acknowledge(both)).to.deep.equal(['done', 'done']);
    expect(await world.nameOf(code)).to.equal('new');

    wake();
    const { outcomes, unrepaired } = await late;
    expect(outcomes).to.deep.equal([{ status: 'done', as: 'repaired' }]);
    expect(unrepaired).to.deep.equal([]);
    expect(await world.nameOf(code), 'what was written late does not stay').to.equal('new');
    expect(kindsOf(await slow.source.acknowledge(its)), 'nor is it its message').to.not.deep.equal([
      'transient',
    ]);
  });
});
