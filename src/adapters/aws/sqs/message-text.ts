import { hash as digest } from 'node:crypto';

/** Of JSON, so that no two lists of texts are hashed alike. */
export function hash(...parts: readonly string[]): string {
  return digest('sha256', JSON.stringify(parts));
}
