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
 * @throws UnreadableRest when what is packed is cut off or damaged, or when the text is in UTF-16; and what `chunks` throws.
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
  if (isUtf16(head))
    throw new UnreadableRest(
      'the file is in UTF-16 and must be in UTF-8: convert it, for example with "iconv -f UTF-16 -t UTF-8"',
    );
  let left = head.indexOf(BYTE_ORDER_MARK) === 0 ? BYTE_ORDER_MARK.length : 0;
  for await (const chunk of whole) {
    yield chunk.subarray(left);
    left = Math.max(0, left - chunk.byteLength);
  }
}

/** By its byte order mark, or as JSON begins with characters of ASCII: every other byte of these is zero. */
function isUtf16(head: Uint8Array): boolean {
  const [first = 0, second = 0] = head;
  if ((first === 0xff && second === 0xfe) || (first === 0xfe && second === 0xff)) return true;
  const isEvery = (from: number, zero: boolean) =>
    head.every((byte, index) => index % 2 !== from || (byte === 0) === zero);
  return (
    head.length > 1 && ((isEvery(0, true) && isEvery(1, false)) || (isEvery(0, false) && isEvery(1, true)))
  );
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
