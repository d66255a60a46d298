import {
  DeleteMessageBatchCommand,
  GetQueueAttributesCommand,
  type Message,
  ReceiveMessageCommand,
  type SQSClient,
} from '@aws-sdk/client-sqs';
import type { MemorySearchIndex } from '../../src/adapters/memory/memory-search-index.ts';
import { readSearchMessage } from './read-search-message.ts';

/**
 * Takes everything off a FIFO queue of search actions and applies it to an index, in the order of each group.
 * The queue must have no other consumer or sender.
 *
 * @returns how many messages there were.
 * @throws Error when a message is not a search action; it stays in the queue.
 */
export async function drainQueue(
  client: SQSClient,
  queueUrl: string,
  index: MemorySearchIndex,
): Promise<number> {
  let drained = 0;
  await takeMessages(client, queueUrl, (messages) => {
    index.apply(messages.map(({ Body = '' }) => readSearchMessage(Body)));
    drained += messages.length;
  });
  return drained;
}

/**
 * Takes everything off a queue, up to ten messages at a time, in the order of each message group, if there are any.
 * The queue must have no other consumer or sender.
 *
 * @throws what `take` throws; its messages stay in the queue.
 */
export async function takeMessages(
  client: SQSClient,
  queueUrl: string,
  take: (messages: readonly Message[]) => void,
): Promise<void> {
  for (;;) {
    const { Messages = [] } = await client.send(
      new ReceiveMessageCommand({ QueueUrl: queueUrl, MaxNumberOfMessages: 10 }),
    );
    if (Messages.length === 0) {
      // An empty answer does not mean that the queue is empty.
      if (await isEmpty(client, queueUrl)) return;
      continue;
    }
    take(Messages);
    await deleteMessages(client, queueUrl, Messages);
  }
}

async function deleteMessages(
  client: SQSClient,
  queueUrl: string,
  messages: readonly Message[],
): Promise<void> {
  const { Failed = [] } = await client.send(
    new DeleteMessageBatchCommand({
      QueueUrl: queueUrl,
      Entries: messages.map(({ ReceiptHandle }, index) => ({ Id: String(index), ReceiptHandle })),
    }),
  );
  if (Failed.length > 0)
    throw new Error(
      `${Failed.length} messages were not deleted from ${queueUrl}: ${Failed[0]?.Message ?? ''}`,
    );
}

/** Whether a queue has no messages, whoever has them. */
export async function isEmpty(client: SQSClient, queueUrl: string): Promise<boolean> {
  const { Attributes = {} } = await client.send(
    new GetQueueAttributesCommand({
      QueueUrl: queueUrl,
      AttributeNames: [
        'ApproximateNumberOfMessages',
        'ApproximateNumberOfMessagesNotVisible',
        'ApproximateNumberOfMessagesDelayed',
      ],
    }),
  );
  return Object.values(Attributes).every((count) => count === '0');
}
