import {
  CreateQueueCommand,
  DeleteMessageBatchCommand,
  DeleteQueueCommand,
  ReceiveMessageCommand,
  SQSClient,
} from '@aws-sdk/client-sqs';
import { parseQuarantined } from '../../../../src/adapters/aws/sqs/quarantine-message.ts';
import { SqsQuarantine } from '../../../../src/adapters/aws/sqs/sqs-quarantine.ts';
import { unique } from '../../../contracts/contract.ts';
import type { Kept, QuarantineHarness } from '../../../contracts/quarantine.contract.ts';

/**
 * A quarantine on a queue of its own, on a server that speaks SQS's protocol and takes any credentials.
 *
 * @param endpoint As `http://127.0.0.1:4566`.
 */
export async function quarantineHarness(endpoint: string, fifo: boolean): Promise<QuarantineHarness> {
  const client = new SQSClient({
    endpoint,
    region: 'us-east-1',
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
  });
  const { QueueUrl: queueUrl = '' } = await client.send(
    new CreateQueueCommand(
      fifo
        ? { QueueName: `${unique('quarantine')}.fifo`, Attributes: { FifoQueue: 'true' } }
        : { QueueName: unique('quarantine') },
    ),
  );
  return {
    quarantine: new SqsQuarantine(client, { queueUrl }),
    kept: () => receiveAll(client, queueUrl),
    close: async () => {
      await client.send(new DeleteQueueCommand({ QueueUrl: queueUrl }));
      client.destroy();
    },
  };
}

/** Deletes what it receives, as a group's next messages come only when its earlier ones are gone. */
async function receiveAll(client: SQSClient, queueUrl: string): Promise<Kept[]> {
  const kept: Kept[] = [];
  for (;;) {
    const { Messages: messages = [] } = await client.send(
      new ReceiveMessageCommand({ QueueUrl: queueUrl, MaxNumberOfMessages: 10 }),
    );
    if (messages.length === 0) return kept;
    kept.push(...messages.map(({ Body = '' }) => keptIn(Body)));
    await client.send(
      new DeleteMessageBatchCommand({
        QueueUrl: queueUrl,
        Entries: messages.map(({ ReceiptHandle }, index) => ({ Id: String(index), ReceiptHandle })),
      }),
    );
  }
}

function keptIn(body: string): Kept {
  const { source, record, reason, fault } = parseQuarantined(body);
  return { source, raw: record, reason, kind: fault };
}
