import type { Change, Operation, Origin, Side, SourceRecord } from './change.ts';
import type { Row } from './row.ts';
import type { Version } from './version.ts';
import { kindFault } from './view-type.ts';
import { satisfies } from './when.ts';

/**
 * A change as the kinds of rows see it that its row was or is of: to a kind, a row that is not of it is not there. A row whose
 * attribute changes is removed for one kind, and inserted for another.
 *
 * Where the stream does not carry the old image, the row may have been of any kind that has its key.
 *
 * @throws Fault `permanent` when an attribute that tells kinds apart cannot be decoded; `configuration` when the stream does
 *   not carry the new image.
 */
export function rolesOf(change: Change): readonly Change[] {
  return kindsOf(change.row).flatMap((row) => roleOf(change, row) ?? []);
}

/**
 * The change as a removal for each kind that its row, as far as the images tell, neither was nor is of. Without an image: those
 * that there are show a row of another kind.
 */
export function removalsFromOthers(change: Change): readonly Change[] {
  return kindsOf(change.row)
    .filter((row) => roleOf(change, row) === undefined)
    .map((row) => new RoleChange(change, row, 'REMOVE', 'absent', 'absent'));
}

/** A row of each kind that has its key; it is of one of them at most. */
export function kindsOf(row: Row): readonly Row[] {
  return row.others === undefined ? [row] : [row, ...row.others];
}

function roleOf(change: Change, row: Row): Change | undefined {
  const before = wasOf(change, row) ? change.before : 'absent';
  const after = isOf(change, row) ? change.after : 'absent';
  if (before === 'absent' && after === 'absent') return undefined;
  if (row === change.row && before === change.before && after === change.after) return change;
  return new RoleChange(change, row, operationOf(before, after), before, after);
}

function operationOf(before: Side, after: Side): Operation {
  if (after === 'absent') return 'REMOVE';
  return before === 'absent' ? 'INSERT' : 'MODIFY';
}

function isOf(change: Change, { model }: Row): boolean {
  if (change.after === 'withheld') throw kindFault(model, change);
  return change.after !== 'absent' && satisfies(model.when, change.after);
}

/** Whether a row was of a kind, or may have been. */
function wasOf({ before }: Change, { model }: Row): boolean {
  if (typeof before === 'string') return before === 'withheld';
  try {
    return satisfies(model.when, before);
  } catch {
    // An old image that cannot be read must not keep what should go.
    return true;
  }
}

/** A class, not a copy: what the record's change computes when it is asked stays so. */
class RoleChange implements Change {
  readonly whole: Change;
  readonly identity: Change['identity'];
  readonly version: Version;
  readonly item: string;
  readonly row: Row;
  readonly operation: Operation;
  readonly before: Side;
  readonly after: Side;
  readonly viewType: string | undefined;

  constructor(whole: Change, row: Row, operation: Operation, before: Side, after: Side) {
    this.whole = whole;
    this.identity = whole.identity;
    this.version = whole.version;
    this.item = whole.item;
    this.row = row;
    this.operation = operation;
    this.before = before;
    this.after = after;
    this.viewType = whole.viewType;
  }

  get at(): number | undefined {
    return this.whole.at;
  }

  get origin(): Origin {
    return this.whole.origin;
  }

  get record(): SourceRecord | undefined {
    return this.whole.record;
  }
}
