/** What a table is to the worker. */
export type Following =
  /** Its stream is followed, or was: `newest` when no other table was adopted after it. */
  | { readonly kind: 'followed'; readonly generation: number; readonly newest: boolean }
  /** Another table is followed, and this one never was. */
  | { readonly kind: 'refused'; readonly followed: string };

/** What an adoption came to. */
export interface Adoption {
  /** The table's generation from now on. */
  readonly generation: number;
  /** The table that was followed until now; undefined when none was known. */
  readonly previous: string | undefined;
  /** False when the table was of this generation already, as when an adoption is repeated. */
  readonly changed: boolean;
}

/** How a table is adopted. */
export interface AdoptionOptions {
  /**
   * The generation that the table is to have, for a store that knows less than was derived: one above all that it knows.
   * With it, the newest table too becomes newer than it was. Without it, the next one.
   */
  readonly generation?: number | undefined;
  /** Aborted when nothing more may be begun. */
  readonly signal?: AbortSignal | undefined;
}

/**
 * The tables whose streams are followed, one after the other: each one's generation, from 0 on. A table is known by its
 * ARN, so that one table is another in each region.
 */
export abstract class TableGenerations {
  /**
   * A table's generation, read consistently. Where no table is known yet, this one is followed from now on, as
   * generation 0: of several callers that ask at once, one table wins, for all of them.
   *
   * @param tableArn empty for the table of streams that have no name. An implementation that outlives the process
   *   refuses those: their changes could not be told from another table's.
   * @throws Fault when the generations cannot be read or written. Rejects once `signal` is aborted.
   */
  abstract generationOf(tableArn: string, signal?: AbortSignal): Promise<Following>;

  /**
   * Makes a table the newest generation. Does nothing where it is that already, unless another `generation` is asked
   * for; a table that was followed before becomes the newest once more. Where no table is known yet it becomes
   * generation 1, because what was derived before tables were noted counts as 0.
   *
   * Safe to repeat, and atomic: no two tables ever get the same generation.
   *
   * @throws Fault when the generations cannot be read or written: the table may or may not have been adopted.
   *   `configuration`, and nothing is changed, when `generation` is not an integer above all that are known.
   */
  abstract adopt(tableArn: string, options?: AdoptionOptions): Promise<Adoption>;
}
