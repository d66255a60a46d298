import type { Stats } from 'node:fs';

/** Whether both are one file, by whatever names. */
export function isSameFile(a: Stats, b: Stats): boolean {
  return a.dev === b.dev && a.ino === b.ino;
}
