import { hash as digest } from 'node:crypto';

/**
 * JSON as SQS takes it, which refuses U+FFFE, U+FFFF, controls and lone surrogates, and no other character. The last two
 * `JSON.stringify` has escaped already; the first occur inside strings only, where an escape means the same.
 */
export function sendable(json: string): string {
  return json.replaceAll(UNSENDABLE, (unit) => `\\u${unit.charCodeAt(0).toString(16)}`);
}

const UNSENDABLE = /[\ufffe\uffff]/g;

/** Of JSON, so that no two lists of texts are hashed alike. */
export function hash(...parts: readonly string[]): string {
  return digest('sha256', JSON.stringify(parts));
}
