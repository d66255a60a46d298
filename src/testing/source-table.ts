import type { Operation } from '../domain/change.ts';
import { describeRow } from '../domain/row-view.ts';
import { equalRecords } from '../domain/value.ts';
import { checkSize, type Image } from './given-row.ts';
import { GivenRow, type RowChange, RowRemoval, RowUpdate } from './row-factory.ts';

/** A change of a row, as the table's stream tells of it. */
export interface TableChange {
  readonly operation: Operation;
  readonly keys: Image;
  readonly before: Image | undefined;
  readonly after: Image | undefined;
  /** Milliseconds since 1970. */
  readonly at: number;
  readonly origin: 'user' | 'ttl';
}

/** The rows that a test has put into its table. Never altered: each change makes another. */
export class SourceTable {
  readonly #rows: ReadonlyMap<string, Image>;

  constructor(rows: ReadonlyMap<string, Image> = new Map()) {
    this.#rows = rows;
  }

  /**
   * The table with rows that were there from the beginning, and the changes that brought them.
   *
   * @throws Error for a row that is given twice.
   */
  with(given: readonly GivenRow[], at: number): readonly [SourceTable, readonly TableChange[]] {
    for (const [index, row] of given.entries())
      if (given.findIndex(({ item }) => item === row.item) !== index)
        throw new Error(`${describeRow(row.row)} is given twice`);
    return this.after(given, at);
  }

  /**
   * The table after some changes, and what its stream tells of them: nothing of a change that changes nothing.
   *
   * @throws Error for a change of a row that is not there.
   */
  after(changes: readonly RowChange[], at: number): readonly [SourceTable, readonly TableChange[]] {
    const rows = new Map(this.#rows);
    const told: TableChange[] = [];
    for (const change of changes) {
      const before = rows.get(change.item);
      const after = imageAfter(change, before);
      if (after === undefined) rows.delete(change.item);
      else rows.set(change.item, after);
      if (before !== undefined && after !== undefined && equalRecords(before, after)) continue;
      const { keys } = change;
      const origin = change instanceof RowRemoval ? change.origin : 'user';
      told.push({ operation: operationOf(before, after), keys, before, after, at, origin });
    }
    return [new SourceTable(rows), told];
  }
}

export function operationOf(before: Image | undefined, after: Image | undefined): Operation {
  if (after === undefined) return 'REMOVE';
  return before === undefined ? 'INSERT' : 'MODIFY';
}

function imageAfter(change: RowChange, before: Image | undefined): Image | undefined {
  if (change instanceof GivenRow) return change.image;
  const verb = change instanceof RowUpdate ? 'updated' : change.origin === 'ttl' ? 'expired' : 'removed';
  if (before === undefined)
    throw new Error(`${describeRow(change.row)} is ${verb}, but is not there: give it, or put it before`);
  if (change instanceof RowRemoval) return undefined;
  const kept = Object.entries(before).filter(([name]) => !Object.hasOwn(change.attributes, name));
  const set = Object.entries(change.attributes).filter(([, value]) => value !== undefined);
  const image = Object.fromEntries([...kept, ...set]) as Image;
  checkSize(change, image);
  return image;
}
