import type { AttributeValue, CancellationReason } from '@aws-sdk/client-dynamodb';
import {
  type DynamoDBDocumentClient,
  TransactWriteCommand,
  type TransactWriteCommandInput,
} from '@aws-sdk/lib-dynamodb';
import { abortableBy } from '../clients.ts';

/** One part of a transaction. */
export type TransactItem = NonNullable<TransactWriteCommandInput['TransactItems']>[number];

/** A placeholder for each name in an expression: names may be words that DynamoDB keeps for itself. */
export function namesOf(names: readonly string[]): Record<string, string> {
  return Object.fromEntries(names.map((name) => [`#${name}`, name]));
}

/** Why a transaction was cancelled, as far as one of its items goes; `None` where it was not for that one. */
export interface Reason {
  readonly code: string;
  readonly message: string | undefined;
  /** The item that is there, as DynamoDB has it, where its condition does not hold and the item asked for it. */
  readonly found?: Readonly<Record<string, AttributeValue>> | undefined;
}

/**
 * Writes all items or none.
 *
 * @returns undefined when they are written; one reason per item, in their order, when the transaction was cancelled.
 * @throws what the client throws when the request fails otherwise. Then it may or may not have taken effect.
 */
export async function writeTransaction(
  client: DynamoDBDocumentClient,
  items: TransactItem[],
  signal: AbortSignal | undefined,
): Promise<readonly Reason[] | undefined> {
  try {
    await client.send(new TransactWriteCommand({ TransactItems: items }), abortableBy(signal));
    return undefined;
  } catch (error) {
    const { CancellationReasons: reasons } = error as Cancelled;
    if (reasons === undefined) throw error;
    return reasons.map(({ Code, Message, Item }) => ({
      code: Code ?? 'None',
      message: Message,
      ...(Item === undefined ? {} : { found: Item }),
    }));
  }
}

/** What is thrown, where it says why the transaction was cancelled. */
interface Cancelled {
  readonly CancellationReasons?: readonly CancellationReason[];
}

/** What the client would have thrown, had the item been the whole request: items are cancelled as requests are refused. */
export function errorOf({ code, message = code }: Reason): Error {
  return Object.assign(new Error(message), { name: code, $metadata: { httpStatusCode: 400 } });
}
