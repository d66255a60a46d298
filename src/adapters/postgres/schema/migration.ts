import type { Names } from './names.ts';

/** A step from one form of the schema to the next. What a released one does is never changed. */
export interface Migration {
  /** The form that it leads to: one more than that of the step before. */
  readonly version: number;
  /** Statements, in their order. */
  readonly statements: (names: Names) => readonly string[];
}
