const LONGEST = 60;

/** As many bytes as an excerpt can need, to tell too whether more follows: a character takes four at most. */
export const EXCERPT_BYTES = 4 * (LONGEST + 1);

// Control characters, and those that change how the text around them is shown.
const UNPRINTABLE = /[\u0000-\u001f\u007f-\u009f\u00ad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]/g;

const SHORT = new Map([
  ['\n', '\\n'],
  ['\r', '\\r'],
  ['\t', '\\t'],
]);

/** The text with what cannot be seen in it written as escapes, so that it can stand in a message on a terminal. */
export function printable(text: string): string {
  return text.replace(
    UNPRINTABLE,
    (c) => SHORT.get(c) ?? `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

/** The start of a text, or of UTF-8 bytes, in quotes and fit for a message: 60 characters, then `…`. */
export function excerpt(source: string | Uint8Array): string {
  const text = typeof source === 'string' ? source : decode(source.subarray(0, EXCERPT_BYTES));
  const characters = Array.from(text.trim().slice(0, 2 * LONGEST + 2));
  const cut = characters.length > LONGEST;
  return `"${printable(characters.slice(0, LONGEST).join(''))}${cut ? '…' : ''}"`;
}

/** How UTF-8 bytes end, to be added to a message: their last 60 characters; nothing when all is blank. */
export function ending(source: Uint8Array): string {
  const characters = Array.from(decode(source.subarray(-EXCERPT_BYTES)).trim());
  if (characters.length === 0) return '';
  const cut = characters.length > LONGEST;
  return `; it ends "${cut ? '…' : ''}${printable(characters.slice(-LONGEST).join(''))}"`;
}

function decode(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString();
}
