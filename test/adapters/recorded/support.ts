import { expect } from 'chai';
import type { Recorded } from '../../../src/adapters/recorded/found.ts';
import { readRecorded } from '../../../src/adapters/recorded/read-recorded.ts';

/** A stream record with this identifier; other fields as given. */
export function record(id: string | number, fields: object = {}) {
  return { eventID: id, eventName: 'INSERT', dynamodb: { Keys: { PK: { S: 'a' } } }, ...fields };
}

/** Reads texts or bytes as a file named `f`, each of them a chunk; and checks that single bytes as chunks read the same. */
export async function read(...chunks: readonly (string | Uint8Array)[]): Promise<Recorded[]> {
  const items = await readAs('f', chunks);
  const bytes = Buffer.concat(chunks.map((chunk) => Buffer.from(chunk)));
  if (bytes.length < 10_000) expect(await readAs('f', inChunks(bytes, 1))).to.deep.equal(items);
  return items;
}

export async function readAs(file: string, chunks: readonly (string | Uint8Array)[]): Promise<Recorded[]> {
  const items: Recorded[] = [];
  for await (const some of readRecorded(file, stream(chunks))) for (const item of some) items.push(item);
  return items;
}

/** Cuts bytes into chunks of this size. */
export function inChunks(bytes: string | Uint8Array, size: number): Uint8Array[] {
  const all = Buffer.from(bytes);
  const chunks: Uint8Array[] = [];
  for (let at = 0; at < all.length; at += size) chunks.push(all.subarray(at, at + size));
  return chunks;
}

/** What was read, in short: the identifier of each record, or its JSON when it has none; `!` and a place for problems. */
export function outline(items: readonly Recorded[]): string[] {
  return items.map((item) => {
    if (item.kind === 'problem') return `! ${item.place}`;
    const id = (item.record as { eventID?: string | number } | null)?.eventID ?? JSON.stringify(item.record);
    return `${id} ${item.place}`;
  });
}

export function problems(items: readonly Recorded[]): string[] {
  return items.flatMap((item) => (item.kind === 'problem' ? [`${item.place} ${item.message}`] : []));
}

async function* stream(chunks: readonly (string | Uint8Array)[]): AsyncGenerator<Uint8Array> {
  for (const chunk of chunks) yield typeof chunk === 'string' ? Buffer.from(chunk) : chunk;
}
