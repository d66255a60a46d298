import { createGunzip } from 'node:zlib';

/** Bytes by which packings and encodings are known. */
const HEAD = 8;

/** Bytes that are unpacked at once: they may become a thousand times as many. */
const STEP = 1 << 14;

/** What is not read, and what makes UTF-8 of it. JSON begins with ASCII, of which wider encodings have zeros as well. */
const NOT_READ: readonly (readonly [form: string, start: RegExp, command: string])[] = [
  ['UTF-32', /^(\xff\xfe\0\0|\0\0\xfe\xff|[^\0]\0\0\0|\0\0\0[^\0])/, 'iconv -f UTF-32 -t UTF-8'],
  ['UTF-16', /^(\xff\xfe|\xfe\xff|[^\0]\0|\0[^\0])/, 'iconv -f UTF-16 -t UTF-8'],
  ['gzip inside of gzip', /^[^ -~]\x8b[^ -~]/, 'gzip -dc'],
  ['zstd', /^\x28\xb5\x2f\xfd/, 'zstd -dc'],
  ['bzip2', /^BZh/, 'bzip2 -dc'],
  ['xz', /^\xfd7zXZ/, 'xz -dc'],
  ['zip', /^PK/, 'unzip -p'],
];

/** Why the rest of a file cannot be read. What was read before is good. */
export class UnreadableRest extends Error {}

/**
 * The bytes of a file in UTF-8, without its byte order mark, unpacked where gzip has packed them, in one piece or several.
 *
 * @throws UnreadableRest when what is packed is cut off or damaged, or when the file is in another form; and what `chunks` throws.
 */
export async function* plainText(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Buffer> {
  let isFirst = true;
  for await (const chunk of withHead(unpacked(withHead(chunks)))) {
    const head = isFirst ? chunk.toString('latin1', 0, HEAD) : '';
    isFirst = false;
    for (const [form, start, command] of NOT_READ)
      if (start.test(head))
        throw new UnreadableRest(
          `the file is in ${form}: make it UTF-8 first, for example with "${command}"`,
        );
    yield head.startsWith('\xef\xbb\xbf') ? chunk.subarray(3) : chunk;
  }
}

async function* unpacked(chunks: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  // Not read as a stream, which would lose what it has unpacked just before it fails.
  const ready: Buffer[] = [];
  const gunzip = createGunzip().on('data', (chunk: Buffer) => ready.push(chunk));
  const over = new Promise<unknown>((resolve) => gunzip.on('error', resolve).on('end', resolve));
  const isOver = () => gunzip.readableEnded || gunzip.destroyed;
  let isPacked: boolean | undefined;
  let bytes = 0;
  for await (const chunk of chunks) {
    isPacked ??= chunk[0] === 0x1f && chunk[1] === 0x8b;
    if (!isPacked) yield chunk;
    for (let at = 0; isPacked && !isOver() && at < chunk.length; at += STEP) {
      const step = chunk.subarray(at, at + STEP);
      bytes += step.length;
      await Promise.race([over, new Promise((resolve) => gunzip.write(step, resolve))]);
      yield* ready.splice(0);
    }
    if (isOver()) break;
  }
  if (!isPacked) return;
  gunzip.end();
  const error = await over;
  yield* ready.splice(0);
  if (error instanceof Error)
    throw new UnreadableRest(`what gzip has packed is cut off or damaged here: ${error.message}`, {
      cause: error,
    });
  if (bytes > gunzip.bytesWritten) throw new UnreadableRest('something else is behind what gzip has packed');
}

/** The same bytes, the first of them in one piece. */
async function* withHead(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Buffer> {
  let head: Buffer | undefined = Buffer.alloc(0);
  for await (const chunk of chunks) {
    if (head !== undefined) head = Buffer.concat([head, chunk]);
    if (head !== undefined && head.length < HEAD) continue;
    yield head ?? Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength);
    head = undefined;
  }
  if (head !== undefined) yield head;
}
