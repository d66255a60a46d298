import { Fault } from '../../../domain/fault.ts';

export interface QueueName {
  readonly name: string;
  /** Whether the queue keeps the order of a group and deduplicates. SQS has it that only such names end so. */
  readonly fifo: boolean;
}

/**
 * The queue that a URL is of.
 *
 * @param variable The environment variable that holds the URL, for the message.
 * @throws Fault `configuration` when it is no queue's URL. The message does not cite it: a URL may hold a password.
 */
export function parseQueueUrl(text: string, variable: string): QueueName {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const name = url && QUEUE_NAME.exec(url.pathname)?.[1];
  if (!url || name === undefined || !/^https?:$/.test(url.protocol) || url.search || url.hash || url.username)
    throw new Fault(
      'configuration',
      `${variable} is not the URL of a queue; expected one like https://sqs.eu-central-1.amazonaws.com/123456789012/search.fifo`,
    );
  return { name, fifo: name.endsWith('.fifo') };
}

/** The last part of the path: up to 80 characters, the suffix among them. */
const QUEUE_NAME = /\/(?=[^/]{1,80}$)([\w-]+(?:\.fifo)?)$/;
