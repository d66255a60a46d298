import type { DerivedKey, RowsModel, RowsState } from '../../../../domain/derived-rows.ts';
import type { KeyValue } from '../../../../domain/key-value.ts';
import type { Fault } from '../../../../domain/fault.ts';
import type { RawKey } from '../batch-get.ts';
import { fromNative } from '../native-value.ts';
import { nativeKey } from '../raw-key.ts';
import { formFault, type StateRow, stateRowOf, versionIn } from '../state-row.ts';

/** A row's state, as the document client gives it. */
export interface RowsStateRow extends StateRow {
  /** The keys of the rows that are there for it. */
  readonly given: readonly Given[];
}

interface Given {
  /** Absent for the table of the source row. */
  readonly table?: string;
  readonly key: RawKey;
}

/** The attributes to write for a state; `now` is in milliseconds since 1970. */
export function rowsStateRowOf(state: RowsState, now: number) {
  return {
    ...stateRowOf(state, now),
    given: state.keys.map(({ table, key }) => ({
      ...(table === undefined ? {} : { table }),
      // A Map, because the SDK takes an object with an attribute `constructor` for a class instance and refuses it.
      key: new Map(Object.entries(nativeKey(key))),
    })),
  };
}

/** What a row says; a Fault `configuration` where it is of a form that only a later version knows. */
export function rowsStateOf(model: RowsModel, row: RowsStateRow): RowsState | Fault {
  return (
    formFault(model.name, row) ?? {
      version: versionIn(row),
      keys: row.given.map(({ table, key }) => ({ table, key: keyIn(key) })),
      removed: row.removed,
    }
  );
}

function keyIn(native: RawKey): DerivedKey['key'] {
  return Object.fromEntries(
    Object.entries(native).map(([name, value]) => [name, fromNative(value) as KeyValue]),
  );
}
