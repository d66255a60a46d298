import { type Invariant, INVARIANTS } from './invariants.ts';

/** Something that must always hold did not. */
export class Violation extends Error {
  override readonly name = 'Violation';
  readonly invariant: Invariant;

  constructor(invariant: Invariant, particulars: string, options?: ErrorOptions) {
    super(`${invariant}: ${particulars}\n(${INVARIANTS[invariant].meaning})`, options);
    this.invariant = invariant;
  }
}
