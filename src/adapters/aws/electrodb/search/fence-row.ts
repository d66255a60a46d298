import { createHash } from 'node:crypto';
import { MAX_KEY_BYTES } from '../../../../domain/item-limits.ts';
import type { DocumentKey } from '../../../../domain/search-document.ts';
import type { SearchFence, SearchFenceMove } from '../../../../domain/search-fence.ts';
import { marksOf } from '../../../../domain/stored-rows.ts';
import type { NativeItem } from '../attribute-values.ts';
import { SEARCH_FENCE } from '../state-entities.ts';
import { type StateRow, statePut, stateRowOf, versionIn } from '../state-row.ts';
import type { TransactItem } from '../write-transaction.ts';

/** A fence, as the document client gives it. */
export interface FenceRow extends StateRow {
  /** The document client's number. */
  readonly revision?: { toString(): string } | undefined;
}

/** What the partition keys of all fences begin with. */
export const FENCES = 'FENCE#';

/**
 * The key of a document's fence. Collections are encoded, so that no two documents have one key; a document whose name is longer than
 * a key may be, or is not well-formed, which no table keeps, has a digest of it instead.
 */
export function fenceKey({ collection, id }: DocumentKey) {
  // Each by itself: halves of one character may meet.
  const isKept = collection.isWellFormed() && id.isWellFormed();
  const PK = isKept ? `${FENCES}${encodeURIComponent(collection)}#${id}` : '';
  if (isKept && Buffer.byteLength(PK) <= MAX_KEY_BYTES.partition) return { PK, SK: 'FENCE' };
  const digest = createHash('sha256')
    .update(JSON.stringify([collection, id]))
    .digest('hex');
  // A % with nothing behind it is in no encoded name.
  return { PK: `${FENCES}%#${digest}`, SK: 'FENCE' };
}

/** The document whose fence has a key; undefined where that has a digest of its name. */
export function documentOfFence(PK: string): DocumentKey | undefined {
  const mark = PK.indexOf('#', FENCES.length);
  const collection = PK.slice(FENCES.length, mark);
  if (collection === '%') return undefined;
  return { collection: decodeURIComponent(collection), id: PK.slice(mark + 1) };
}

export function fenceIn(row: FenceRow): SearchFence {
  return { version: versionIn(row), removed: row.removed, revision: Number(row.revision?.toString() ?? 0) };
}

/** Puts a fence on condition that it is as it was read. */
export function fencePut(table: string, { key, from, to }: SearchFenceMove, now: number): Put {
  const item = {
    ...stateRowOf(to, now),
    revision: to.revision,
    ...fenceKey(key),
    ...marksOf(SEARCH_FENCE),
  };
  const put = statePut(table, item, from).Put as Put;
  if (from === undefined) return put;
  return {
    ...put,
    ConditionExpression: `${put.ConditionExpression} AND #revision = :revision`,
    ExpressionAttributeNames: { ...put.ExpressionAttributeNames, '#revision': 'revision' },
    ExpressionAttributeValues: { ...put.ExpressionAttributeValues, ':revision': from.revision },
  };
}

type Put = NonNullable<TransactItem['Put']> & {
  readonly Item: NativeItem | undefined;
  readonly ExpressionAttributeValues?: NativeItem | undefined;
};
