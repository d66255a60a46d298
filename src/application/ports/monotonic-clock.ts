/** Measures how long something takes. */
export abstract class MonotonicClock {
  /** Milliseconds since some moment. Never goes back, whatever the time is set to. */
  abstract elapsed(): number;
}
