import { GetQueueAttributesCommand, GetQueueUrlCommand, type SQSClient } from '@aws-sdk/client-sqs';
import type { Absent, QueueFacts } from '../../../application/doctor/facts.ts';
import { abortableBy } from '../clients.ts';
import { parseQueueUrl } from '../sqs/queue-url.ts';
import { answered, orAbsent } from './answered.ts';

type Client = Pick<SQSClient, 'send'>;

/**
 * What a queue says of itself.
 *
 * @param variable what holds its URL, for messages.
 */
export async function lookAtQueue(
  client: Client,
  url: string,
  variable: string,
  signal?: AbortSignal,
): Promise<QueueFacts | Absent> {
  const { name, fifo } = parseQueueUrl(url, variable);
  const resource = `queue ${name}`;
  return orAbsent({ resource, variable }, resource, async () => {
    const { Attributes: found = {} } = await client.send(
      new GetQueueAttributesCommand({ QueueUrl: url, AttributeNames: ['All'] }),
      abortableBy(signal),
    );
    const numberOf = (attribute: keyof typeof found) => Number(found[attribute] ?? 0);
    return {
      name: resource,
      arn: found.QueueArn ?? '',
      isFifo: fifo,
      isContentDeduplicated: found.ContentBasedDeduplication === 'true',
      isByGroup:
        found.DeduplicationScope === 'messageGroup' && found.FifoThroughputLimit === 'perMessageGroupId',
      largestMessage: numberOf('MaximumMessageSize'),
      retention: numberOf('MessageRetentionPeriod'),
      visibility: numberOf('VisibilityTimeout'),
      policy: found.Policy || undefined,
      deadLetters: deadLettersIn(found.RedrivePolicy),
      waiting:
        numberOf('ApproximateNumberOfMessages') +
        numberOf('ApproximateNumberOfMessagesNotVisible') +
        numberOf('ApproximateNumberOfMessagesDelayed'),
    };
  });
}

function deadLettersIn(policy: string | undefined): QueueFacts['deadLetters'] {
  if (!policy) return undefined;
  const { deadLetterTargetArn, maxReceiveCount } = JSON.parse(policy) as Readonly<Record<string, unknown>>;
  return typeof deadLetterTargetArn === 'string'
    ? { arn: deadLetterTargetArn, maximumReceives: Number(maxReceiveCount) }
    : undefined;
}

/** What the queue says of itself that has an ARN. */
export async function lookAtQueueOf(
  client: Client,
  arn: string,
  signal?: AbortSignal,
): Promise<QueueFacts | Absent> {
  const [account, name = ''] = arn.split(':').slice(-2);
  const used = { resource: `queue ${name}`, variable: 'RedrivePolicy' };
  const url = await orAbsent(used, used.resource, async () => {
    const command = new GetQueueUrlCommand({ QueueName: name, QueueOwnerAWSAccountId: account });
    return (await client.send(command, abortableBy(signal))).QueueUrl ?? '';
  });
  return typeof url === 'string'
    ? answered(used, () => lookAtQueue(client, url, 'RedrivePolicy', signal))
    : url;
}
