import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import type { DynamoDBRecord } from 'aws-lambda';
import { DEFAULT_CONCURRENCY } from '../../../src/adapters/aws/client-defaults.ts';
import { type StreamModel, streamModelOf } from '../record-handler.ts';

/** An item in DynamoDB's JSON, as records, requests and answers have it. */
export type Item = Record<string, AttributeValue>;

/** All records of one item, as one change. */
export interface ItemChange {
  readonly pk: string;
  readonly sk: string;
  /** Before the first of them. */
  readonly before: Item | undefined;
  /** After the last. */
  after: Item | undefined;
  sequence: string;
  readonly document: StreamModel | undefined;
  /** Also where it changed back in the end: an earlier delivery may have got only as far as the first change. */
  documentChanged: boolean;
}

export function changesByItem(records: readonly DynamoDBRecord[]): ItemChange[] {
  const changes = new Map<string, ItemChange>();
  for (const { dynamodb } of records) {
    const { Keys, OldImage, NewImage, SequenceNumber: sequence = '' } = dynamodb ?? {};
    const [before, after] = [OldImage as Item | undefined, NewImage as Item | undefined];
    const [pk, sk] = [Keys?.['PK']?.S ?? '', Keys?.['SK']?.S ?? ''];
    const name = `${pk}\0${sk}`;
    let change = changes.get(name);
    if (change === undefined) {
      const document = streamModelOf(pk, sk);
      change = { pk, sk, before, after, sequence, document, documentChanged: false };
      changes.set(name, change);
    }
    change.after = after;
    change.sequence = sequence;
    if (change.document !== undefined && !sameIn(change.document.attributes, before, after))
      change.documentChanged = true;
  }
  return [...changes.values()];
}

/** Whether both have, or lack, the same of these attributes. */
export function sameIn(names: readonly string[], a: Item | undefined, b: Item | undefined): boolean {
  if (a === undefined || b === undefined) return a === b;
  return names.every((name) => sameValue(a[name], b[name]));
}

function sameValue(a: AttributeValue | undefined, b: AttributeValue | undefined): boolean {
  if (a?.S !== undefined) return a.S === b?.S;
  if (a?.N !== undefined) return a.N === b?.N;
  return JSON.stringify(a) === JSON.stringify(b);
}

/** Requests under way at a time, as Contrail has them. */
export const AT_A_TIME = { concurrency: DEFAULT_CONCURRENCY };

export function chunksOf<T>(items: readonly T[], size: number): T[][] {
  return Array.from({ length: Math.ceil(items.length / size) }, (_, n) =>
    items.slice(n * size, (n + 1) * size),
  );
}
