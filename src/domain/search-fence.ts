import type { DocumentKey } from './search-document.ts';
import { sameState, type Version } from './version.ts';

/** Up to which change a document of the search index is known to be. */
export interface SearchFence {
  readonly version: Version;
  /** Whether the document is gone: the fence is kept for a while, so that a late action does not bring it back. */
  readonly removed: boolean;
  /**
   * How often the document was written for this version again. Part of what tells one state of the fence from another: who
   * writes a document once more leaves the version as it is.
   */
  readonly revision: number;
}

/** A fence to be moved, after its document was written. */
export interface SearchFenceMove {
  readonly key: DocumentKey;
  /** The fence as it was read before the document was written; undefined where there was none. */
  readonly from: SearchFence | undefined;
  readonly to: SearchFence;
}

/** Whether two fences, read at different times, are one and the same: then nobody has moved it in between. */
export function sameFence(a: SearchFence | undefined, b: SearchFence | undefined): boolean {
  return sameState(a, b) && a?.revision === b?.revision;
}
