import { excerpt, printable } from './excerpt.ts';

export type Parsed = { readonly value: unknown } | { readonly problem: string };

// ignoreBOM: a byte order mark in the middle of a file is no part of JSON and must not vanish.
const UTF8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** Parses one JSON value; never throws. A `__proto__` key becomes a property like any other. */
export function parse(source: string | Buffer): Parsed {
  let text: string;
  try {
    text = typeof source === 'string' ? source : UTF8.decode(source);
  } catch {
    return { problem: `not valid UTF-8: ${excerpt(source)}` };
  }
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
