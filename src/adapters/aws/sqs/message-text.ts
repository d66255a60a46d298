import { hash as digest } from 'node:crypto';

/**
 * JSON without characters that a message must not hold: U+FFFE and U+FFFF, which SQS refuses, and those beyond
 * the basic plane, which some servers that stand in for it do. Such characters occur inside strings only, where
 * an escape means the same.
 */
export function sendable(json: string): string {
  // Most texts hold none, and looking is cheaper than replacing.
  if (json.search(UNSENDABLE) < 0) return json;
  return json.replaceAll(UNSENDABLE, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

const UNSENDABLE = /[\ud800-\udfff\ufffe\uffff]/g;

/** Of JSON, so that no two lists of texts are hashed alike. */
export function hash(...parts: readonly string[]): string {
  return digest('sha256', JSON.stringify(parts));
}
