import {
  CreateQueueCommand,
  DeleteMessageBatchCommand,
  DeleteQueueCommand,
  ReceiveMessageCommand,
  SQSClient,
} from '@aws-sdk/client-sqs';
import { unique } from '../../../support/unique.ts';

/**
 * A queue of a test's own, on a server that speaks SQS's protocol and takes any credentials.
 *
 * @param endpoint As `http://127.0.0.1:4566`.
 */
export async function ownQueue(endpoint: string, name: string, fifo: boolean) {
  const client = new SQSClient({
    endpoint,
    region: 'us-east-1',
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
  });
  const { QueueUrl: queueUrl = '' } = await client.send(
    new CreateQueueCommand(
      fifo
        ? { QueueName: `${unique(name)}.fifo`, Attributes: { FifoQueue: 'true' } }
        : { QueueName: unique(name) },
    ),
  );
  return {
    client,
    queueUrl,
    bodies: () => receiveAll(client, queueUrl),
    close: async () => {
      await client.send(new DeleteQueueCommand({ QueueUrl: queueUrl }));
      client.destroy();
    },
  };
}

/** Deletes what it receives, as a group's next messages come only when its earlier ones are gone. */
async function receiveAll(client: SQSClient, queueUrl: string): Promise<string[]> {
  const bodies: string[] = [];
  for (;;) {
    const { Messages: messages = [] } = await client.send(
      new ReceiveMessageCommand({ QueueUrl: queueUrl, MaxNumberOfMessages: 10 }),
    );
    if (messages.length === 0) return bodies;
    bodies.push(...messages.map(({ Body = '' }) => Body));
    const { Failed: failed = [] } = await client.send(
      new DeleteMessageBatchCommand({
        QueueUrl: queueUrl,
        Entries: messages.map(({ ReceiptHandle }, index) => ({ Id: String(index), ReceiptHandle })),
      }),
    );
    if (failed.length > 0) throw new Error(`not deleted: ${JSON.stringify(failed)}`);
  }
}
