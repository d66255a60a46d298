import { SendMessageCommand } from '@aws-sdk/client-sqs';
import { functionOf } from './function-of.ts';

/** The SDK's clients alone: one message about the first record, whatever else is asked. Nobody who uses them has an effect sooner, or in less memory. */
export const handler = functionOf(({ sqs, queueUrl }) => ({
  handle: async ([record]) => {
    await sqs.send(
      new SendMessageCommand({
        QueueUrl: queueUrl,
        MessageBody: JSON.stringify(record?.dynamodb?.Keys),
        MessageGroupId: 'one',
        MessageDeduplicationId: record?.dynamodb?.SequenceNumber,
      }),
    );
  },
}));
