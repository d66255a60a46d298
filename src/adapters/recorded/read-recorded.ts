import { plainText, UnreadableRest } from './plain-text.ts';
import { Reader, type Recorded } from './reader.ts';

export type { Recorded } from './reader.ts';

/**
 * Reads stream records from a file, as its bytes come in.
 *
 * The file is a sequence of JSON values with any white space between them, so JSON Lines and pretty-printed JSON too,
 * in UTF-8 with or without a byte order mark, packed with gzip or not. An empty file holds nothing. Each value is one of
 * - an event as Lambda gets it, or what `get-records` returns: an object with `Records`;
 * - what Lambda leaves in S3 for a batch that failed: an object with such an event, or its text, under `payload`;
 * - a stream record by itself;
 * - a list of any of these.
 *
 * Yields, in the order of the file and with the place where each starts, every record and every problem: what is not
 * JSON, not UTF-8 (other encodings and packings by name), cut off or damaged in its packing, not one of the forms above, larger than 64 MiB or
 * nested more than 500 levels deep. A record inside a string under `payload` has the place of that string. `Reader` has
 * the rule by which reading goes on after a problem. Lists of records may hold anything, also null: records are not
 * validated.
 *
 * Memory depends on the largest element and the largest chunk, not on the length of the file. Chunks are not copied:
 * their bytes must stay as they are. Throws only what `chunks` throws.
 *
 * @param file What to call the file in places; `-` is standard input.
 */
export async function* readRecorded(
  file: string,
  chunks: AsyncIterable<Uint8Array>,
): AsyncGenerator<Recorded[]> {
  const reader = new Reader(file);
  let broken: string | undefined;
  try {
    for await (const chunk of plainText(chunks)) {
      const items = reader.push(chunk);
      if (items.length > 0) yield items;
    }
  } catch (error) {
    if (!(error instanceof UnreadableRest)) throw error;
    broken = error.message;
  }
  const items = broken === undefined ? reader.finish() : reader.breakOffHere(broken);
  if (items.length > 0) yield items;
}
