import { createHash } from 'node:crypto';

/**
 * JSON without characters that a message must not hold: U+FFFE and U+FFFF, which SQS refuses, and those beyond
 * the basic plane, which some servers that stand in for it do. Such characters occur inside strings only, where
 * an escape means the same.
 */
export function sendable(json: string): string {
  return json.replaceAll(
    /[\ud800-\udfff\ufffe\uffff]/g,
    (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

/** Of JSON, so that no two lists of texts are hashed alike. */
export function hash(...parts: readonly string[]): string {
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex');
}
