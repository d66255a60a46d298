/** The time. */
export abstract class Clock {
  /** Milliseconds since 1970. May go backwards. */
  abstract now(): number;
}
