import { createHash } from 'node:crypto';
import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import type { KeptChange } from '../../../../application/ports/kept-changes.ts';
import type { ChangeToKeep, NotedItem } from '../../../../application/ports/parked-items.ts';
import type { ParkedItem } from '../../../../domain/parked-item.ts';
import { marksOf } from '../../../../domain/stored-rows.ts';
import { TOMBSTONE_SECONDS } from '../../../../domain/tombstones.ts';
import type { Version } from '../../../../domain/version.ts';
import { versionText } from '../../../../domain/version-text.ts';
import { packed, recordIn, PACKED } from '../../../json/packed-record.ts';
import { recordJson } from '../../../json/record-json.ts';
import { KEPT_CHANGE, PARKED_ITEM } from '../state-entities.ts';

/*
 * Rows of the state table: one for each item of which something is noted, all of a table's in one partition, so that few of them are read by one
 * request; and for each change that is kept one, or several where it is large, all of an item's in one partition.
 */

export const ITEMS = 'ITEM#';
const CHANGES = 'CHANGE#';

/** Characters of one row: DynamoDB takes 400 KB with keys and all. */
export const LONGEST_PART = 350_000;

export type Row = Readonly<Record<string, AttributeValue>>;
export type PlainRow = Readonly<Record<string, string | number | undefined>> & {
  readonly PK: string;
  readonly SK: string;
};

/** @param table the name of the source table. */
export function itemsPartition(table: string): string {
  return `PARKED#${table}`;
}

/** Keys of items may be longer than a sort key can be. */
function digestOf(item: string): string {
  return createHash('sha256').update(item).digest('hex');
}

export function itemKeyIn(table: string, item: string) {
  return { PK: itemsPartition(table), SK: `${ITEMS}${digestOf(item)}` };
}

export function changesPartition(table: string, item: string): string {
  return `PARKED#${table}#${digestOf(item)}`;
}

/** @param now in milliseconds since 1970. */
export function itemRow(table: string, noted: ParkedItem, revision: string, now: number): PlainRow {
  const { item, parkedAt, since, newest, changes, deliveries, reason } = noted;
  return {
    ...itemKeyIn(table, item),
    ...marksOf(PARKED_ITEM),
    ...{
      item,
      changes,
      deliveries,
      reason,
      revision,
      since: versionJson(since),
      newest: versionJson(newest),
    },
    // What is only counted is about a change that is delivered again, or gone.
    ...(parkedAt === undefined
      ? { expires_at: Math.floor(now / 1_000) + TOMBSTONE_SECONDS }
      : { parked_at: parkedAt }),
  };
}

/** A row of an item, as the document client gives it: numbers are its own. */
export type NativeRow = {
  readonly [name in 'item' | 'reason' | 'revision' | 'since' | 'newest']: string;
} & { readonly [name in 'changes' | 'deliveries' | 'parked_at']: { toString(): string } | undefined };

export function notedIn(row: NativeRow): NotedItem {
  const { item, changes, deliveries, reason, revision, since, newest, parked_at } = row;
  return {
    ...{ item, reason, revision, since: readVersion(since), newest: readVersion(newest) },
    changes: Number(changes?.toString()),
    deliveries: Number(deliveries?.toString()),
    parkedAt: parked_at === undefined ? undefined : Number(parked_at.toString()),
  };
}

/** The rows of a change that is kept. @throws Fault `permanent` when its record cannot be written as JSON. */
export function changeRows(table: string, item: string, { version, raw }: ChangeToKeep): readonly PlainRow[] {
  const payload = packed(recordJson(raw, `record ${version.sequence}`, 'parked'));
  const parts = Math.ceil(payload.length / LONGEST_PART);
  return Array.from({ length: parts }, (_, part) => ({
    PK: changesPartition(table, item),
    SK: `${CHANGES}${versionText(version)}#${String(part).padStart(3, '0')}`,
    ...marksOf(KEPT_CHANGE),
    ...{ parts, encoding: PACKED, version: versionJson(version) },
    payload: payload.slice(part * LONGEST_PART, (part + 1) * LONGEST_PART),
  }));
}

/** Changes whose rows are all there, in their order. */
export function changesIn(rows: readonly Row[]): readonly KeptChange[] {
  const changes: KeptChange[] = [];
  let payload = '';
  let have = 0;
  for (const row of rows) {
    const { parts, version = { S: '' }, payload: part, encoding, SK } = row;
    if (Number(SK?.S?.slice(-3)) === 0) [payload, have] = ['', 0];
    payload += part?.S ?? '';
    if (++have < Number(parts?.N)) continue;
    changes.push({
      version: readVersion(version.S ?? ''),
      raw: recordIn({ encoding: encoding?.S, payload }),
      place: SK?.S ?? '',
    });
  }
  return changes;
}

/** The sort keys of a change's rows, by that of the last. */
export function sortKeysOf({ place }: KeptChange): readonly string[] {
  const last = Number(place.slice(-3));
  return Array.from({ length: last + 1 }, (_, part) => place.slice(0, -3) + String(part).padStart(3, '0'));
}

function versionJson({ generation, epoch, sequence }: Version): string {
  return JSON.stringify([generation, epoch, sequence]);
}

function readVersion(text: string): Version {
  const [generation, epoch, sequence] = JSON.parse(text) as [number, string, string];
  return { generation, epoch, sequence };
}
