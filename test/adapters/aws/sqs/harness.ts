import {
  CreateQueueCommand,
  DeleteMessageBatchCommand,
  DeleteQueueCommand,
  ReceiveMessageCommand,
  SQSClient,
} from '@aws-sdk/client-sqs';
import { SqsSearchQueue } from '../../../../src/adapters/aws/sqs/sqs-search-queue.ts';
import type { SearchAction } from '../../../../src/domain/search-action.ts';
import { unique } from '../../../contracts/contract.ts';
import type { SearchQueueFeatures, SearchQueueHarness } from '../../../contracts/search-queue.contract.ts';
import { decodeMessage } from './decode-message.ts';

export const SQS_FEATURES: SearchQueueFeatures = {
  deliversOlderActions: 'yes',
  nulCharacters: 'yes',
  largestDocument: 400_000,
};

/**
 * A search queue on a FIFO queue of its own, on a server that speaks SQS's protocol and takes any credentials.
 *
 * @param endpoint As `http://127.0.0.1:4566`.
 */
export async function sqsHarness(endpoint: string): Promise<SearchQueueHarness> {
  const client = new SQSClient({
    endpoint,
    region: 'us-east-1',
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
  });
  const { QueueUrl: queueUrl = '' } = await client.send(
    new CreateQueueCommand({ QueueName: `${unique('search')}.fifo`, Attributes: { FifoQueue: 'true' } }),
  );
  return {
    queue: new SqsSearchQueue(client, { queueUrl }),
    receive: () => receiveAll(client, queueUrl),
    close: async () => {
      await client.send(new DeleteQueueCommand({ QueueUrl: queueUrl }));
      client.destroy();
    },
  };
}

/** Deletes what it receives, as a group's next messages come only when its earlier ones are gone. */
async function receiveAll(client: SQSClient, queueUrl: string): Promise<SearchAction[]> {
  const actions: SearchAction[] = [];
  for (;;) {
    const { Messages: messages = [] } = await client.send(
      new ReceiveMessageCommand({ QueueUrl: queueUrl, MaxNumberOfMessages: 10 }),
    );
    if (messages.length === 0) return actions;
    actions.push(...messages.map(({ Body }) => decodeMessage(Body ?? '')));
    const { Failed: failed = [] } = await client.send(
      new DeleteMessageBatchCommand({
        QueueUrl: queueUrl,
        Entries: messages.map(({ ReceiptHandle }, index) => ({ Id: String(index), ReceiptHandle })),
      }),
    );
    if (failed.length > 0) throw new Error(`not deleted: ${JSON.stringify(failed)}`);
  }
}
