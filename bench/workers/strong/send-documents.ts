import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import { SendMessageBatchCommand, type SendMessageBatchRequestEntry } from '@aws-sdk/client-sqs';
import pMap from 'p-map';
import type { Downstream } from '../../model/modelled-aws.ts';
import { groupOf } from '../record-handler.ts';
import { AT_A_TIME, chunksOf, type Item, type ItemChange } from './item-changes.ts';

const ENTRIES = 10;

/** One message for each document that changed, ten at a time. */
export async function sendDocuments(
  { sqs, queueUrl }: Downstream,
  changes: readonly ItemChange[],
): Promise<void> {
  const messages = changes.flatMap((change) => messageOf(change) ?? []);
  const send = async (some: readonly Omit<SendMessageBatchRequestEntry, 'Id'>[]) => {
    const Entries = some.map((message, index) => ({ ...message, Id: String(index) }));
    const { Failed = [] } = await sqs.send(new SendMessageBatchCommand({ QueueUrl: queueUrl, Entries }));
    if (Failed.length > 0) throw new Error(`${Failed.length} messages were refused: ${Failed[0]?.Message}`);
  };
  await pMap(chunksOf(messages, ENTRIES), send, AT_A_TIME);
}

function messageOf({ document, documentChanged, before, after, sequence }: ItemChange) {
  if (document === undefined || !documentChanged) return undefined;
  const id = document.idOf((name) => (after ?? before)?.[name]?.S);
  const head = { action: after === undefined ? 'delete' : 'upsert', collection: document.collection, id };
  const text = JSON.stringify(head);
  return {
    MessageBody:
      after === undefined
        ? text
        : `${text.slice(0, -1)},"document":${bodyOf(id, document.attributes, after)}}`,
    MessageGroupId: groupOf(`${document.collection}:${id}`),
    MessageDeduplicationId: sequence,
  };
}

function bodyOf(id: string, names: readonly string[], row: Item): string {
  let body = `{"id":${JSON.stringify(id)}`;
  for (const name of names) {
    const value = row[name];
    if (value !== undefined) body += `,${JSON.stringify(name)}:${jsonOf(value)}`;
  }
  return `${body}}`;
}

/** Numbers keep their digits. */
function jsonOf({ S, N, BOOL, L, M }: AttributeValue): string {
  if (S !== undefined) return JSON.stringify(S);
  if (N !== undefined) return N;
  if (BOOL !== undefined) return String(BOOL);
  if (L !== undefined) return `[${L.map(jsonOf).join()}]`;
  if (M !== undefined)
    return `{${Object.entries(M)
      .map(([name, value]) => `${JSON.stringify(name)}:${jsonOf(value)}`)
      .join()}}`;
  return 'null';
}
