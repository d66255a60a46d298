import type { DriftKind } from '../../domain/drift/finding.ts';
import type { DerivedListing } from '../ports/derived-listing.ts';
import type { MonotonicClock } from '../ports/monotonic-clock.ts';
import type { Random } from '../ports/random.ts';
import type { SearchBacklog } from '../ports/search-backlog.ts';
import type { Sleeper } from '../ports/sleeper.ts';
import type { TableScan } from '../ports/table-scan.ts';
import type { Retrier } from '../retry.ts';
import type { LookParts } from './look-parts.ts';
import type { MendParts } from './repair/mend-parts.ts';

/** What it takes to compare all that is derived with the table's rows. */
export interface VerifyParts extends Omit<LookParts, 'isAsked'>, MendParts {
  readonly scan: TableScan;
  readonly listing: DerivedListing;
  /** Undefined where nothing stands between a change and its document. */
  readonly backlog: SearchBacklog | undefined;
  readonly clock: MonotonicClock;
  readonly sleeper: Sleeper;
  readonly random: Random;
  readonly retrier: Retrier;
}

export interface VerifyOptions {
  /** Which derivations; all unless given. */
  readonly only?: readonly string[];
  /** So many rows are looked at, drawn at random; all, and what no row gives, unless given. */
  readonly sample?: number;
  /** Which findings are mended, and looked at again; none unless given. What must not be there is deleted only where `extra` is among them. */
  readonly repair?: readonly DriftKind[];
  /** Whether what is mended is told with what both sides said. */
  readonly keepsSides?: boolean;
  /** How far apart two looks must be that find drift, in milliseconds: longer than any change takes from the table to what is derived. */
  readonly settleMs: number;
  /** Parts of the table that are read at the same time. */
  readonly segments: number;
  /** Rows a page. */
  readonly pageRows: number;
  /** How often what differs is looked at again, until it is left undecided. */
  readonly looks: number;
  /** So many suspects are kept until they are looked at again. */
  readonly mostSuspects: number;
  /** So many tuples are counted in one pass over the rows. */
  readonly mostTuples: number;
  /** Of so many things it is noted that they were looked at. What is beyond that is looked at twice. */
  readonly mostSeen: number;
}

export const VERIFY_DEFAULTS = {
  settleMs: 60_000,
  segments: 4,
  pageRows: 500,
  looks: 6,
  mostSuspects: 20_000,
  mostTuples: 200_000,
  mostSeen: 4_000_000,
} as const satisfies VerifyOptions;
