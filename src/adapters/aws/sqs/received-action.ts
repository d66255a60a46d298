import type { ReceivedAction } from '../../../application/ports/search-action-source.ts';
import { readSearchMessage } from '../../json/read-search-message.ts';

/** A message that was received, whoever received it: SQS's client, or Lambda for the function. */
export interface ReceivedMessage {
  readonly id: string;
  readonly receipt: string;
  readonly body: string;
  /** Of those that SQS keeps itself. */
  readonly attributes: {
    readonly ApproximateReceiveCount?: string;
    readonly SentTimestamp?: string;
    readonly MessageGroupId?: string;
  };
}

/** The attributes to ask SQS for. */
export const ATTRIBUTES = ['ApproximateReceiveCount', 'SentTimestamp', 'MessageGroupId'] as const;

/** A message of a queue as the use case takes it. Without a group, as in standard queues, it is one of its own. */
export function receivedAction({ id, receipt, body, attributes }: ReceivedMessage): ReceivedAction {
  const { ApproximateReceiveCount, SentTimestamp, MessageGroupId = `message ${id}` } = attributes;
  return {
    action: readSearchMessage(body, `message ${id}`),
    receipt,
    message: id,
    group: MessageGroupId,
    receives: integerIn(ApproximateReceiveCount) ?? 1,
    sentAt: integerIn(SentTimestamp),
  };
}

function integerIn(text: string | undefined): number | undefined {
  return text !== undefined && /^\d{1,15}$/.test(text) ? Number(text) : undefined;
}
