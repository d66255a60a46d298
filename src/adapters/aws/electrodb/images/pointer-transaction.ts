import { marksOf } from '../../../../domain/stored-rows.ts';
import { randomUUID } from 'node:crypto';
import type { PointerWrite } from '../../../../application/ports/image-repository.ts';
import type { Entity, MemberPrecondition, PointerModel } from '../../../../domain/pointer.ts';
import { type NativeValue, toNative } from '../native-value.ts';
import type { TransactItem } from '../write-transaction.ts';
import { type KeyedTable, memberKey, pointerKey, type TableRow } from './entity-rows.ts';

/*
 * Attributes have placeholders that are numbered where the definition names them: it may name any. The same placeholder
 * stands for a name behind # and for its value behind :.
 */

const ROW_EXISTS = 'attribute_exists(#pk)';
const ROW_IS_ABSENT = 'attribute_not_exists(#pk)';

/** Nobody wrote the row: Contrail gives each of its writes a revision of its own. */
const SAME_REVISION = '#revision = :revision';

/** The row was not Contrail's, and still is not: whatever others call a revision, Contrail's own are strings. */
const NO_REVISION = 'NOT attribute_type(#revision, :string)';

/** What tells one writing of a pointer from the next. Rows that others wrote have no revision. */
export interface PointerRevision {
  readonly revision?: string;
  /** What the pointer names its row by: those parts of the sort key, by name, that it has as strings. */
  readonly parts: Readonly<Record<string, string>>;
}

export function revisionOf({ sort }: PointerModel, pointer: TableRow): PointerRevision {
  const { revision } = pointer;
  const parts: Record<string, string> = {};
  for (const name of sort.names) {
    const part = pointer[name];
    if (typeof part === 'string') parts[name] = part;
  }
  return { ...(typeof revision === 'string' ? { revision } : {}), parts };
}

/** Puts or deletes a pointer, on condition that it is as it was read. */
export function pointerWrite(
  { table: TableName, keys }: KeyedTable,
  { view: { entity, revision }, member }: PointerWrite,
): TransactItem {
  const Key = pointerKey(keys, entity);
  const condition =
    revision === undefined
      ? { ConditionExpression: ROW_IS_ABSENT, ExpressionAttributeNames: { '#pk': keys.partition } }
      : conditionOf(entity.model, keys.partition, JSON.parse(revision) as PointerRevision);
  if (member === undefined) return { Delete: { TableName, Key, ...condition } };
  const attributes = Object.entries(member.attributes).map(
    ([name, value]) => [name, toNative(value)] as const,
  );
  const Item = {
    ...Object.fromEntries(attributes),
    revision: randomUUID(),
    ...Key,
    ...marksOf(entity.model.name),
  };
  return { Put: { TableName, Item, ...condition } };
}

function conditionOf({ sort }: PointerModel, partition: string, { revision, parts }: PointerRevision) {
  const names: Record<string, string> = { '#pk': partition, '#revision': 'revision' };
  const values: Record<string, string> = {};
  const conditions = [ROW_EXISTS];
  if (revision === undefined) conditions.push(NO_REVISION);
  else {
    conditions.push(SAME_REVISION);
    values[':revision'] = revision;
  }
  // The row points where it pointed, since others may change that without a new revision; or named no row, and still does not.
  for (const [index, name] of sort.names.entries()) {
    const part = parts[name];
    names[`#part${index}`] = name;
    if (part === undefined) conditions.push(`NOT attribute_type(#part${index}, :string)`);
    else {
      conditions.push(`#part${index} = :part${index}`);
      values[`:part${index}`] = part;
    }
  }
  // DynamoDB refuses values that stand for nothing.
  if (revision === undefined || sort.names.some((name) => parts[name] === undefined)) values[':string'] = 'S';
  return {
    ConditionExpression: conditions.join(' AND '),
    ExpressionAttributeNames: names,
    ExpressionAttributeValues: values,
  };
}

/**
 * Checks that a row says what it said, is still of its kind, and has no other attributes that are repeated; or that there is
 * still none of the kind.
 */
export function memberCheck(
  { table: TableName, keys }: KeyedTable,
  entity: Entity,
  { sort, member }: MemberPrecondition,
): NonNullable<TransactItem['ConditionCheck']> {
  const row = { TableName, Key: memberKey(keys, entity, sort) };
  const names: Record<string, string> = { '#pk': keys.partition };
  const values: Record<string, NativeValue> = {};
  const isOfKind = (entity.model.when ?? []).map(({ name, values: texts }, index) => {
    names[`#w${index}`] = name;
    const all = texts.map((text, place) => {
      values[`:w${index}_${place}`] = text;
      return `:w${index}_${place}`;
    });
    return `#w${index} IN (${all.join(', ')})`;
  });
  const expressions = () => ({
    ExpressionAttributeNames: names,
    ...(Object.keys(values).length > 0 && { ExpressionAttributeValues: values }),
  });
  if (member === undefined) {
    const isOther = isOfKind.length === 0 ? '' : ` OR NOT (${isOfKind.join(' AND ')})`;
    return { ...row, ConditionExpression: `${ROW_IS_ABSENT}${isOther}`, ...expressions() };
  }
  const attributes = entity.model.repeat.map((name, index) => {
    names[`#a${index}`] = name;
    const value = member.attributes[name];
    if (value === undefined) return `attribute_not_exists(#a${index})`;
    values[`:a${index}`] = toNative(value);
    return `#a${index} = :a${index}`;
  });
  return {
    ...row,
    ConditionExpression: [ROW_EXISTS, ...isOfKind, ...attributes].join(' AND '),
    ...expressions(),
  };
}
