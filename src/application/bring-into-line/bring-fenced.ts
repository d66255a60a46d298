import { commandsForRow, type DerivingCommand } from '../../domain/command.ts';
import { Fault } from '../../domain/fault.ts';
import type { ItemKey, Row } from '../../domain/row.ts';
import { itemKey } from '../../domain/row.ts';
import { rowAsIs } from '../../domain/row-as-is.ts';
import type { Attributes } from '../../domain/value.ts';
import { fillVersion, type Version } from '../../domain/version.ts';
import type { Clock } from '../ports/clock.ts';
import type { SourceRows } from '../ports/source-rows.ts';
import type { Result } from '../result.ts';
import type { Attempt } from '../retry.ts';
import { type Asked, type Fenced, isBefore, nameOf, type Unnoted } from './fenced.ts';

/** A row as it was read. */
export interface ReadRow extends Unnoted {
  readonly key: ItemKey;
  readonly row: Row;
  /** Undefined where there was none. */
  readonly attributes: Attributes | undefined;
  /** When the reading began, in milliseconds since 1970. */
  readonly at: number;
}

/** One derivation of one row, with what the row asked for as it was read. */
export interface Work<C extends DerivingCommand> {
  readonly read: ReadRow;
  readonly command: C;
}

export interface Reading {
  readonly rows: SourceRows;
  readonly clock: Clock;
}

/** What became of one that is done. */
export type Brought = 'written' | 'unchanged';

/**
 * An attempt that brings derivations into line with their rows, however long ago those were read.
 *
 * The rows were read before the states are loaded. Where there is no state, nothing has been handled of the row since, not even its
 * removal, which leaves one: what was read is written, on condition that there still is none. Where what is derived is as the row asks
 * for, nothing is to be done: what has changed since is in the stream. Otherwise the row may be older than what is derived, so it is read
 * again, now that the state is loaded, and written on condition that nobody has moved that in between.
 *
 * @param done is told of what is done.
 */
export function bringFenced<C extends DerivingCommand, State extends { readonly version: Version }, Write>(
  fenced: Fenced<C, State, Write>,
  reading: Reading,
  done: (work: Work<C>, as: Brought) => void,
): Attempt<Work<C>> {
  interface Decided extends Asked<C, State> {
    readonly work: Work<C>;
    readonly at: number;
  }

  return async (works, signal) => {
    const results = new Map<Work<C>, Result>();
    const finish = (work: Work<C>, as: Brought) => {
      results.set(work, 'done');
      done(work, as);
    };
    /** Those that are not in line. */
    const unlike = async (asked: readonly Decided[]) => {
      const answers = asked.length === 0 ? [] : await fenced.areInLine(asked, signal);
      return asked.filter(({ work }, index) => {
        const answer = answers[index] ?? NO_ANSWER;
        if (Fault.is(answer)) results.set(work, answer);
        else if (answer) finish(work, 'unchanged');
        return answer === false;
      });
    };

    const states = await fenced.load(
      works.map(({ command }) => command),
      signal,
    );
    const loaded: Decided[] = [];
    for (const [index, work] of works.entries()) {
      const state = states[index];
      if (Fault.is(state)) results.set(work, state);
      else {
        const { command, read } = work;
        loaded.push({ work, command, state, unnoted: read, at: read.at });
      }
    }
    const different = await unlike(loaded);
    const again = different.filter(({ state }) => state !== undefined);
    const readAgain = new Map<Work<C>, Decided>();
    if (again.length > 0) {
      signal.throwIfAborted();
      const at = reading.clock.now();
      const rows = await readOnce(
        reading.rows,
        again.map(({ work }) => work.read.key),
        signal,
      );
      for (const asked of again) {
        const { work } = asked;
        const command = commandNow(work, rows.get(itemKey(work.read.key)));
        if (Fault.is(command)) results.set(work, command);
        // As it is now, nothing is asked of this derivation.
        else if (command === undefined) finish(work, 'unchanged');
        else readAgain.set(work, { ...asked, command, at });
      }
    }
    const toWrite = [
      ...different.filter(({ state }) => state === undefined),
      ...(await unlike([...readAgain.values()])),
    ];
    signal.throwIfAborted();
    const writes = toWrite.map((asked) => fenced.writeOf(asked, fillVersion(followedBy(asked), asked.at)));
    const written = writes.length === 0 ? [] : await fenced.write(writes, signal);
    for (const [index, { work }] of toWrite.entries()) {
      const result = written[index];
      if (result === 'done') finish(work, 'written');
      else if (result !== undefined) results.set(work, result);
    }
    return works.map((work) => results.get(work));
  };
}

/** The newest version that what is written must come after, as far as is known. */
function followedBy({ state, unnoted }: Asked<unknown, { readonly version: Version }>): Version | undefined {
  const { since } = unnoted;
  return state === undefined || isBefore(state.version, since) ? since : state.version;
}

/** What the row asks of the same derivation as it is now; undefined where that is nothing. */
function commandNow<C extends DerivingCommand>(
  { read, command }: Work<C>,
  attributes: Attributes | undefined | Fault,
): C | undefined | Fault {
  if (Fault.is(attributes)) return attributes;
  try {
    const commands = commandsForRow(rowAsIs(read.row, attributes));
    return commands.find((one): one is C => one.does === command.does && nameOf(one) === nameOf(command));
  } catch (error) {
    return Fault.from(error);
  }
}

async function readOnce(
  rows: SourceRows,
  keys: readonly ItemKey[],
  signal: AbortSignal,
): Promise<ReadonlyMap<string, Attributes | undefined | Fault>> {
  const distinct = [...new Map(keys.map((key) => [itemKey(key), key]))];
  const found = await rows.read(
    distinct.map(([, key]) => key),
    signal,
  );
  return new Map(distinct.map(([name], index) => [name, found[index]]));
}

const NO_ANSWER = new Fault('transient', 'the adapter gave no result for this row');
