/** Chance. */
export abstract class Random {
  /** A number from 0 up to, but not including, 1; all alike. Need not be unpredictable. */
  abstract next(): number;
}
