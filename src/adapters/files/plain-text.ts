import { createGunzip } from 'node:zlib';

/** Bytes by which the form of a file is known. */
const HEAD = 4;

/** Bytes that are decompressed at once: they may become a thousand times as many. */
const STEP = 1 << 14;

/** Forms that are not read, and what makes UTF-8 of them. JSON begins with ASCII, of which wider encodings have zeros as well. */
const UNSUPPORTED: readonly (readonly [form: string, start: RegExp, command: string])[] = [
  ['UTF-32', /^(\xff\xfe\0\0|\0\0\xfe\xff|[^\0]\0\0\0|\0\0\0[^\0])/, 'iconv -f UTF-32 -t UTF-8'],
  ['UTF-16', /^(\xff\xfe|\xfe\xff|[^\0]\0|\0[^\0])/, 'iconv -f UTF-16 -t UTF-8'],
  ['gzip inside gzip', /^\x1f\x8b/, 'gzip -dc'],
  ['zstd', /^\x28\xb5\x2f\xfd/, 'zstd -dc'],
  ['bzip2', /^BZh/, 'bzip2 -dc'],
  ['xz', /^\xfd7zX/, 'xz -dc'],
  ['zip', /^PK/, 'unzip -p'],
];

/** Why the rest of a file cannot be read. What was read before is good. */
export class UnreadableRest extends Error {}

/**
 * The bytes of a file in UTF-8, without its byte order mark, decompressed where it is gzip, of one member or several.
 *
 * @throws UnreadableRest when gzip data is cut off or damaged, or when the file is in another form; and what `chunks` throws.
 */
export async function* plainText(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Buffer> {
  let head: Buffer | undefined = Buffer.alloc(0);
  for await (const chunk of decompressed(chunks)) {
    if (head !== undefined) head = Buffer.concat([head, chunk]);
    if (head !== undefined && head.length < HEAD) continue;
    yield head === undefined ? chunk : checked(head);
    head = undefined;
  }
  if (head !== undefined) yield checked(head);
}

/** The start of a file without its byte order mark. */
function checked(start: Buffer): Buffer {
  const head = start.toString('latin1', 0, HEAD);
  const [form, , command] = UNSUPPORTED.find(([, bytes]) => bytes.test(head)) ?? [];
  if (form !== undefined)
    throw new UnreadableRest(
      `the file is ${form} and must be UTF-8: convert it first, for example with "${command}"`,
    );
  return head.startsWith('\xef\xbb\xbf') ? start.subarray(3) : start;
}

async function* decompressed(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Buffer> {
  // Not read as a stream, which would lose what it has decompressed just before it fails.
  const ready: Buffer[] = [];
  const gunzip = createGunzip().on('data', (chunk: Buffer) => ready.push(chunk));
  const over = new Promise<unknown>((resolve) => gunzip.on('error', resolve).on('end', resolve));
  const isOver = () => gunzip.readableEnded || gunzip.destroyed;
  let isGzip: boolean | undefined;
  let bytes = 0;
  for await (const chunk of chunks) {
    // No text starts with this byte.
    if (chunk.length > 0) isGzip ??= chunk[0] === 0x1f;
    if (!isGzip) yield Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength);
    for (let at = 0; isGzip && !isOver() && at < chunk.length; at += STEP) {
      const step = chunk.subarray(at, at + STEP);
      bytes += step.length;
      await Promise.race([over, new Promise((resolve) => gunzip.write(step, resolve))]);
      yield* ready.splice(0);
    }
    if (isOver()) break;
  }
  if (!isGzip) return;
  gunzip.end();
  const error = await over;
  yield* ready.splice(0);
  if (error instanceof Error)
    throw new UnreadableRest(`the gzip data is cut off or damaged here: ${error.message}`, { cause: error });
  if (bytes > gunzip.bytesWritten) throw new UnreadableRest('something else follows the gzip data');
}
