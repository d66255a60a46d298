import { compareTexts } from '../../domain/compare-texts.ts';
import { defineTable, type TableDefinition } from '../../domain/definition/define-table.ts';
import { row } from '../../domain/definition/row.ts';
import { Fault } from '../../domain/fault.ts';
import { isObject, type Json } from '../../domain/json.ts';
import type { KeyType } from '../../domain/key-value.ts';
import { toPlain } from '../../domain/plain-value.ts';
import { rolesOf } from '../../domain/roles.ts';
import { type AnyReadChange, rowChangeOf } from '../../domain/row-change.ts';
import { partsByName } from '../../domain/row-view.ts';
import type { TableModel } from '../../domain/table-model.ts';
import { decodeValue } from './attribute-value.ts';
import { keyTypeOf, sourceFault } from './expected-source.ts';
import { describe } from './json-fields.ts';
import { toDelivery } from './to-delivery.ts';

/**
 * The changes of rows that a record tells of: none for a row of no kind, two for one that leaves a kind for another.
 *
 * @throws Fault `permanent` for a record that can never be decoded; `configuration` for one of another table, or when the stream
 *   does not carry the image that tells of what kind the row was.
 */
export type DecodeRecord = (record: unknown) => readonly AnyReadChange[];

/** Changes of the rows that a definition names. */
export function changesByDefinition({ model, spec }: TableDefinition): DecodeRecord {
  // Rows that are only derived are of kinds that nobody has named.
  const named = new Set(Object.keys(spec.rows));
  return (record) => {
    const delivery = toDelivery(record, model);
    if (delivery.kind === 'undecodable') throw delivery.fault;
    if (delivery.kind === 'unrecognised') return [];
    const { change: whole } = delivery;
    const roles = whole.row.model.when === undefined ? [whole] : rolesOf(whole);
    const changes = roles.filter(({ row: { model: kind } }) => named.has(kind.name));
    // First it leaves the one kind.
    const inOrder = changes.toSorted((a, b) => Number(b.after === 'absent') - Number(a.after === 'absent'));
    return inOrder.map((change) => rowChangeOf(change, change.row.model.name, partsByName(change.row)));
  };
}

/** Changes of all rows of a table of which nothing is known: with every digit and byte. */
export function rawChanges(): DecodeRecord {
  let known = { schema: '', model: undefined as TableModel | undefined };
  return (record) => {
    const keys = keysOf(record);
    const names = keys.map(({ name, type }) => ({ name, type }));
    const schema = JSON.stringify(names);
    // All records of a stream have the same.
    if (known.schema !== schema) known = { schema, model: modelOf(names) };
    const delivery = toDelivery(record, known.model ?? modelOf(names));
    if (delivery.kind === 'undecodable') throw delivery.fault;
    if (delivery.kind === 'unrecognised') return [];
    const key = keys.map(({ name, value }) => {
      const path = `Keys.${name}`;
      return [name, toPlain(decodeValue(value, path), 'exact', path)] as const;
    });
    return [rowChangeOf(delivery.change, undefined, Object.freeze(Object.fromEntries(key)))];
  };
}

interface KeyAttribute {
  readonly name: string;
  readonly type: KeyType;
}

/** @throws Fault for what is no record, and for one without a key. */
function keysOf(record: unknown): readonly (KeyAttribute & { readonly value: unknown })[] {
  const foreign = sourceFault(record, undefined);
  if (foreign !== undefined) throw foreign;
  const { Keys } = (record as { readonly dynamodb: Json }).dynamodb;
  const keys = Object.entries(isObject(Keys) ? Keys : {}).flatMap(([name, value]) => {
    const type = keyTypeOf(value);
    return type === undefined ? [] : [{ name, type, value }];
  });
  if (keys.length > 0 && keys.length <= 2) return keys.toSorted((a, b) => compareTexts(a.name, b.name));
  throw new Fault(
    'permanent',
    `Keys is ${describe(Keys)}; expected one or two attributes, each a string, a number or bytes`,
    { reason: 'a record whose Keys is not that of a row' },
  );
}

/** Which of the two is the partition key a record does not say; no change is another for that. */
function modelOf([partition, sort]: readonly KeyAttribute[]): TableModel {
  const keys = { partition: partition ?? '', ...(sort === undefined ? {} : { sort }) };
  const template = Object.fromEntries(
    [partition, sort].flatMap((attribute, index) =>
      attribute === undefined ? [] : [[attribute.name, index === 0 ? '<one>' : '<other>']],
    ),
  );
  const any = row(template as never, { numbers: 'exact', derives: 'nothing' });
  return defineTable({ keys, rows: { any } as never, derive: {} }).model;
}
