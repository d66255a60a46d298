import { isPlainObject, kindOf } from './plain-value.ts';

/** Items of a transaction that an effect may hand in, beside the note that it has run: DynamoDB's limit is a hundred. */
export const MAX_OWN_ITEMS = 99;

const KINDS = ['Put', 'Update', 'Delete', 'ConditionCheck'] as const;

/** What `once` takes for DynamoDB, in words. */
export const OWN_ITEMS =
  `one item of a TransactWriteItems, or up to ${MAX_OWN_ITEMS} of them: ` +
  '{ Put: { TableName, Item, … } }, or Update, Delete or ConditionCheck';

/** What an effect handed to `once`, as a list of items for DynamoDB; or what it is instead, in words. */
export function ownItemsOf(write: unknown): readonly Readonly<Record<string, unknown>>[] | string {
  const items: readonly unknown[] = Array.isArray(write) ? write : [write];
  if (items.length > MAX_OWN_ITEMS) return `${items.length} items`;
  for (const item of items) {
    if (!isPlainObject(item)) return kindOf(item);
    const names = Object.keys(item).filter((name) => item[name] !== undefined);
    if (names.length !== 1 || !KINDS.some((kind) => kind === names[0] && isPlainObject(item[kind])))
      return `an object with ${names.length === 0 ? 'nothing' : names.join(', ')}`;
  }
  return items as readonly Readonly<Record<string, unknown>>[];
}
