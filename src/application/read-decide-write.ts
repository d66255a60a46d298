import { Fault } from '../domain/fault.ts';
import type { Result } from './result.ts';
import type { Attempt } from './retry.ts';

/** How an effect counts once it is done, and what must be written for it; undefined when it is done as things are. */
export interface Decision<Tally, Write> {
  readonly tally: Tally;
  readonly write: Write | undefined;
}

/** Effects that rest on what is stored. One result for each group or write, in the order given. */
export interface Steps<Group, State, Write, Tally> {
  readonly load: (groups: readonly Group[], signal: AbortSignal) => Promise<readonly (State | Fault)[]>;
  /** `conflict` when the state is such that it must be read again, undefined when there is none to decide on. */
  readonly decide: (
    group: Group,
    state: State | undefined,
  ) => Decision<Tally, Write> | 'conflict' | undefined;
  /** On condition that the state is as it was read. */
  readonly write: (writes: readonly Write[], signal: AbortSignal) => Promise<readonly Result[]>;
}

/** An attempt that reads all states at once, decides on each, and writes all at once. It counts what is done in `tally`. */
export function readDecideWrite<Group, State, Write, Tally extends string>(
  { load, decide, write }: Steps<Group, State, Write, Tally>,
  tally: Record<Tally, number>,
): Attempt<Group> {
  return async (groups, signal) => {
    const states = await load(groups, signal);
    const decisions = groups.map((group, index) => {
      const state = states[index];
      return Fault.is(state) ? state : decide(group, state);
    });
    const writes = decisions.flatMap((decision) =>
      decision === undefined || decision === 'conflict' || Fault.is(decision) ? [] : (decision.write ?? []),
    );
    signal.throwIfAborted();
    const written = (writes.length === 0 ? [] : await write(writes, signal)).values();
    return decisions.map((decision) => {
      if (decision === undefined || decision === 'conflict' || Fault.is(decision)) return decision;
      const result = decision.write === undefined ? 'done' : written.next().value;
      if (result === 'done') tally[decision.tally]++;
      return result;
    });
  };
}
