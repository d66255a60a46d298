import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { SendMessageBatchCommand, SQSClient } from '@aws-sdk/client-sqs';
import { BatchGetCommand, DynamoDBDocumentClient, GetCommand } from '@aws-sdk/lib-dynamodb';
import { expect } from 'chai';
import { countRequests } from '../../../src/adapters/aws/count-requests.ts';
import { MemoryMetrics } from '../../../src/adapters/memory/memory-metrics.ts';

/** An HTTP handler that answers with these statuses, one after another, and then with 200. */
function answering(...statuses: number[]) {
  const headers = { 'content-type': 'application/x-amz-json-1.0' };
  return {
    handle: () =>
      Promise.resolve({
        response: { statusCode: statuses.shift() ?? 200, headers, body: new Uint8Array(Buffer.from('{}')) },
      }),
  };
}

const SDK = {
  region: 'eu-central-1',
  credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
  maxAttempts: 3,
  // Attempts without pauses between them.
  retryMode: 'standard',
} as const;

const GET = { TableName: 't', Key: { PK: 'a', SK: 'b' } };
const SEND = { QueueUrl: 'https://sqs.eu-central-1.amazonaws.com/1/q', Entries: [] };

describe('countRequests', () => {
  let metrics: MemoryMetrics;
  beforeEach(() => {
    metrics = new MemoryMetrics();
  });
  const counted = () => Object.fromEntries(metrics.requests);

  it('given requests of a document client, when sent, then they are counted by operation', async () => {
    const client = DynamoDBDocumentClient.from(new DynamoDBClient({ ...SDK, requestHandler: answering() }));
    countRequests(client, metrics);
    await client.send(new GetCommand(GET));
    await client.send(new GetCommand(GET));
    await client.send(new BatchGetCommand({ RequestItems: { t: { Keys: [GET.Key] } } }));
    expect(counted()).to.deep.equal({ GetItem: 2, BatchGetItem: 1 });
  });

  it('given the client that a document client is made from, when it counts, then the other does', async () => {
    const client = new DynamoDBClient({ ...SDK, requestHandler: answering() });
    countRequests(client, metrics);
    await DynamoDBDocumentClient.from(client).send(new GetCommand(GET));
    expect(counted()).to.deep.equal({ GetItem: 1 });
  });

  it('given requests to SQS, when sent, then they are counted', async () => {
    const client = new SQSClient({ ...SDK, requestHandler: answering() });
    countRequests(client, metrics);
    await client.send(new SendMessageBatchCommand(SEND));
    expect(counted()).to.deep.equal({ SendMessageBatch: 1 });
  });

  it('given a request that the SDK repeats, when sent, then each attempt is counted', async () => {
    const client = new SQSClient({ ...SDK, requestHandler: answering(500, 503) });
    countRequests(client, metrics);
    await client.send(new SendMessageBatchCommand(SEND));
    expect(counted()).to.deep.equal({ SendMessageBatch: 3 });
  });

  it('given a request that fails for good, when sent, then its attempts are counted', async () => {
    const client = new SQSClient({ ...SDK, requestHandler: answering(500, 500, 500) });
    countRequests(client, metrics);
    const failed = await client.send(new SendMessageBatchCommand(SEND)).catch((error: unknown) => error);
    expect(failed).to.be.instanceOf(Error);
    expect(counted()).to.deep.equal({ SendMessageBatch: 3 });
  });

  it('given a client without credentials, when sent to, then nothing is counted, as nothing is sent', async () => {
    const credentials = () => Promise.reject(new Error('no credentials'));
    const client = new SQSClient({ ...SDK, credentials, requestHandler: answering() });
    countRequests(client, metrics);
    const failed = await client.send(new SendMessageBatchCommand(SEND)).catch((error: unknown) => error);
    expect(failed).to.have.property('message', 'no credentials');
    expect(counted()).to.deep.equal({});
  });

  it('given a client that counts twice, when sent to, then it counts once, for the last metrics', async () => {
    const client = new SQSClient({ ...SDK, requestHandler: answering() });
    const others = new MemoryMetrics();
    countRequests(client, others);
    countRequests(client, metrics);
    countRequests(client, metrics);
    await client.send(new SendMessageBatchCommand(SEND));
    expect(counted()).to.deep.equal({ SendMessageBatch: 1 });
    expect(others.requests).to.be.empty;
  });
});
