/** A source of random numbers. */
export abstract class Random {
  /** A number from 0 up to, but not including, 1, evenly distributed. Need not be unpredictable. */
  abstract next(): number;
}
