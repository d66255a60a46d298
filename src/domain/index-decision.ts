import type { SearchFence } from './search-fence.ts';
import { compareVersions, passesFence, type Version } from './version.ts';

/** What is known of a document when it is decided what becomes of it. */
export interface KnownDocument {
  /** As it was just read. */
  readonly fence: SearchFence | undefined;
  /** The version of its newest action. */
  readonly newest: Version;
  /** The versions that somebody may have written who had their action before, without having moved the fence. */
  readonly unconfirmed: readonly Version[];
  /** The versions that were written by oneself, and others moved the fence meanwhile. */
  readonly written: readonly Version[];
}

/**
 * - `write`: the newest action is newer than the document, and is carried out.
 * - `repair`: what is no newer may stand over what is: the row tells what the document must be.
 * - `none`: the document is as new as its newest action, or newer.
 */
export type IndexDecision = 'write' | 'repair' | 'none';

/**
 * Decides what becomes of a document. An index without conditional writes takes an older document after a newer one, where a
 * writer was held up. Whoever was late finds the fence moved; where that one died before it could, its action comes again, and
 * is no newer than the fence. What is written for the fence's own version is right whoever was the last to write it, unless
 * somebody has written a newer one meanwhile, and is about to move the fence from there: who repairs it moves it under them.
 */
export function decideIndexing({ fence, newest, unconfirmed, written }: KnownDocument): IndexDecision {
  if (fence === undefined || passesFence(fence.version, newest)) return 'write';
  // Also while it is repaired, and others move the fence: they move it on, never back.
  const mayStandOver = (version: Version) => compareVersions(version, fence.version) <= 0;
  return unconfirmed.some(mayStandOver) || written.some(mayStandOver) ? 'repair' : 'none';
}
