import type { TableDefinition } from '../domain/definition/define-table.ts';
import { isPlainObject, kindOf } from '../domain/plain-value.ts';
import type { RowFactories } from './kit-types.ts';
import { factoriesOf, GivenRow } from './row-factory.ts';
import { type GivenOptions, type KitContext, Scenario } from './scenario.ts';
import { type KitOptions, kitSettings } from './settings.ts';
import type { StreamRecord } from '../adapters/dynamodb-stream/stream-record.ts';
import { RecordMaker, type StreamEvent } from './stream-record.ts';
import { operationOf } from './source-table.ts';
import { TestClock } from './test-clock.ts';

/** What a definition is tested with. */
export interface Kit<Rows = unknown, Derived = unknown> {
  /** Makes rows, and changes of them, by the kinds of rows that the definition names. */
  readonly rows: RowFactories<Rows>;
  /**
   * The table as it is when a test begins: everything is derived from it already, by the worker. What may be expected of
   * effects, and of what was sent, is of `when` only.
   */
  readonly given: (rows?: GivenRow | readonly GivenRow[], options?: GivenOptions) => Scenario<Derived>;
  /** When changes are made, and what an effect's `change.at` is, to the second. */
  readonly clock: TestClock;
  /** Makes records of a stream as Lambda is given them, for tests of a handler of one's own. */
  readonly record: RecordFactory;
  /** A Lambda event of records. */
  readonly event: (...records: readonly StreamRecord[]) => StreamEvent;
}

/** Makes records of a table's stream, each with the next sequence number. */
export interface RecordFactory {
  readonly insert: (row: GivenRow) => StreamRecord;
  /** @param after the same row, with other attributes. */
  readonly modify: (before: GivenRow, after: GivenRow) => StreamRecord;
  readonly remove: (row: GivenRow) => StreamRecord;
  /** As the table's time-to-live removes rows. */
  readonly expire: (row: GivenRow) => StreamRecord;
}

/**
 * Makes what a definition is tested with, in whatever test runner: a worker in memory, and a table with its stream.
 *
 * @throws Error for an option that is wrong, or what is no definition.
 */
export function testing<Rows, Derived>(
  definition: TableDefinition<Rows, Derived>,
  options: KitOptions = {},
): Kit<Rows, Derived> {
  const given: unknown = definition;
  if (!isPlainObject(given) || given['is'] !== 'table')
    throw new Error(`testing takes what defineTable(…) returns, and was given ${kindOf(given)}`);
  const settings = kitSettings(options);
  const clock = new TestClock();
  const context: KitContext = { definition, settings, clock };
  const { model, spec } = definition;
  return {
    rows: factoriesOf(model, Object.keys(spec.rows)) as RowFactories<Rows>,
    given: (rows = [], more = {}) =>
      Scenario.given(context, Array.isArray(rows) ? (rows as readonly GivenRow[]) : [rows as GivenRow], more),
    clock,
    record: recordFactory(context),
    event: (...records) => ({ Records: [...records] }),
  };
}

function recordFactory({ settings: { table, view }, clock }: KitContext): RecordFactory {
  const maker = new RecordMaker(table, view);
  const recordOf = (before: GivenRow | undefined, after: GivenRow | undefined, origin: 'user' | 'ttl') => {
    const row = after ?? before;
    if (!((row as unknown) instanceof GivenRow))
      throw new Error(`record takes rows, as the factories in rows make them, and was given ${kindOf(row)}`);
    return maker.recordOf({
      operation: operationOf(before?.image, after?.image),
      keys: (row as GivenRow).keys,
      before: before?.image,
      after: after?.image,
      at: clock.now(),
      origin,
    });
  };
  return {
    insert: (row) => recordOf(undefined, row, 'user'),
    modify: (before, after) => {
      if (before.item !== after.item)
        throw new Error('record.modify takes a row as it was and as it is, and was given two different rows');
      return recordOf(before, after, 'user');
    },
    remove: (row) => recordOf(row, undefined, 'user'),
    expire: (row) => recordOf(row, undefined, 'ttl'),
  };
}
