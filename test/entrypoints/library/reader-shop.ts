import { defineTable } from '../../../src/domain/definition/define-table.ts';
import { row } from '../../../src/domain/definition/row.ts';

const order = row({ PK: 'CUSTOMER#<customer>', SK: 'ORDER#<order>' }, { derives: 'nothing' }).with<{
  status: string;
  total?: number;
}>();
const customer = row({ PK: 'CUSTOMER#<customer>', SK: 'PROFILE' }, { derives: 'nothing' }).with<{
  name: string;
}>();

/** A table with two kinds of rows. */
export const shop = defineTable({
  keys: { partition: 'PK', sort: 'SK' },
  rows: { order, customer },
  derive: {},
});

/** `a1`: the change of order 1 of customer a. */
export function named({ key }: { readonly key: Readonly<Record<string, unknown>> }): string {
  return `${String(key['customer'])}${String(key['order'])}`;
}
