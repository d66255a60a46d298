/** Transactions that a batch's items are divided among before any has more than it must. */
const FEW = 4;

/**
 * How many items to put into each transaction: the more one has, the longer it takes, so that a few smaller ones at once are
 * through sooner. Many items fill transactions, as each of these is a request.
 *
 * @param least how many are worth one in any case.
 */
export function transactionSize(items: number, least: number, most: number): number {
  return Math.min(most, Math.max(least, Math.ceil(items / FEW)));
}
