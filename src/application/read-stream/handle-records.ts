import type { Done } from '../result.ts';
import type { TimeLimit } from '../time-limit.ts';

/**
 * Handles records as they came, those of one item in their order: all at once, as a batch of Lambda is. What is `done` never
 * comes again, unless the process is lost before that is noted; what is a Fault comes again, and the later records of its item
 * with it, which therefore are to fail too. What it throws counts for all of the records.
 */
export type HandleRecords = (records: readonly unknown[], limit: TimeLimit) => Promise<readonly Done[]>;
