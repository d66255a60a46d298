import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { ReceiveMessageCommand, SendMessageBatchCommand, SQSClient } from '@aws-sdk/client-sqs';
import { BatchGetCommand, DynamoDBDocumentClient, GetCommand } from '@aws-sdk/lib-dynamodb';
import { expect } from 'chai';
import { observed } from '../../../src/adapters/aws/clients.ts';
import { plain } from '../../../src/adapters/aws/plain-requests.ts';
import { MemoryMetrics } from '../../../src/adapters/memory/memory-metrics.ts';
import { HttpDouble, SDK } from './sdk-doubles.ts';

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

const GET = { TableName: 't', Key: { PK: 'a', SK: 'b' } };
const SEND = { QueueUrl: 'https://sqs.eu-central-1.amazonaws.com/1/q', Entries: [] };

describe('an SDK client that is observed', () => {
  let metrics: MemoryMetrics;
  beforeEach(() => {
    metrics = new MemoryMetrics();
  });
  const counted = () => Object.fromEntries(metrics.requests);
  const sqs = (...statuses: number[]) => new SQSClient({ ...SDK, requestHandler: answering(...statuses) });
  const failureOf = (client: SQSClient) =>
    client.send(new SendMessageBatchCommand(SEND)).catch((error: unknown) => error);

  it('given requests of the document client made from it, when sent, then they are counted by operation', async () => {
    const client = observed(new DynamoDBClient({ ...SDK, requestHandler: answering() }), metrics);
    const documents = DynamoDBDocumentClient.from(client);
    await documents.send(new GetCommand(GET));
    await documents.send(new GetCommand(GET));
    await documents.send(new BatchGetCommand({ RequestItems: { t: { Keys: [GET.Key] } } }));
    expect(counted()).to.deep.equal({ GetItem: 2, BatchGetItem: 1 });
  });

  it('given a request that the SDK repeats, when sent, then each attempt is counted', async () => {
    await observed(sqs(500, 503), metrics).send(new SendMessageBatchCommand(SEND));
    expect(counted()).to.deep.equal({ SendMessageBatch: 3 });
  });

  it('given a request that fails for good, when sent, then its attempts are counted', async () => {
    expect(await failureOf(observed(sqs(500, 500, 500), metrics))).to.be.instanceOf(Error);
    expect(counted()).to.deep.equal({ SendMessageBatch: 3 });
  });

  it('given requests with a time of their own, when sent, then each has it, and others have the client’s', async () => {
    const times: unknown[] = [];
    const network = answering();
    const handle = (_: unknown, options?: { readonly requestTimeout?: number }) => {
      times.push(options?.requestTimeout);
      return network.handle();
    };
    const client = observed(new SQSClient({ ...SDK, requestHandler: { handle } }), metrics);
    const { signal: abortSignal } = new AbortController();
    const receive = (options: object) =>
      client.send(new ReceiveMessageCommand(plain({ QueueUrl: SEND.QueueUrl })), options);
    // The first goes the SDK's way, the others a shorter one.
    await receive({ abortSignal, requestTimeout: 1 });
    await receive({ abortSignal, requestTimeout: 2 });
    await receive({ abortSignal });
    await receive({ requestTimeout: 3 });
    await client.send(new SendMessageBatchCommand(SEND), { requestTimeout: 4 });
    expect(times).to.deep.equal([1, 2, undefined, 3, 4]);
  });

  it('given no credentials, when sent to, then nothing is counted, as nothing is sent', async () => {
    const credentials = () => Promise.reject(new Error('no credentials'));
    const client = new SQSClient({ ...SDK, credentials, requestHandler: answering() });
    expect(await failureOf(observed(client, metrics))).to.have.property('message', 'no credentials');
    expect(counted()).to.deep.equal({});
  });

  it('given credentials that change, when requests are sent, then each is signed with those of its time', async () => {
    let key = 0;
    // Such as are about to expire are asked for again.
    const credentials = () =>
      Promise.resolve({ accessKeyId: `KEY${++key}`, secretAccessKey: 's', expiration: new Date() });
    const network = new HttpDouble();
    const client = observed(new SQSClient({ ...SDK, credentials, requestHandler: network }), metrics);
    for (let sent = 0; sent < 3; sent++) await client.send(new SendMessageBatchCommand(SEND));
    const keys = network.sent.map(
      ({ headers }) => /Credential=(KEY\d+)/.exec(headers['authorization'] ?? '')?.[1],
    );
    expect(new Set(keys)).to.have.length(3);
  });

  it('given a client that is observed twice, when sent to, then it counts once, for the last metrics', async () => {
    const others = new MemoryMetrics();
    const client = observed(observed(observed(sqs(), others), metrics), metrics);
    await client.send(new SendMessageBatchCommand(SEND));
    expect(counted()).to.deep.equal({ SendMessageBatch: 1 });
    expect(others.requests).to.be.empty;
  });

  it('given a request, when sent, then the SDK prepares no log entry of it, as others do', async () => {
    const entriesOf = async (client: SQSClient) => {
      let entries = 0;
      client.middlewareStack.add(
        (next, context) => {
          Object.assign(context, { inputFilterSensitiveLog: (input: unknown) => (entries++, input) });
          return next;
        },
        { step: 'initialize', priority: 'high' },
      );
      await client.send(new SendMessageBatchCommand(SEND));
      return entries;
    };
    expect(await entriesOf(sqs())).to.equal(1);
    expect(await entriesOf(observed(sqs(), metrics))).to.equal(0);
  });
});
