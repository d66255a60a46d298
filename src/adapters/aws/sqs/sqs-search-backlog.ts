import { GetQueueAttributesCommand, type QueueAttributeName, type SQSClient } from '@aws-sdk/client-sqs';
import { SearchBacklog } from '../../../application/ports/search-backlog.ts';
import { abortableBy } from '../clients.ts';
import { translateError } from '../translate-error.ts';
import { parseSearchQueueUrl, SEARCH_QUEUE_VARIABLE } from './queue-url.ts';

export interface SqsSearchBacklogOptions {
  /** URL of the queue. */
  readonly queueUrl: string;
  /** Whether it may be a standard queue. */
  readonly allowStandard?: boolean;
}

/** Those that can be received, those that somebody has, and those that are delayed. */
const COUNTS: readonly QueueAttributeName[] = [
  'ApproximateNumberOfMessages',
  'ApproximateNumberOfMessagesNotVisible',
  'ApproximateNumberOfMessagesDelayed',
];

/** How much an SQS queue holds, as it counts itself: right a minute after the last message was sent. */
export class SqsSearchBacklog extends SearchBacklog {
  readonly #client: Pick<SQSClient, 'send'>;
  readonly #queueUrl: string;
  readonly #resource: string;

  /** @throws Fault `configuration` when the URL is no queue's, or that of a standard queue which is not allowed. */
  constructor(client: Pick<SQSClient, 'send'>, { queueUrl, allowStandard = false }: SqsSearchBacklogOptions) {
    super();
    this.#client = client;
    this.#queueUrl = queueUrl;
    this.#resource = `queue ${parseSearchQueueUrl(queueUrl, allowStandard).name}`;
  }

  override async waiting(signal?: AbortSignal): Promise<number> {
    signal?.throwIfAborted();
    try {
      const { Attributes } = await this.#client.send(
        new GetQueueAttributesCommand({ QueueUrl: this.#queueUrl, AttributeNames: [...COUNTS] }),
        abortableBy(signal),
      );
      return COUNTS.reduce((sum, name) => sum + Number(Attributes?.[name] ?? 0), 0);
    } catch (error) {
      signal?.throwIfAborted();
      throw translateError(error, { resource: this.#resource, variable: SEARCH_QUEUE_VARIABLE });
    }
  }
}
