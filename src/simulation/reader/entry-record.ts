import type { Entry } from '../world/entry.ts';
import type { ModelledRecord } from './modelled-stream.ts';

/** A record of the world's stream. */
export interface EntryRecord extends ModelledRecord {
  readonly entry: Entry;
}
