import type { Change } from '../domain/change.ts';
import { Fault } from '../domain/fault.ts';

/** What a use case did with a batch's commands. */
export interface UseCaseResult<Tally extends string> {
  /** The changes whose effect did not take place, each with the reason. Every other change's effect did. */
  readonly failed: FailedCommands;
  /** How often what was done. */
  readonly tally: Readonly<Record<Tally, number>>;
}

/** Changes by the fault that kept their effect from taking place. */
export class FailedCommands {
  readonly #faults = new Map<Change, Fault>();

  /** Every command here depended on the one effect that failed. An adapter that gave no result has failed too. */
  add(commands: readonly { readonly change: Change }[], fault: Fault | undefined): void {
    for (const { change } of commands)
      this.#faults.set(change, fault ?? new Fault('transient', 'the adapter gave no result for this effect'));
  }

  get(change: Change): Fault | undefined {
    return this.#faults.get(change);
  }

  get size(): number {
    return this.#faults.size;
  }
}
