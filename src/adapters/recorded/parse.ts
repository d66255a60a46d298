import { excerpt, printable } from './excerpt.ts';

export type Parsed = { readonly value: unknown } | { readonly problem: string };

// ignoreBOM: a byte order mark in the middle of a file is no part of JSON and must not vanish.
const UTF8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** Parses the bytes of one JSON value, which are in two pieces; never throws. */
export function parseBytes(before: Uint8Array, bytes: Uint8Array): Parsed {
  const whole = before.length === 0 ? bytes : Buffer.concat([before, bytes]);
  try {
    return parseText(UTF8.decode(whole));
  } catch {
    return { problem: `not valid UTF-8: ${excerpt(whole)}` };
  }
}

/** Parses a text of one JSON value; never throws. A `__proto__` key becomes a property like any other. */
export function parseText(text: string): Parsed {
  try {
    return { value: JSON.parse(text) };
  } catch (error) {
    return { problem: `not valid JSON: ${explain(error, text)}` };
  }
}

/** What JSON.parse found, with the text around it: the engine gives that text for some errors, for others an offset. */
function explain(error: unknown, text: string): string {
  const message = error instanceof Error ? error.message : String(error);
  const offset = /^(.*?),? (?:in|after) JSON at position (\d+)/s.exec(message);
  if (offset === null) {
    if (!message.includes('"')) return `${message}: ${excerpt(text)}`;
    return printable(message.replace(/ is not valid JSON$/, ''));
  }
  const at = Number(offset[2]);
  return `${printable(offset[1] ?? '')} at ${excerpt(text.slice(Math.max(0, at - 20), at + 40))}`;
}
