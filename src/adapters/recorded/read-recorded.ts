import { Found, type Recorded } from './found.ts';
import { plainText, UnreadableRest } from './plain-text.ts';
import { Splitter } from './splitter.ts';

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
 * Yields, in the order of the file and with the line where each starts, every record and every problem: what is not
 * JSON, not UTF-8, cut off or damaged in its packing, not one of the forms above, larger than 64 MiB or nested more
 * than 500 levels deep. `Splitter` has the rule by which reading goes on after a problem. Lists of records may hold
 * anything, also null: records are not validated.
 *
 * Memory depends on the largest element and the largest chunk, not on the length of the file. Throws only what `chunks` throws.
 *
 * @param file What to call the file in places; `-` is standard input.
 */
export async function* readRecorded(
  file: string,
  chunks: AsyncIterable<Uint8Array>,
): AsyncGenerator<Recorded[]> {
  const found = new Found(file === '-' ? 'standard input' : file);
  const splitter = new Splitter(found);
  try {
    for await (const chunk of plainText(chunks)) {
      splitter.push(chunk);
      if (found.items.length > 0) yield found.items.splice(0);
    }
    splitter.finish();
  } catch (error) {
    if (!(error instanceof UnreadableRest)) throw error;
    found.problem(splitter.lastLine, error.message);
  }
  if (found.items.length > 0) yield found.items.splice(0);
}
