import { Fault } from '../domain/fault.ts';
import { base64url } from '../domain/base64.ts';
import { Decimal } from '../domain/decimal.ts';
import { isAllowed } from '../domain/definition/overlap.ts';
import { itemFault, keyFault } from '../domain/item-limits.ts';
import { canonicalKeyText, keyRecord, type KeyType } from '../domain/key-value.ts';
import { fromPlain, isPlainObject, kindOf } from '../domain/plain-value.ts';
import { itemKey, keyOf, type Row } from '../domain/row.ts';
import { describeRow } from '../domain/row-view.ts';
import type { KeySchema, RowModel, TableModel } from '../domain/table-model.ts';
import type { Value } from '../domain/value.ts';
import { kindsOf } from '../domain/roles.ts';

/** The attributes of a row. */
export type Image = Readonly<Record<string, Value>>;

/** A row that a test names: its kind and its key. */
export class NamedRow {
  readonly row: Row;
  /** The attributes of its key. */
  readonly keys: Image;

  constructor(row: Row, keys: Image) {
    this.row = row;
    this.keys = keys;
  }

  get item(): string {
    return itemKey(keyOf(this.row));
  }
}

/**
 * Reads the parts of a key.
 *
 * @throws Error for a part that is missing, unknown, or that no key of the kind can hold.
 */
export function namedRow(table: TableModel, model: RowModel, given: unknown): NamedRow {
  const wrong = (problem: string) => new Error(`a ${model.name} row: ${problem}`);
  if (!isPlainObject(given))
    throw wrong(`its key must be an object with ${listOf(model.names)}, and is ${kindOf(given)}`);
  for (const name of Object.keys(given))
    if (!model.names.includes(name))
      throw wrong(`its key has no part ${name}; there are ${listOf(model.names)}`);
  const types = typesOf(model, table.keys);
  const parts = model.names.map((name, index) => {
    const value = Object.hasOwn(given, name) ? given[name] : undefined;
    if (value === undefined) throw wrong(`its key lacks the part ${name}`);
    const type = types[index] ?? 'S';
    const text = textOf(value, type);
    if (text === undefined || text === '')
      throw wrong(`the part ${name} of its key must be ${WORDS[type]}, and is ${shown(value)}`);
    const rule = model.rules[index];
    if (!isAllowed(rule, text))
      throw wrong(
        `the part ${name} of its key is ${JSON.stringify(text)}, ` +
          (rule !== undefined && 'without' in rule
            ? `which must be without ${JSON.stringify(rule.without)}`
            : `which must be ${(rule ?? []).join(' or ')}`),
      );
    return text;
  });
  const row: Row = { model, parts };
  const key = keyOf(row);
  const found = table.rowOf(key.partition, key.sort);
  const read =
    found === undefined || 'malformed' in found
      ? undefined
      : kindsOf(found).find((one) => one.model === model);
  if (read === undefined || read.parts.some((part, index) => part !== parts[index]))
    throw wrong(`${describeRow(row)} has a key that is not read as it was put together: use other parts`);
  const keys = keyRecord(table.keys, key);
  const { partition, sort } = table.keys;
  const fault = keyFault(
    { row: () => describeRow(row), owner: 'a row' },
    { partition: keys[partition] ?? '', sort: sort === undefined ? undefined : keys[sort] },
  );
  if (fault !== undefined) throw new Error(fault.message);
  return new NamedRow(row, keys);
}

/**
 * Reads attributes; those that are undefined stay so.
 *
 * @throws Error for what no table can hold.
 */
export function attributesOf(
  { row, keys }: NamedRow,
  given: unknown,
): Readonly<Record<string, Value | undefined>> {
  const wrong = (problem: string) => new Error(`${describeRow(row)}: ${problem}`);
  if (!isPlainObject(given)) throw wrong(`its attributes must be an object, and are ${kindOf(given)}`);
  const read = Object.entries(given).map(([name, value]) => {
    if (Object.hasOwn(keys, name)) throw wrong(`${name} is of its key, which its parts make: leave it out`);
    if (value === undefined) return [name, undefined] as const;
    try {
      return [name, fromPlain(value, name)] as const;
    } catch (error) {
      throw wrong(Fault.from(error).message);
    }
  });
  return Object.fromEntries(read);
}

/** @throws Error where a table cannot hold so large a row. */
export function checkSize({ row }: NamedRow, image: Image): void {
  const fault = itemFault({ row: () => describeRow(row), owner: 'a row' }, image);
  if (fault !== undefined) throw new Error(fault.message);
}

const WORDS = { S: 'a text, not empty', N: 'a number', B: 'bytes' };

function textOf(value: unknown, type: KeyType): string | undefined {
  if (typeof value === 'string') return value.isWellFormed() ? canonicalKeyText(value, type) : undefined;
  if (type === 'B') return value instanceof Uint8Array ? base64url(value) : undefined;
  if (type === 'S') return undefined;
  if (Decimal.is(value)) return canonicalKeyText(value.text, type);
  return typeof value === 'number' || typeof value === 'bigint'
    ? canonicalKeyText(String(value), type)
    : undefined;
}

/** The type of the attribute that each part is of. */
function typesOf({ names, partition }: RowModel, keys: KeySchema): readonly KeyType[] {
  return names.map((_, index) => (index < partition.names.length ? keys.partitionType : keys.sortType));
}

function shown(value: unknown): string {
  return typeof value === 'string' || typeof value === 'number' ? JSON.stringify(value) : kindOf(value);
}

export function listOf(names: readonly string[]): string {
  return names.length === 0 ? 'none' : names.join(', ');
}
