import type { DeriveRowsCommand } from '../../domain/command.ts';
import {
  type DerivedKey,
  dependsOnChange,
  nameOfKey,
  originText,
  decideRowsMove,
  type RowsMove,
  type RowsState,
} from '../../domain/derived-rows.ts';
import { Fault } from '../../domain/fault.ts';
import { equalRecords } from '../../domain/value.ts';
import { applyGivingUpFirst } from '../derive-rows.ts';
import type { DerivedRowRepository, StoredDerivedRow } from '../ports/derived-row-repository.ts';
import { type Asked, type Fenced, isBefore } from './fenced.ts';

type Command = DeriveRowsCommand;
type Stored = StoredDerivedRow | undefined | Fault;

/** Rows that are derived from rows. */
export function fencedRows(repository: DerivedRowRepository): Fenced<Command, RowsState, RowsMove> {
  return {
    does: 'rows',
    load: (commands, signal) => repository.load(commands.map(sourceOf), signal),
    areInLine: async (asked, signal) => {
      const answers = asked.map(byStateAlone);
      const keys = asked.flatMap(({ command: { put } }, index) => (answers[index] === undefined ? put : []));
      const stored = (keys.length === 0 ? [] : await repository.read(keys, signal)).values();
      return asked.map(
        ({ command }, index) =>
          answers[index] ??
          areStored(
            command,
            command.put.map(() => stored.next().value),
          ),
      );
    },
    writeOf: (asked, version) => {
      const { command, state } = asked;
      const change = { version, operation: command.change.operation };
      const move = decideRowsMove(sourceOf(command), state, change, command.put) as RowsMove;
      const removed = new Set(move.remove.map(nameOfKey));
      const others = strayIn(asked).filter((key) => !removed.has(nameOfKey(key)));
      return { ...move, remove: [...move.remove, ...others] };
    },
    write: (moves, signal) => applyGivingUpFirst(repository, moves, signal),
  };
}

/** @returns undefined where the rows themselves must be looked at. */
function byStateAlone(asked: Asked<Command, RowsState>): boolean | undefined {
  const { command, state } = asked;
  const { change, put } = command;
  const { since } = asked.unnoted;
  if (strayIn(asked).length > 0) return false;
  if (state === undefined) return put.length === 0 && since === undefined;
  const isGone = change.operation === 'REMOVE';
  if (state.removed !== isGone) return false;
  if (!isGone && isOfItsChange(command)) return true;
  // What is older than a change that was given up may be delivered again, and must not come last.
  if (isBefore(state.version, since)) return false;
  if (isGone) return true;
  const given = new Set(put.map(nameOfKey));
  const isSame = state.keys.length === given.size && state.keys.every((key) => given.has(nameOfKey(key)));
  return isSame ? undefined : false;
}

/** Rows that are there for a row, as somebody has seen, and that it does not give. */
function strayIn({ command, unnoted: { listed = [] } }: Asked<Command, RowsState>): readonly DerivedKey[] {
  const { model, put } = command;
  if (listed.length === 0 || model.keep || isOfItsChange(command)) return [];
  const given = new Set(put.map(nameOfKey));
  return listed.flatMap(({ derivation, key }) =>
    derivation === model.name && !given.has(nameOfKey(key)) ? key : [],
  );
}

/** Whether what a row has given is of the change that it was given for: how the row is now does not tell what that must be. */
function isOfItsChange({ model, change, put }: Command): boolean {
  if (model.on !== undefined && !model.on.includes('MODIFY')) return true;
  return typeof change.after !== 'string' && dependsOnChange(model, change, change.after, put);
}

function areStored(command: Command, stored: readonly Stored[]): boolean | Fault {
  const fault = stored.find((one) => Fault.is(one));
  if (fault !== undefined) return fault;
  const origin = originText(sourceOf(command));
  return command.put.every(({ attributes }, index) => {
    const row = stored[index] as StoredDerivedRow | undefined;
    return row?.source === origin && equalRecords(row.attributes, attributes);
  });
}

function sourceOf({ model, change }: Command) {
  return { model, row: change.row };
}
