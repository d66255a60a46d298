import { randomUUID } from 'node:crypto';
import {
  type AttributeValue,
  type CancellationReason,
  type TransactWriteItem,
  TransactWriteItemsCommand,
} from '@aws-sdk/client-dynamodb';
import {
  type DynamoDBDocumentClient,
  TransactWriteCommand,
  type TransactWriteCommandInput,
} from '@aws-sdk/lib-dynamodb';
import { abortableBy } from '../clients.ts';
import { plain } from '../plain-requests.ts';
import { attributeValuesOf, type NativeItem } from './attribute-values.ts';

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
 * Writes all items or none: such as the repositories make.
 *
 * @returns undefined when they are written; one reason per item, in their order, when the transaction was cancelled.
 * @throws what the client throws when the request fails otherwise. Then it may or may not have taken effect.
 */
export async function writeTransaction(
  client: DynamoDBDocumentClient,
  items: TransactItem[],
  signal: AbortSignal | undefined,
): Promise<readonly Reason[] | undefined> {
  // By the token, the SDK's own attempts are known for such: they take no effect a second time.
  const input = { ClientRequestToken: randomUUID(), TransactItems: items.map(marshalled) };
  const command = new TransactWriteItemsCommand(plain(input));
  return reasonsOf(client.send(command, abortableBy(signal)));
}

/** The same for items that somebody else has made, of whatever values the document client takes or refuses. */
export async function writeForeignTransaction(
  client: DynamoDBDocumentClient,
  items: TransactItem[],
  signal: AbortSignal | undefined,
): Promise<readonly Reason[] | undefined> {
  return reasonsOf(client.send(new TransactWriteCommand({ TransactItems: items }), abortableBy(signal)));
}

async function reasonsOf(sent: Promise<unknown>): Promise<readonly Reason[] | undefined> {
  try {
    await sent;
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

/** A part as the service takes it. */
function marshalled(item: TransactItem): TransactWriteItem {
  const parts: Record<string, object> = {};
  for (const [kind, part] of Object.entries(item)) {
    const values: Record<string, unknown> = { ...part };
    for (const name of ['Item', 'Key', 'ExpressionAttributeValues'])
      if (values[name] !== undefined) values[name] = attributeValuesOf(values[name] as NativeItem);
    parts[kind] = values;
  }
  return parts;
}
