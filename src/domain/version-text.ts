import type { Version } from './version.ts';

/**
 * A text for each version of a change: such texts stand in the order of their versions, by their characters or bytes. Fills have none of their own.
 */
export function versionText({ generation, epoch, sequence }: Version): string {
  const digits = sequence.replace(/^0+/, '');
  // A label is a time, whose characters all come after the space that ends it; an unnamed stream's is empty.
  return `${String(generation).padStart(10, '0')} ${epoch} ${String(digits.length).padStart(4, '0')} ${digits}`;
}
