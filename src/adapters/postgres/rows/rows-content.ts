import { Decimal } from '../../../domain/decimal.ts';
import type { DerivedKey, RowsState } from '../../../domain/derived-rows.ts';
import { canonicalKeyText, type KeyValue, keyValueOf } from '../../../domain/key-value.ts';
import type { Value } from '../../../domain/value.ts';
import { jsonbOf, readJsonb } from '../values/jsonb.ts';

/** The keys of the rows that are there for a row, as its state has them: a list, as JSON. */
export function rowsContent({ keys }: Pick<RowsState, 'keys'>): string {
  return jsonbOf(keys.map(({ table, key }): Value => ({ ...(table === undefined ? {} : { table }), key })));
}

interface Stored {
  /** Absent for the table of the source row. */
  readonly table?: string;
  readonly key: Readonly<Record<string, KeyValue>>;
}

export function keysIn(content: string): readonly DerivedKey[] {
  const stored = readJsonb(content) as unknown as readonly Stored[];
  return stored.map(({ table, key }) => ({ table, key: keyIn(key) }));
}

/** A key as it was given: numbers have all their digits. */
export function keyIn(stored: Readonly<Record<string, Value>>): DerivedKey['key'] {
  return Object.fromEntries(
    Object.entries(stored).map(([name, value]) => [name, keyValue(value as KeyValue)]),
  );
}

function keyValue(value: KeyValue): KeyValue {
  if (value instanceof Decimal) return keyValueOf(canonicalKeyText(value.text, 'N') ?? value.text, 'N');
  return value instanceof Uint8Array ? new Uint8Array(value) : value;
}
