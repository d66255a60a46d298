import { hash } from 'node:crypto';

/**
 * What stands for texts that tell rows apart, in `bytea`'s own notation: their SHA-256. No two different lists share one. An index takes no
 * more than 2,704 bytes, and a key may have 3,072.
 */
export function hashedKey(...texts: readonly (string | undefined)[]): string {
  // JSON escapes what UTF-8 could not tell apart.
  return `\\x${hash('sha256', JSON.stringify(texts), 'hex')}`;
}
