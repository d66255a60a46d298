import { type Invariant, INVARIANTS } from './invariants.ts';

/** Says that an invariant does not hold, and of what. */
export type Report = (invariant: Invariant, particulars: string, cause?: unknown) => void;

/** Something that must always hold did not. */
export class Violation extends Error {
  override readonly name = 'Violation';
  readonly invariant: Invariant;

  constructor(invariant: Invariant, particulars: string, options?: ErrorOptions) {
    super(`${invariant}: ${particulars}\n(${INVARIANTS[invariant].meaning})`, options);
    this.invariant = invariant;
  }
}
