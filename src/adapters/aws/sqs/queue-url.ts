import { Fault } from '../../../domain/fault.ts';

export interface QueueName {
  readonly name: string;
  /** Whether the queue keeps the order of a group and deduplicates. SQS has it that only such names end so. */
  readonly fifo: boolean;
}

/** The environment variables that hold the URLs. */
export const SEARCH_QUEUE_VARIABLE = 'TYPESENSE_QUEUE_URL';
export const QUARANTINE_QUEUE_VARIABLE = 'QUARANTINE_QUEUE_URL';

/**
 * The queue that search actions go to.
 *
 * @throws Fault `configuration` when the URL is no queue's, or that of a standard queue which is not allowed.
 */
export function parseSearchQueueUrl(text: string, allowStandard: boolean): QueueName {
  const queue = parseQueueUrl(text, SEARCH_QUEUE_VARIABLE);
  if (queue.fifo || allowStandard) return queue;
  throw new Fault(
    'configuration',
    `${SEARCH_QUEUE_VARIABLE} is of the standard queue ${queue.name}, which keeps no order and does not deduplicate; set it to a FIFO queue, whose name ends in .fifo`,
  );
}

/** Whether two URLs, each of a queue, are of the same one, however they are spelled. */
export function isSameQueue(one: string, other: string): boolean {
  return placeOf(one) === placeOf(other);
}

/** Hosts are read without regard to case, and end in a dot or not; `http` and `https` lead to the same queue. */
function placeOf(text: string): string {
  const { host, pathname } = new URL(text);
  return host.replace(/\.(?=:|$)/, '') + pathname;
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
