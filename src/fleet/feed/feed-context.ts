import type { Plans } from './plans.ts';
import type { Expiries } from './expiries.ts';
import type { Random } from '../../random/random.ts';
import type { Table } from './table.ts';

/** What all that happens to the table shares. */
export interface FeedContext {
  readonly table: Table;
  readonly random: Random;
  readonly plans: Plans;
  readonly expiries: Expiries;
  /** Most aircraft at a time. */
  readonly fleet: number;
}
