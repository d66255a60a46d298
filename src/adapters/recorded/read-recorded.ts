import { Found, type Recorded } from './found.ts';
import { type Forms, RECORDS } from './interpret.ts';
import { plainText, UnreadableRest } from '../files/plain-text.ts';
import { Splitter } from './splitter.ts';

/**
 * Reads stream records from a file, as its bytes come in.
 *
 * The file is a sequence of JSON values with any white space between them, in UTF-8, compressed with gzip or not:
 * - an event as Lambda gets it, or what `get-records` returns: an object with `Records`;
 * - what Lambda leaves in S3 for a batch that failed: an object with such an event, or its text, under `payload`;
 * - a stream record by itself;
 * - an array of any of these.
 *
 * Yields, in the order of the file and with the line where each starts (inside a text, that of the value around it),
 * every record and every problem. Records are not validated: an event's may be anything, also null. `Splitter` has the
 * rule by which reading goes on after a problem. Memory depends on the largest element and the largest chunk, not on
 * the length of the file. Throws only what `chunks` throws.
 *
 * @param file What to call the file in places; `-` is standard input.
 * @param forms What the file may hold, where not records alone.
 */
export async function* readRecorded(
  file: string,
  chunks: AsyncIterable<Uint8Array>,
  forms: Forms = RECORDS,
): AsyncGenerator<Recorded[]> {
  const found = new Found(file === '-' ? 'standard input' : file);
  const splitter = new Splitter(found, forms);
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
