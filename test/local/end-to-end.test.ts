import { GetItemCommand, PutItemCommand, ScanCommand } from '@aws-sdk/client-dynamodb';
import { SendMessageBatchCommand } from '@aws-sdk/client-sqs';
import { expect } from 'chai';
import { writeEdgeCases } from '../../local/proof/edge-cases.ts';
import { drainQueue } from '../../local/proof/drain-queue.ts';
import { runEndToEnd } from '../../local/proof/end-to-end.ts';
import { type LocalServers, startServers } from '../../local/servers/servers.ts';
import { StreamReader } from '../../local/lambda/stream-reader.ts';
import { TableDerivedState } from '../../local/proof/table-derived-state.ts';
import { memoryWorker } from '../../local/proof/local-worker.ts';
import { MemorySearchIndex } from '../../src/adapters/memory/memory-search-index.ts';
import { javaMissing } from '../../local/servers/java.ts';
import { collect } from '../support/collect.ts';
import { describeUnless } from '../support/describe-unless.ts';

describeUnless(javaMissing(), 'the worker end to end, on DynamoDB Local and SQS', () => {
  let servers: LocalServers;

  before(async () => {
    servers = await startServers({ durable: true, brief: true });
  });

  after(() => (servers as LocalServers | undefined)?.stop());

  it('given a fleet in the table, when its stream is delivered in memory, then there is no drift', async () => {
    const worker = memoryWorker();
    const result = await runEndToEnd(servers, worker, { writes: 600, seed: 3, batchSize: 100 });
    expect(result.delivery.givenUp).to.equal(0);
    expect(result.delivery.records).to.equal(600);
    expect(result.delivery.invocations?.invocations).to.be.at.least(6);
    expect(result.verification.drift).to.deep.equal([]);
    expect(result.verification.checked.search).to.be.greaterThan(100);

    const inMemory = await collect(worker.state.rows());
    const inTable = await collect(
      new TableDerivedState(servers.clients.dynamodb, servers.table, new MemorySearchIndex()).rows(),
    );
    const keysOf = (rows: typeof inTable) =>
      rows.map((row) => `${row.get('PK') as string}\n${row.get('SK') as string}`);
    expect(keysOf(inTable)).to.include.members(keysOf(inMemory));
  });

  it('given a crash of DynamoDB, then its tables and the stream are there after it', async () => {
    const { dynamodb, clients, table, streamArn } = servers;
    const reader = new StreamReader(clients.streams, streamArn);
    await reader.read(async (records) => expect(records).not.to.be.empty, { quietMs: 100 });
    const before = reader.recordsRead;
    await clients.dynamodb.send(
      new PutItemCommand({ TableName: table, Item: { PK: { S: 'CRASH' }, SK: { S: '1' } } }),
    );
    await dynamodb.kill();
    await dynamodb.restart();
    const { Item } = await clients.dynamodb.send(
      new GetItemCommand({
        TableName: table,
        Key: { PK: { S: 'CRASH' }, SK: { S: '1' } },
        ConsistentRead: true,
      }),
    );
    expect(Item).not.to.equal(undefined);
    await writeEdgeCases(clients.dynamodb, table);
    const again = new StreamReader(clients.streams, streamArn);
    const sequences: string[] = [];
    await again.read(
      async (records) => sequences.push(...records.map(({ dynamodb }) => dynamodb?.SequenceNumber ?? '')),
      { records: before + 13 },
    );
    expect(again.recordsRead).to.equal(before + 13);
    expect(new Set(sequences).size).to.equal(before + 13);
    const { Items = [] } = await clients.dynamodb.send(new ScanCommand({ TableName: servers.stateTable }));
    expect(Items).to.deep.equal([]);
  });

  it('given search actions in the queue, when drained, then the index holds the last of each group', async () => {
    const { clients, queueUrl } = servers;
    const versions = Array.from({ length: 10 }, (_, index) => index + 1);
    for (const id of ['a', 'b'])
      await clients.sqs.send(
        new SendMessageBatchCommand({
          QueueUrl: queueUrl,
          Entries: versions.map((version) => ({
            Id: String(version),
            MessageGroupId: id,
            MessageDeduplicationId: `${id}${version}`,
            MessageBody: JSON.stringify({
              action: id === 'b' && version === 10 ? 'delete' : 'upsert',
              collection: 'registry',
              id,
              version: { epoch: '', sequence: String(version) },
              ...(id === 'b' && version === 10 ? {} : { document: { id, version: String(version) } }),
            }),
          })),
        }),
      );
    const index = new MemorySearchIndex();
    expect(await drainQueue(clients.sqs, queueUrl, index)).to.equal(20);
    expect([...index.documents()].map(({ fields }) => fields)).to.deep.equal([{ id: 'a', version: '10' }]);
    expect(await drainQueue(clients.sqs, queueUrl, index)).to.equal(0);
  });
});
