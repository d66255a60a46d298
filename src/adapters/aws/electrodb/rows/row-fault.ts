import type { DerivedKey, RowsMove } from '../../../../domain/derived-rows.ts';
import { Decimal } from '../../../../domain/decimal.ts';
import type { KeyType, KeyValue } from '../../../../domain/key-value.ts';
import { Fault } from '../../../../domain/fault.ts';
import { type AwsResource, quoted } from '../../error-message.ts';
import { problemIn, type Thrown } from '../../error-problem.ts';
import { translateError } from '../../translate-error.ts';

/** The attributes of a derived row's key, their types and its table, in words: `audit (id S)`. */
export function shapeOf({ table, key }: DerivedKey, own: string): string {
  const attributes = Object.keys(key)
    .toSorted()
    .map((name) => `${name} ${typeOf(key[name])}`);
  return `${table ?? own} (${attributes.join(', ')})`;
}

function typeOf(value: KeyValue | undefined): KeyType {
  if (value instanceof Uint8Array) return 'B';
  return value instanceof Decimal ? 'N' : 'S';
}

/** What a client threw, or a transaction was cancelled for, when derived rows were written. */
export function rowFault(
  error: unknown,
  used: AwsResource,
  { source }: RowsMove,
  shapes: readonly string[],
): Fault {
  if (problemIn(error as Thrown) !== 'keys') return translateError(error, used);
  const problem = `${source.model.name} gives rows whose keys their tables do not have`;
  return new Fault(
    'configuration',
    `${problem}: ${shapes.join(', ')} (${quoted(error)}); give the attributes of each table's key, each of its type`,
    { cause: error, reason: problem },
  );
}
