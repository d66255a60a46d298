import type { Change } from '../../domain/change.ts';
import { type Command, commandsOf } from '../../domain/command.ts';
import { contributionOf } from '../../domain/count.ts';
import { countMoveFault } from '../../domain/count-limits.ts';
import { decideRowsMove } from '../../domain/derived-rows.ts';
import { givenTo } from '../../domain/effect.ts';
import { Fault } from '../../domain/fault.ts';
import { memberOf } from '../../domain/pointer.ts';
import { pointerFault } from '../../domain/pointer-limits.ts';
import { kindsOf, rolesOf } from '../../domain/roles.ts';
import { itemKey, keyOf, type Row } from '../../domain/row.ts';
import { rowsMoveFault } from '../../domain/rows-limits.ts';
import type { Attributes } from '../../domain/value.ts';
import { WHEN } from './row-functions.ts';

const FIRST = { generation: 0, epoch: '', sequence: '1' };

/** The change of a row from what it was to what it is; undefined stands for no row. */
export function changeOf(row: Row, before: Attributes | undefined, after: Attributes | undefined): Change {
  return {
    identity: { stream: '', sequence: '1' },
    version: FIRST,
    item: itemKey(keyOf(row)),
    row,
    operation: before === undefined ? 'INSERT' : after === undefined ? 'REMOVE' : 'MODIFY',
    before: before ?? 'absent',
    after: after ?? 'absent',
    viewType: 'NEW_AND_OLD_IMAGES',
    at: WHEN,
    origin: 'user',
  };
}

/** Why the definition refuses a change, whatever else there is; undefined where it takes it. */
export function refusalOf(change: Change): Fault | undefined {
  return faultOr(() => firstFault(commandsOf(change)));
}

/** Whether a definition takes a row, when it comes, when it goes, and when it is changed from or into the others. */
export function isTaken(row: Row, whole: Attributes, others: readonly Attributes[]): boolean {
  const kinds = kindsOf(row).map(({ model }) => model);
  const comparesBoth = kinds.some(({ effects }) => effects.some(({ where }) => where !== undefined));
  const seesChange = comparesBoth || kinds.some(({ derivedRows }) => derivedRows.length > 0);
  const takes = (before: Attributes | undefined, after: Attributes | undefined) =>
    refusalOf(changeOf(row, before, after)) === undefined;
  if (!takes(undefined, whole)) return false;
  if (seesChange && !(takes(whole, whole) && takes(whole, undefined))) return false;
  // Nothing else looks at a row and at what it was before together; or, but for `of`, at what has become of it.
  return (
    !comparesBoth ||
    others.every((other) =>
      [changeOf(row, other, whole), changeOf(row, whole, other)].every(isTakenByEffects),
    )
  );
}

/** Whether each effect's `where` takes a change: what looks at both of its images, when each is known to be taken by itself. */
function isTakenByEffects(change: Change): boolean {
  const fault = faultOr(() => {
    for (const role of rolesOf(change)) for (const effect of role.row.model.effects) givenTo(effect, role);
    return undefined;
  });
  return fault === undefined;
}

function faultOr(find: () => Fault | undefined): Fault | undefined {
  try {
    return find();
  } catch (error) {
    if (Fault.is(error)) return error;
    throw error;
  }
}

function firstFault(commands: readonly Command[]): Fault | undefined {
  for (const command of commands) {
    const fault = faultOf(command);
    if (fault !== undefined) return fault;
  }
  return undefined;
}

/** What no backend could store of it. */
function faultOf(command: Command): Fault | undefined {
  const { row, version, operation, after } = command.change;
  switch (command.does) {
    case 'count': {
      const { model } = command;
      const contributions = command.held.map((held) => contributionOf(model, held));
      const to = { version, contributions, removed: operation === 'REMOVE' };
      return countMoveFault({ source: { model, row }, from: undefined, to });
    }
    case 'rows': {
      const move = decideRowsMove({ model: command.model, row }, undefined, command.change, command.put);
      return move && rowsMoveFault(move);
    }
    case 'pointer': {
      if (typeof after === 'string') return undefined;
      const sortParts = row.parts.slice(command.entity.parts.length);
      return pointerFault(command.entity, memberOf(command.entity, sortParts, after));
    }
    case 'search':
    case 'effect':
      return undefined;
  }
}
