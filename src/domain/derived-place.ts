import type { KeyTemplate } from './definition/key-template.ts';
import { isAllowed } from './definition/overlap.ts';
import type { DerivedRow, RowsModel } from './derived-rows.ts';
import { toJson } from './json.ts';
import { keyTextOf } from './key-value.ts';
import type { Row } from './row.ts';
import { unfit } from './row-view.ts';
import { storedRow } from './stored-rows.ts';
import type { KeySchema, RowModel } from './table-model.ts';
import { DecodedAttributes } from './value.ts';
import { satisfies } from './when.ts';

/**
 * Checks that a derived row may stand where it is put. None may be one whose change would have its own source derived
 * again, and so on for ever; one that another derivation writes: it would overwrite this one, or be overwritten by it; or
 * one that would be poison itself when the stream tells of it.
 *
 * @param origin what the row carries under `DERIVED_FROM`.
 * @throws Fault `configuration`; `permanent` for one that would be poison, which another row of the source's kind need not be.
 */
export function checkPlace(derived: DerivedRow, model: RowsModel, row: Row, origin: string): void {
  const { table, key } = derived;
  if (table !== undefined) return;
  const { of, keys, written, rowOf } = model;
  const wrong = (problem: string) =>
    unfit(of, row, `${problem}: ${toJson(key)}`, { kind: 'configuration', reason: problem });
  const parts = partsOfKind(row.model, keys, key);
  if (parts !== undefined) {
    const stored = storedRow(derived, origin);
    const isItself = parts.every((part, index) => part === row.parts[index]);
    if (isItself || satisfies(row.model.when, DecodedAttributes.of(stored)))
      throw wrong(`returned a ${row.model.name} row, from which it is derived itself`);
  }
  const other = written.find((one) => partsOfKind(one.model, keys, key) !== undefined);
  if (other !== undefined)
    throw wrong(`returned a row whose key is one of those that the derivation ${other.model.name} writes`);
  const [partition = '', sort] = textsOf(key, keys);
  const found = rowOf(partition, sort);
  if (found === undefined || !('malformed' in found)) return;
  const problem =
    'returned a row whose key a strict kind of row calls wrong, so that it would block its shard';
  throw unfit(of, row, `${problem}: ${found.malformed}`, { reason: `${problem}: ${found.reason}` });
}

function textsOf(key: DerivedRow['key'], keys: KeySchema): readonly (string | undefined)[] {
  const sort = keys.sort === undefined ? undefined : keyTextOf(key[keys.sort], keys.sortType);
  return [keyTextOf(key[keys.partition], keys.partitionType), sort];
}

/** The parts of a key, as those of a kind of row have them; undefined where none of that kind has such a key. */
function partsOfKind(
  { partition, sort, rules }: RowModel,
  keys: KeySchema,
  key: DerivedRow['key'],
): readonly string[] | undefined {
  const [partitionText, sortText] = textsOf(key, keys);
  const inPartition = partsIn(partition, partitionText);
  const inSort = sort === undefined || keys.sort === undefined ? [] : partsIn(sort, sortText);
  if (inPartition === undefined || inSort === undefined) return undefined;
  const parts = [...inPartition, ...inSort];
  return parts.every((part, index) => isAllowed(rules[index], part)) ? parts : undefined;
}

function partsIn(template: KeyTemplate, text: string | undefined): readonly string[] | undefined {
  const match = text === undefined ? undefined : template.match(text);
  return match === undefined || 'malformed' in match ? undefined : match.parts;
}
