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
    `${SEARCH_QUEUE_VARIABLE} names the standard queue ${queue.name}, which neither keeps order nor deduplicates; set it to a FIFO queue, whose name ends in .fifo`,
  );
}

/**
 * Whether two URLs, each of a queue, are of the same one: a queue has many hosts (old and new ones, those of VPC endpoints,
 * names of one's own), so account and name decide. Only hosts of SQS that name different regions tell such two apart; of any
 * others it is far likelier that they lead to one queue than that two have one account and name.
 */
export function isSameQueue(one: string, other: string): boolean {
  const [a, b] = [placeOf(one), placeOf(other)];
  const differ = (x: string | undefined, y: string | undefined) =>
    x !== undefined && y !== undefined && x !== y;
  return a.name === b.name && !differ(a.account, b.account) && !differ(a.region, b.region);
}

/** The parts that a URL has; hosts are read without regard to case, and end in a dot or not. */
function placeOf(text: string): { name?: string; account?: string; region?: string } {
  const { hostname, pathname } = new URL(text);
  return {
    ...(/(?:(?<account>[^/]+)\/)?(?<name>[^/]+)$/.exec(pathname)?.groups ?? {}),
    ...(HOST_OF_SQS.exec(hostname)?.groups ?? {}),
  };
}

/** `sqs.REGION.amazonaws.com`, `sqs-fips.REGION.api.aws`, `ID.sqs.REGION.vpce.amazonaws.com`, `REGION.queue.amazonaws.com`. */
const HOST_OF_SQS =
  /^(?:(?:vpce-[\w-]+\.)?sqs(?:-fips)?\.)?(?<region>[a-z]+-[a-z-]+-\d+)\.(?:queue\.|vpce\.)?(?:amazonaws\.com(?:\.cn)?|api\.aws)\.?$/;

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
      `${variable} is not a queue URL; expected one like https://sqs.eu-central-1.amazonaws.com/123456789012/search.fifo`,
    );
  return { name, fifo: name.endsWith('.fifo') };
}

/** The last part of the path: up to 80 characters, the suffix among them. */
const QUEUE_NAME = /\/(?=[^/]{1,80}$)([\w-]+(?:\.fifo)?)$/;
