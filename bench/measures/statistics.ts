/** A figure measured several times. */
export interface Spread {
  readonly median: number;
  readonly low: number;
  readonly high: number;
  readonly runs: number;
}

/** The median, and the lowest and the highest. */
export function spreadOf(values: readonly number[]): Spread {
  const sorted = values.toSorted((a, b) => a - b);
  const [low, high] = [sorted[0], sorted.at(-1)];
  if (low === undefined || high === undefined) throw new RangeError('nothing was measured');
  const middle = Math.floor(sorted.length / 2);
  const upper = sorted[middle] ?? high;
  const median = sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? low) + upper) / 2;
  return { median, low, high, runs: sorted.length };
}

/** The quotients of two series that were measured in pairs, one after the other. */
export function ratios(above: readonly number[], below: readonly number[]): Spread {
  if (above.length !== below.length) throw new RangeError('the series have no pairs');
  return spreadOf(above.map((value, index) => value / (below[index] ?? NaN)));
}

/** A figure that does not depend on chance. */
export function exactly(value: number): Spread {
  return { median: value, low: value, high: value, runs: 1 };
}

/** Of a ratio, the ratio the other way about. */
export function inverted(spread: Spread | undefined): Spread | undefined {
  return spread && { ...spread, median: 1 / spread.median, low: 1 / spread.high, high: 1 / spread.low };
}
