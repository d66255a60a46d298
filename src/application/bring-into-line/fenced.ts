import type { DerivingCommand } from '../../domain/command.ts';
import type { DerivedKey } from '../../domain/derived-rows.ts';
import type { Fault } from '../../domain/fault.ts';
import { compareVersions, type Version } from '../../domain/version.ts';
import type { Result } from '../result.ts';

/** What may be there of a row though nothing is noted of it, as somebody has seen. */
export interface Unnoted {
  /** Derived rows that say they are derived from it. */
  readonly listed?: readonly { readonly derivation: string; readonly key: DerivedKey }[] | undefined;
  /** Whether its documents may be there that must not. */
  readonly isCleared?: boolean | undefined;
  /** The version of a change of the row that nobody has handled: actions for older ones may still be queued, and must not come last. */
  readonly since?: Version | undefined;
}

/** Whether a version is older than the change that nobody has handled, where there is one. */
export function isBefore(version: Version, since: Version | undefined): boolean {
  return since !== undefined && compareVersions(version, since) < 0;
}

/** One derivation of one row: what the row asks for, and what is noted as derived from it; undefined where nothing is. */
export interface Asked<C, State> {
  readonly command: C;
  readonly state: State | undefined;
  readonly unnoted: Unnoted;
}

/**
 * Something derived that a state or a fence protects, which says of which change it is. One result for each command or write, in the
 * order given.
 */
export interface Fenced<C extends DerivingCommand, State extends { readonly version: Version }, Write> {
  readonly does: C['does'];
  readonly load: (
    commands: readonly C[],
    signal: AbortSignal,
  ) => Promise<readonly (State | undefined | Fault)[]>;
  /** Whether there is nothing to do. Where nothing was ever derived, this is decided by the command alone. */
  readonly areInLine: (
    asked: readonly Asked<C, State>[],
    signal: AbortSignal,
  ) => Promise<readonly (boolean | Fault)[]>;
  readonly writeOf: (asked: Asked<C, State>, version: Version) => Write;
  /** On condition that the state is still as it was loaded. */
  readonly write: (writes: readonly Write[], signal: AbortSignal) => Promise<readonly (Result | undefined)[]>;
}

/** What a command is about: no two commands of a row are about the same. */
export function nameOf(command: DerivingCommand): string {
  return command.does === 'pointer' ? command.entity.model.name : command.model.name;
}

/** Whether what is noted is older than a change that nobody has handled: one that comes before that must not pass any more. */
export function isBehind({
  state,
  unnoted: { since },
}: Asked<unknown, { readonly version: Version }>): boolean {
  return state === undefined ? since !== undefined : isBefore(state.version, since);
}
