import type { ItemKey } from '../row.ts';
import type { Value } from '../value.ts';

/**
 * How something derived is not as the table's rows say:
 * - `missing`: it must be there, and is not;
 * - `extra`: it is there, and must not be;
 * - `stale`: it is there for its row, and says something else than the row now gives;
 * - `wrong`: a count that is not the sum, a pointer to a row that it must not point to, a derived row that is another's.
 */
export type DriftKind = 'missing' | 'extra' | 'stale' | 'wrong';

export const DRIFT_KINDS: readonly DriftKind[] = ['missing', 'extra', 'stale', 'wrong'];

/** What something says, or must say; undefined where it is not there, or must not be. */
export type FindingSide = Readonly<Record<string, Value>> | undefined;

/** One derived item that is not as the table's rows say. */
export interface Finding {
  readonly drift: DriftKind;
  /** The derivation's name. */
  readonly derivation: string;
  /** What is meant, in words: the kind of thing, and where it is. */
  readonly item: string;
  /** The row that it is derived from, where it is derived from one and that is known. */
  readonly row: ItemKey | undefined;
  readonly must: FindingSide;
  readonly is: FindingSide;
}
