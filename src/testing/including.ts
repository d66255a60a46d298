/** What must be among what is there; there may be more. */
export class Including<T = unknown> {
  readonly part: T;

  constructor(part: T) {
    this.part = part;
  }
}

/**
 * Says of a part of what is expected that there may be more: of a document or a row only these attributes are compared, of a
 * list or a collection only these entries.
 */
export function including<const T>(part: T): Including<T> {
  return new Including(part);
}

/** What is expected, and whether there may be more. */
export function unwrapped(expected: unknown): { readonly whole: boolean; readonly value: unknown } {
  return expected instanceof Including
    ? { whole: false, value: expected.part }
    : { whole: true, value: expected };
}
