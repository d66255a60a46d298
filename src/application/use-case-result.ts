import type { Change } from '../domain/change.ts';
import type { Fault } from '../domain/fault.ts';

/** What a use case did with a batch's commands. */
export interface UseCaseResult<Tally extends string> {
  /** The changes whose effect did not take place, each with the reason. Every other change's effect did. */
  readonly failed: ReadonlyMap<Change, Fault>;
  /** How often each thing was done. */
  readonly tally: Readonly<Record<Tally, number>>;
}
