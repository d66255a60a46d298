import { createGunzip } from 'node:zlib';

/** Bytes by which packed files and other encodings are known. */
const HEAD = 8;

const BYTE_ORDER_MARK = Buffer.from('\ufeff');

/** Bytes that are unpacked at once: they may become a thousand times as many. */
const STEP = 1 << 14;

/** Why the rest of a file cannot be read. What was read before is good. */
export class UnreadableRest extends Error {}

/**
 * The bytes of a text in UTF-8 without its byte order mark: those of the file, unpacked where they are packed with gzip, in one piece or several.
 *
 * @throws UnreadableRest when what is packed is cut off or damaged, or when the text is in another encoding or packing; and what `chunks` throws.
 */
export async function* plainText(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  const source = chunks[Symbol.asyncIterator]();
  try {
    const { head, whole } = await withHead(source);
    if (head[0] === 0x1f && head[1] === 0x8b) {
      const unpacked = await withHead(unpack(whole));
      yield* inUtf8(unpacked.head, unpacked.whole);
    } else yield* inUtf8(head, whole);
  } finally {
    // What is not read to its end would otherwise stay open.
    await source.return?.();
  }
}

async function* unpack(packed: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  const gunzip = createGunzip();
  // Not by reading it as a stream, which would lose what it has unpacked just before it fails.
  const ready: Uint8Array[] = [];
  const state = { isOver: false };
  const over = new Promise<unknown>((resolve) => {
    gunzip.on('data', (chunk: Uint8Array) => ready.push(chunk)).on('error', resolve);
    gunzip.on('end', () => resolve(undefined));
  }).finally(() => (state.isOver = true));
  let bytes = 0;
  try {
    for await (const chunk of packed)
      for (let at = 0; at < chunk.byteLength; at += STEP) {
        const step = chunk.subarray(at, at + STEP);
        bytes += step.byteLength;
        if (state.isOver) continue;
        const taken = new Promise<unknown>((resolve) => gunzip.write(step, resolve));
        const error = await Promise.race([taken, over]);
        yield* ready.splice(0);
        if (error) throw damaged(error);
      }
    gunzip.end();
    const error = await over;
    yield* ready.splice(0);
    if (error) throw damaged(error);
  } finally {
    gunzip.destroy();
  }
  // Behind the last piece it passes over whatever is no further one.
  const left = bytes - gunzip.bytesWritten;
  if (left > 0)
    throw new UnreadableRest(`behind what is packed with gzip are ${left} bytes of something else`);
}

function damaged(error: unknown): UnreadableRest {
  const reason = error instanceof Error ? error.message : String(error);
  return new UnreadableRest(`what is packed with gzip is cut off or damaged here: ${reason}`, {
    cause: error,
  });
}

async function* inUtf8(head: Buffer, whole: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  const packing = PACKINGS.find(({ start }) => head.indexOf(start) === 0);
  if (packing !== undefined)
    throw new UnreadableRest(
      `the file is packed with ${packing.name}, which is not read: unpack it first, for example with "${packing.unpack}"`,
    );
  const encoding = encodingOf(head);
  if (encoding !== undefined)
    throw new UnreadableRest(
      `the file is in ${encoding} and must be in UTF-8: convert it, for example with "iconv -f ${encoding} -t UTF-8"`,
    );
  let left = head.indexOf(BYTE_ORDER_MARK) === 0 ? BYTE_ORDER_MARK.length : 0;
  for await (const chunk of whole) {
    yield chunk.subarray(left);
    left = Math.max(0, left - chunk.byteLength);
  }
}

/** What a file may be packed with by mistake; with gzip, only where that is inside of gzip. */
const PACKINGS = [
  { name: 'gzip a second time', unpack: 'gzip -dc', start: Buffer.of(0x1f, 0x8b) },
  { name: 'zstd', unpack: 'zstd -dc', start: Buffer.of(0x28, 0xb5, 0x2f, 0xfd) },
  { name: 'bzip2', unpack: 'bzip2 -dc', start: Buffer.from('BZh') },
  { name: 'xz', unpack: 'xz -dc', start: Buffer.of(0xfd, 0x37, 0x7a, 0x58, 0x5a, 0x00) },
  { name: 'lz4', unpack: 'lz4 -dc', start: Buffer.of(0x04, 0x22, 0x4d, 0x18) },
  { name: 'zip', unpack: 'unzip -p', start: Buffer.from('PK\u0003\u0004') },
];

/** By its byte order mark, or as JSON begins with characters of ASCII, whose other bytes are zero; undefined for UTF-8. */
function encodingOf(head: Buffer): 'UTF-16' | 'UTF-32' | undefined {
  const startsWith = (...bytes: number[]) => head.indexOf(Buffer.from(bytes)) === 0;
  const isWide = (bytes: number) =>
    head.length >= bytes &&
    [0, bytes - 1].some((significant) =>
      head.every((byte, index) => (byte !== 0) === (index % bytes === significant)),
    );
  if (startsWith(0xff, 0xfe, 0, 0) || startsWith(0, 0, 0xfe, 0xff) || isWide(4)) return 'UTF-32';
  return startsWith(0xff, 0xfe) || startsWith(0xfe, 0xff) || isWide(2) ? 'UTF-16' : undefined;
}

/** The first bytes, fewer only where there are no more, and all of them. */
async function withHead(rest: AsyncIterator<Uint8Array>) {
  const first: Uint8Array[] = [];
  let length = 0;
  while (length < HEAD) {
    const next = await rest.next();
    if (next.done) break;
    first.push(next.value);
    length += next.value.byteLength;
  }
  const whole = async function* () {
    yield* first;
    yield* { [Symbol.asyncIterator]: () => rest };
  };
  return { head: Buffer.concat(first).subarray(0, HEAD), whole: whole() };
}
