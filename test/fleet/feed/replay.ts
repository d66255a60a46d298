import { expect } from 'chai';
import type { AttributeValue, DynamoDBRecord } from 'aws-lambda';

/** A record with all that records of a feed have. */
export interface FeedRecord {
  readonly record: DynamoDBRecord;
  readonly operation: 'INSERT' | 'MODIFY' | 'REMOVE';
  readonly pk: string;
  readonly sk: string;
  /** The item's identity. */
  readonly item: string;
  readonly sequence: bigint;
  readonly before: Record<string, AttributeValue> | undefined;
  readonly after: Record<string, AttributeValue> | undefined;
  readonly byTimeToLive: boolean;
}

export function read(record: DynamoDBRecord): FeedRecord {
  const { Keys, OldImage, NewImage, SequenceNumber } = record.dynamodb!;
  const pk = Keys!['PK']!.S!;
  const sk = Keys!['SK']!.S!;
  return {
    record,
    operation: record.eventName!,
    pk,
    sk,
    item: JSON.stringify([pk, sk]),
    sequence: BigInt(SequenceNumber!),
    before: OldImage,
    after: NewImage,
    byTimeToLive: record.userIdentity !== undefined,
  };
}

/** The changes in order, each once. A repeated record must be the first one's equal in every field. */
export function* changesOf(records: Iterable<DynamoDBRecord>): Generator<FeedRecord, void> {
  const seen = new Map<string, string>();
  for (const record of records) {
    const sequence = record.dynamodb!.SequenceNumber!;
    const text = JSON.stringify(record);
    const first = seen.get(sequence);
    if (first !== undefined) expect(text).to.equal(first);
    else {
      seen.set(sequence, text);
      yield read(record);
    }
  }
}

/** Applies the changes to a table, checking each against it. */
export function replay(changes: Iterable<FeedRecord>): void {
  const table = new Map<string, string>();
  for (const { operation, pk, sk, item, before, after } of changes) {
    expect(before && JSON.stringify(before), `${operation} ${item}`).to.equal(table.get(item));
    expect(operation).to.equal(before === undefined ? 'INSERT' : after === undefined ? 'REMOVE' : 'MODIFY');
    if (after === undefined) {
      expect(before, `REMOVE of nothing ${item}`).not.to.equal(undefined);
      table.delete(item);
    } else {
      expect(after['PK']).to.deep.equal({ S: pk });
      expect(after['SK']).to.deep.equal({ S: sk });
      if (before !== undefined) expect(after, `MODIFY of nothing ${item}`).not.to.deep.equal(before);
      table.set(item, JSON.stringify(after));
    }
  }
}
