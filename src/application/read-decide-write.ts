import { Fault } from '../domain/fault.ts';
import type { Result } from './result.ts';
import type { Attempt } from './retry.ts';

/** How an effect counts once it is done, and what must be written for it; undefined when it is done as things are. */
export interface Decision<Tally, Write> {
  readonly tally: Tally;
  readonly write: Write | undefined;
}

/** What a state is taken to be. */
export interface Assumption<State> {
  readonly state: State;
}

/** Effects that rest on what is stored. One result for each group or write, in the order given. */
export interface Steps<Group, State, Write, Tally> {
  /**
   * What a group's state most likely is; undefined where it must be read. A write that rests on it is made on condition that
   * it holds.
   */
  readonly assume?: (group: Group) => Assumption<State> | undefined;
  readonly load: (groups: readonly Group[], signal: AbortSignal) => Promise<readonly (State | Fault)[]>;
  /** `conflict` when the state is such that it must be read again, undefined when there is none to decide on. */
  readonly decide: (
    group: Group,
    state: State | undefined,
  ) => Decision<Tally, Write> | 'conflict' | undefined;
  /** On condition that the state is as it was read or assumed. */
  readonly write: (writes: readonly Write[], signal: AbortSignal) => Promise<readonly Result[]>;
}

/**
 * An attempt that reads all states at once, decides on each, and writes all at once. It counts what is done in `tally`.
 *
 * The first time, states that may be assumed are not read. Only what is done by such a write counts: what others were in the
 * way of, and what was refused, may be so because the assumption is wrong, and is decided again on the state. Where a write was
 * only too busy, the next attempt takes the state to be what it was.
 */
export function readDecideWrite<Group, State, Write, Tally extends string>(
  { assume, load, decide, write }: Steps<Group, State, Write, Tally>,
  tally: Record<Tally, number>,
): Attempt<Group> {
  /** A failure to read is one of those whose states were to be read. */
  const read = async (groups: readonly Group[], signal: AbortSignal): Promise<readonly (State | Fault)[]> => {
    if (groups.length === 0) return [];
    try {
      return await load(groups, signal);
    } catch (error) {
      signal.throwIfAborted();
      return groups.map(() => Fault.from(error));
    }
  };

  /** Reads what is not assumed, and gives what became of each with the state that it rests on. */
  const attempt = async (
    groups: readonly Group[],
    assumptions: readonly (Assumption<State> | undefined)[],
    signal: AbortSignal,
  ): Promise<readonly Attempted<State>[]> => {
    const loaded = (
      await read(
        groups.filter((_, index) => assumptions[index] === undefined),
        signal,
      )
    ).values();
    const decisions = groups.map((group, index) => {
      const assumption = assumptions[index];
      const state = assumption === undefined ? loaded.next().value : assumption.state;
      return Fault.is(state) ? { decision: state } : { state, decision: decide(group, state) };
    });
    const writes = decisions.flatMap(({ decision }) => (isDecision(decision) ? (decision.write ?? []) : []));
    signal.throwIfAborted();
    const written = (writes.length === 0 ? [] : await write(writes, signal)).values();
    return decisions.map(({ state, decision }) => {
      if (!isDecision(decision)) return { state, result: decision };
      const result = decision.write === undefined ? 'done' : written.next().value;
      if (result === 'done') tally[decision.tally]++;
      return { state, result };
    });
  };

  let isFirst = true;
  /** Of groups whose write was too busy. */
  const unchanged = new Map<Group, Assumption<State>>();
  return async (groups, signal) => {
    const assumptions = groups.map(
      (group) => unchanged.get(group) ?? (isFirst ? assume?.(group) : undefined),
    );
    isFirst = false;
    const attempted = [...(await attempt(groups, assumptions, signal))];
    const doubtful = [...groups.keys()].filter(
      (index) => assumptions[index] !== undefined && !isFinal(attempted[index]?.result),
    );
    if (doubtful.length > 0) {
      signal.throwIfAborted();
      const again = await attempt(
        doubtful.map((index) => groups[index] as Group),
        [],
        signal,
      );
      for (const [position, index] of doubtful.entries()) attempted[index] = again[position] ?? {};
    }
    unchanged.clear();
    for (const [index, { state, result }] of attempted.entries())
      if (result === 'busy') unchanged.set(groups[index] as Group, { state: state as State });
    return attempted.map(({ result }) => result);
  };
}

interface Attempted<State> {
  readonly state?: State | undefined;
  readonly result?: Result | undefined;
}

function isDecision<Tally, Write>(
  decision: Decision<Tally, Write> | 'conflict' | Fault | undefined,
): decision is Decision<Tally, Write> {
  return decision !== undefined && decision !== 'conflict' && !Fault.is(decision);
}

/** A transient fault, or too much at once, has nothing to do with what was assumed. */
function isFinal(result: Result | undefined): boolean {
  if (Fault.is(result)) return result.kind === 'transient';
  return result === undefined || result === 'done' || result === 'busy';
}
