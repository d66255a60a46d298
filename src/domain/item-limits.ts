import { Decimal } from './decimal.ts';
import { Fault } from './fault.ts';
import { toJson } from './json.ts';
import type { KeyValue } from './key-value.ts';
import { type Value, ValueSet } from './value.ts';

/*
 * What DynamoDB takes of an item: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Constraints.html. Checked
 * before anything is written, so that every backend refuses the same, in the same words.
 */

/** Bytes of UTF-8. */
export const MAX_KEY_BYTES = { partition: 2_048, sort: 1_024 };
const MAX_NAME_BYTES = 65_535;
const MAX_ITEM_BYTES = 400 * 1_024;

/** Of one TransactWriteItems. */
export const MAX_TRANSACTION = { items: 100, bytes: 4 * 1_024 * 1_024 };

/** A row, for a message, and its owner, for the reason: `a row that … gives` and `a derived row`. */
export interface Item {
  /** Called only where there is a fault: nearly all rows have none. */
  readonly row: () => string;
  readonly owner: string;
}

/** A permanent Fault for a row whose key is longer than DynamoDB takes; undefined for all others. */
export function keyFault(
  what: Item,
  { partition, sort }: { readonly partition: KeyValue; readonly sort: KeyValue | undefined },
): Fault | undefined {
  return (
    tooLong(what, 'partition', partition) ?? (sort === undefined ? undefined : tooLong(what, 'sort', sort))
  );
}

function tooLong({ row, owner }: Item, which: 'partition' | 'sort', value: KeyValue): Fault | undefined {
  const most = MAX_KEY_BYTES[which];
  // No UTF-16 unit is more than three bytes.
  if (typeof value === 'string' && value.length * 3 <= most) return undefined;
  const bytes = keyBytes(value);
  if (bytes <= most) return undefined;
  const text = typeof value === 'string' ? value : toJson(value);
  return new Fault(
    'permanent',
    `${row()} cannot be stored: its ${which} key, ${text.slice(0, 60)}…, is ${bytes} bytes, and DynamoDB accepts ${most}`,
    { reason: `the ${which} key of ${owner} is longer than DynamoDB accepts` },
  );
}

/** What a value of a key takes. No number that a table can hold is too long. */
export function keyBytes(value: KeyValue): number {
  if (typeof value === 'string') return utf8Bytes(value);
  return value instanceof Uint8Array ? value.length : 0;
}

/**
 * A permanent Fault for a row that is larger than DynamoDB takes, or has a name that it does not take; undefined for all others.
 *
 * @param others the size in bytes, at most, of what the row has beside the attributes.
 */
export function itemFault(
  { row, owner }: Item,
  attributes: Readonly<Record<string, Value>>,
  others = 0,
): Fault | undefined {
  if (!areNamesStorable(attributes))
    return new Fault(
      'permanent',
      `${row()} cannot be stored: a name in it is empty, or longer than the ${MAX_NAME_BYTES} bytes that DynamoDB accepts`,
      { reason: `a name in ${owner} is empty or longer than DynamoDB accepts` },
    );
  // Counting units is cheaper than counting bytes, and nearly always enough.
  if (others + itemBytes(attributes, (text) => text.length * 3) <= MAX_ITEM_BYTES) return undefined;
  const bytes = others + itemBytes(attributes);
  if (bytes <= MAX_ITEM_BYTES) return undefined;
  return new Fault(
    'permanent',
    `${row()} cannot be stored: it is ${bytes} bytes, and DynamoDB accepts ${MAX_ITEM_BYTES}`,
    { reason: `${owner} is larger than DynamoDB accepts` },
  );
}

function areNamesStorable(value: Value): boolean {
  if (typeof value !== 'object' || value === null) return true;
  if (value instanceof Decimal || value instanceof Uint8Array || value instanceof ValueSet) return true;
  if (Array.isArray(value)) return (value as readonly Value[]).every(areNamesStorable);
  return Object.entries(value).every(([name, member]) => isNameStorable(name) && areNamesStorable(member));
}

function isNameStorable(name: string): boolean {
  return name !== '' && (name.length * 3 <= MAX_NAME_BYTES || utf8Bytes(name) <= MAX_NAME_BYTES);
}

/** The size of an item, as DynamoDB counts it. */
export function itemBytes(attributes: Readonly<Record<string, Value>>, bytesOf = utf8Bytes): number {
  let bytes = 0;
  for (const [name, value] of Object.entries(attributes)) bytes += bytesOf(name) + valueBytes(value, bytesOf);
  return bytes;
}

function valueBytes(value: Value, bytesOf: (text: string) => number): number {
  if (typeof value === 'string') return bytesOf(value);
  if (typeof value !== 'object' || value === null) return 1;
  if (value instanceof Decimal) return decimalBytes(value);
  if (value instanceof Uint8Array) return value.length;
  if (value instanceof ValueSet) return sum(value.members, (member) => valueBytes(member, bytesOf));
  if (Array.isArray(value))
    return 3 + sum(value as readonly Value[], (member) => 1 + valueBytes(member, bytesOf));
  return 3 + Object.keys(value).length + itemBytes(value as Readonly<Record<string, Value>>, bytesOf);
}

/** A byte for each two digits, which are paired from the point on and not zeros at either end; one more, and one for a sign. */
function decimalBytes({ canonical }: Decimal): number {
  if (canonical === '0') return 1;
  const sign = canonical.startsWith('-') ? 1 : 0;
  const end = canonical.indexOf('e');
  const isSplit = Number(canonical.slice(end + 1)) % 2 !== 0;
  return 1 + sign + Math.ceil((end - sign + (isSplit ? 1 : 0)) / 2);
}

function sum<T>(items: readonly T[], of: (item: T) => number): number {
  return items.reduce((total, item) => total + of(item), 0);
}

/** Of UTF-8; half a pair counts for the character that replaces it. */
export function utf8Bytes(text: string): number {
  let bytes = text.length;
  for (let index = 0; index < text.length; index++) {
    const unit = text.charCodeAt(index);
    if (unit < 0x80) continue;
    bytes += unit < 0x800 ? 1 : 2;
    const isPair = unit >= 0xd8_00 && unit < 0xdc_00 && (text.charCodeAt(index + 1) & 0xfc_00) === 0xdc_00;
    // Four bytes for two units.
    if (isPair) index++;
  }
  return bytes;
}
