import { TOMBSTONE_SECONDS } from '../../domain/tombstones.ts';
import { SECOND } from '../world/settings.ts';

/** How long things are remembered, in milliseconds. */
export interface Lifetimes {
  readonly removed: number;
  readonly live: number;
}

/** As on AWS, where time-to-live takes tombstones away. An indexer is to keep its own as long. */
export const LIFETIMES: Lifetimes = { removed: TOMBSTONE_SECONDS * SECOND, live: Infinity };
