/** How sure a bound is that a sample proves. */
export const CONFIDENCE = 0.95;

/**
 * The largest share of all rows that may differ, as far as a random sample proves: were it more, a sample like this one would come up
 * in less than one of twenty cases. (The upper bound of Clopper and Pearson, one-sided.)
 *
 * @param size rows in the sample.
 * @param differing those of them that differ.
 * @returns from 0 to 1; 1 where nothing is proved.
 */
export function sampleBound(size: number, differing: number): number {
  if (size <= differing) return 1;
  let [low, high] = [differing / size, 1];
  for (let step = 0; step < 60; step++) {
    const share = (low + high) / 2;
    if (chanceOfAtMost(differing, size, share) < 1 - CONFIDENCE) high = share;
    else low = share;
  }
  return high;
}

/** How likely at most so many of a sample differ, where that share of all does. */
function chanceOfAtMost(differing: number, size: number, share: number): number {
  // By logarithms: each term alone is too small for a number.
  let logTerm = size * Math.log1p(-share);
  let chance = Math.exp(logTerm);
  for (let one = 1; one <= differing; one++) {
    logTerm += Math.log((size - one + 1) / one) + Math.log(share) - Math.log1p(-share);
    chance += Math.exp(logTerm);
  }
  return chance;
}
