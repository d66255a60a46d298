/**
 * How bad it is: an `error` where what is derived is wrong, stops, or is lost; a `warning` where all goes well, and would not once
 * something else goes wrong.
 */
export type Severity = 'error' | 'warning';

/** Something that is not as it should be. */
export interface Problem {
  readonly severity: Severity;
  /** One sentence, without a full stop. */
  readonly what: string;
  /** Of which resource. */
  readonly where: string;
  /** What to do. */
  readonly cure: string;
}

/** What a check found. */
export interface Finding extends Problem {
  /** The check's name. */
  readonly check: string;
}

/** A check, or a part of one, of which nothing could be told. */
export interface Untold {
  readonly check: string;
  /** Why, in one line. */
  readonly why: string;
}

/** What a check says: nothing where all is well. */
export type Verdict = Problem | { readonly untold: string };

export function error(where: string, what: string, cure: string): Problem {
  return { severity: 'error', what, where, cure };
}

export function warning(where: string, what: string, cure: string): Problem {
  return { severity: 'warning', what, where, cure };
}

export function untold(why: string): Verdict {
  return { untold: why };
}
