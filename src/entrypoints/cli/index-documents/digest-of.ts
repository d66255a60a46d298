import { createHash } from 'node:crypto';
import type { IndexedDocument } from '../../../application/ports/search-index.ts';
import { toJson } from '../../../domain/json.ts';

/** A digest of documents: the same in whatever order they are, and in whatever order their fields are. Memory does not grow with their number. */
export async function digestOf(
  documents: AsyncIterable<IndexedDocument> | Iterable<IndexedDocument>,
): Promise<string> {
  const sum = Buffer.alloc(32);
  for await (const { id, fields } of documents) {
    const sorted = Object.entries(fields).toSorted(([a], [b]) => (a < b ? -1 : 1));
    const text = JSON.stringify([id, ...sorted.map(([name, value]) => [name, toJson(value)])]);
    const digest = createHash('sha256').update(text).digest();
    for (const [index, byte] of digest.entries()) sum[index] = (sum[index] ?? 0) ^ byte;
  }
  return sum.toString('hex');
}
