import { BoundedMap } from './bounded-map.ts';
import type { Delivery } from './delivery.ts';

/** How many records are remembered by default: as many as a Lambda batch can have, some 2 MB. */
const MOST = 10_000;

/**
 * Records that this worker has put in quarantine, of batches that are to be delivered again: it need not put them
 * there again.
 *
 * A record is recognised by all that it holds, and only beside the record for which its batch is delivered again: one
 * that is read again by itself, as out of the quarantine, is kept again. What is forgotten for lack of room, or was kept
 * by another worker, is kept twice.
 */
export class QuarantinedRecords {
  /** By the digest of a kept record: the digest of the failed record that has it delivered again. */
  readonly #causes: BoundedMap<string>;

  constructor(most = MOST) {
    this.#causes = new BoundedMap(most);
  }

  get isEmpty(): boolean {
    return this.#causes.isEmpty;
  }

  /**
   * Whether a record has been put in quarantine, at an earlier delivery of its batch.
   *
   * @param digest that of the record.
   * @param batch the digests of all records of its batch.
   */
  has(digest: string, batch: ReadonlySet<string | undefined>): boolean {
    const cause = this.#causes.get(digest);
    return cause !== undefined && batch.has(cause);
  }

  /** @param cause the first record of its batch that failed. */
  add({ digest }: Delivery, cause: Delivery): void {
    if (digest !== undefined && cause.digest !== undefined) this.#causes.set(digest, cause.digest);
  }

  delete({ digest }: Delivery): void {
    if (!this.isEmpty && digest !== undefined) this.#causes.delete(digest);
  }
}
