import { CreateQueueCommand, DeleteQueueCommand, SQSClient } from '@aws-sdk/client-sqs';
import { takeMessages } from '../../../../local/proof/drain-queue.ts';
import { LOCAL_SDK } from '../../../../local/servers/local-credentials.ts';
import { unique } from '../../../support/unique.ts';

/**
 * A queue of a test's own, on a server that speaks SQS's protocol and takes any credentials.
 *
 * @param endpoint As `http://127.0.0.1:4566`.
 */
export async function ownQueue(endpoint: string, name: string, fifo: boolean) {
  const client = new SQSClient({ ...LOCAL_SDK, endpoint });
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
    bodies: async () => {
      const bodies: string[] = [];
      await takeMessages(client, queueUrl, (messages) =>
        bodies.push(...messages.map(({ Body = '' }) => Body)),
      );
      return bodies;
    },
    close: async () => {
      await client.send(new DeleteQueueCommand({ QueueUrl: queueUrl }));
      client.destroy();
    },
  };
}
