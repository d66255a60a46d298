import type { Change, SourceRecord } from './change.ts';
import type { ReadChange } from './definition/row-change.ts';
import { plainAttributes } from './row-view.ts';
import { imageFault, kindFault } from './view-type.ts';

/** A change of any row, as it is read. */
export type AnyReadChange = ReadChange<string | undefined, Readonly<Record<string, unknown>>, unknown>;

/**
 * A change of a row of one kind, as whoever reads a stream is given it. All images that the stream carries are decoded, so that what
 * is wrong with them shows at once.
 *
 * @param kind what the rows are called.
 * @param key as it is given.
 * @throws Fault `permanent` when an image cannot be given; `configuration` when the stream does not carry the image that
 *   tells of what kind the row was.
 */
export function rowChangeOf(
  change: Change,
  kind: string | undefined,
  key: Readonly<Record<string, unknown>>,
): AnyReadChange {
  const { row, operation, at, origin, identity, whole } = change;
  if (row.model.when !== undefined && change.before === 'withheld') throw kindFault(row.model, change);
  const id = `${identity.stream} ${identity.sequence}`;
  const given = {
    kind,
    key,
    operation,
    at,
    origin,
    // One record is two changes where a row leaves one kind for another.
    id: whole === undefined ? id : `${id} ${row.model.name}`,
  };
  for (const name of ['before', 'after'] as const) {
    const side = change[name];
    const property =
      side === 'withheld'
        ? { get: () => withheld(name, change) }
        : { value: side === 'absent' ? undefined : plainAttributes(row, side) };
    Object.defineProperty(given, name, { ...property, enumerable: true });
  }
  let record: SourceRecord | undefined;
  Object.defineProperty(given, 'record', {
    // A copy: the record itself is read again when it comes again.
    get: () => (record ??= structuredClone(change.record ?? {})),
    enumerable: true,
  });
  return given as AnyReadChange;
}

function withheld(name: 'before' | 'after', change: Change): never {
  throw imageFault(name, change);
}
