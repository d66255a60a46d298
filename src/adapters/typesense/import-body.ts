import { packBatches } from '../../application/pack-batches.ts';

/**
 * Bytes of a request that the server takes at once. In a larger one a character can be lost where two windows meet, and a bad
 * line there swallows the next: https://github.com/typesense/typesense/blob/4a092b0/include/http_data.h#L450-L475
 */
export const MAX_BODY_BYTES = 196_604;

/**
 * Lines, packed into requests of at most so many bytes, in their order. A line that is larger goes alone; above the server's window in
 * ASCII: a character of one byte cannot lie across two windows.
 *
 * @param most below the window.
 */
export function packLines<T extends { readonly line: string }>(
  lines: readonly T[],
  most = MAX_BODY_BYTES,
): readonly (readonly T[])[] {
  const bytesOf = (line: string) => Buffer.byteLength(line) + 1;
  const { batches, oversized } = packBatches(lines, ({ line }) => bytesOf(line), {
    count: Infinity,
    weight: most,
  });
  return [
    ...batches,
    ...oversized.map((item) => [
      bytesOf(item.line) > MAX_BODY_BYTES ? { ...item, line: inAscii(item.line) } : item,
    ]),
  ];
}

/** The body of a request: a line each. Written into it one after the other, they are not copied twice before they are bytes. */
export function bodyOf(lines: readonly { readonly line: string }[]): Uint8Array {
  let bytes = 0;
  for (const { line } of lines) bytes += Buffer.byteLength(line) + 1;
  const body = Buffer.allocUnsafe(bytes);
  let end = 0;
  for (const { line } of lines) {
    end += body.write(line, end);
    body[end++] = NEW_LINE;
  }
  return body.subarray(0, -1);
}

const NEW_LINE = 0x0a;

/** JSON that says the same: characters other than ASCII occur inside strings only. */
function inAscii(json: string): string {
  return json.replaceAll(/[^\0-\x7f]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`);
}
