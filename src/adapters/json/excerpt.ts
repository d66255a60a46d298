const LONGEST = 60;
/** As many bytes as an excerpt can need, to tell too whether there is more: a character takes four at most. */
const BYTES = 4 * (LONGEST + 1);

// Control characters, and those that change how the text around them is shown.
const UNPRINTABLE = /[\u0000-\u001f\u007f-\u009f\u00ad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]/g;

/** The text with what cannot be seen in it written as escapes, so that it can stand in a message on a terminal. */
export function printable(text: string): string {
  return text.replace(UNPRINTABLE, (c) =>
    c < ' ' ? JSON.stringify(c).slice(1, -1) : `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

/** The start of a text in quotes, fit for a message: 60 characters, then `…`. Bytes are UTF-8. */
export function excerpt(source: string | Buffer): string {
  const characters = Array.from(source.slice(0, BYTES).toString().trim());
  return `"${printable(characters.slice(0, LONGEST).join(''))}${characters.length > LONGEST ? '…' : ''}"`;
}

/** The end of a text in UTF-8, likewise. */
export function ending(source: Buffer): string {
  const characters = Array.from(source.subarray(-BYTES).toString().trim());
  return `"${characters.length > LONGEST ? '…' : ''}${printable(characters.slice(-LONGEST).join(''))}"`;
}
