/** Something that must always hold did not. `invariant` names it, whatever the particulars. */
export class Violation extends Error {
  override readonly name = 'Violation';
  readonly invariant: string;

  constructor(invariant: string, particulars: string, options?: ErrorOptions) {
    super(`${invariant}: ${particulars}`, options);
    this.invariant = invariant;
  }
}
