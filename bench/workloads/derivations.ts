import type { DynamoDBRecord } from 'aws-lambda';
import { counts } from '../../src/domain/definition/counts.ts';
import {
  defineTable,
  type Derivation,
  type TableDefinition,
} from '../../src/domain/definition/define-table.ts';
import { documents } from '../../src/domain/definition/documents.ts';
import { pointer } from '../../src/domain/definition/pointer.ts';
import { row } from '../../src/domain/definition/row.ts';
import { number, text } from '../../src/fleet/feed/attribute.ts';
import { context } from './catalogue.ts';
import type { Workload } from './workload.ts';

/** Rows of a kind in one partition. */
const GROUP = 10;
const STATUSES = ['new', 'paid', 'sent', 'done'];

const order = row({ PK: 'CUSTOMER#<customer>', SK: 'ORDER#<order>' });

/** What is derived of an order, in turn, under names of their own. */
const KINDS: readonly ((n: number) => Derivation)[] = [
  (n) => documents(order, { collection: `orders_${n}`, fields: ['status', 'total', 'note'] }),
  (n) => counts(order, { by: ['status', 'country'], at: { PK: `COUNT#${n}#<status>`, SK: 'IN#<country>' } }),
  (n) => pointer(order, { at: { SK: `LATEST#${n}` }, choose: 'newest', repeat: ['status', 'total'] }),
];

/** This many derivations of one kind of row. */
export function derivations(count: number): TableDefinition {
  return definitionOf(Array.from({ length: count }, (_, n) => n));
}

/** One of them, as a worker has it that has no other. */
export function onlyDerivation(n: number): TableDefinition {
  return definitionOf([n]);
}

/** How many different kinds of them there are: those that are so many apart are alike. */
export const DIFFERENT_KINDS = KINDS.length;

function definitionOf(numbers: readonly number[]): TableDefinition {
  const derive = Object.fromEntries(
    numbers.map((n) => [`derivation_${n}`, (KINDS[n % KINDS.length] as (typeof KINDS)[number])(n)]),
  );
  return defineTable({ keys: { partition: 'PK', sort: 'SK' }, rows: { order }, derive });
}

/** Orders of several customers, new ones and then half of them changed. */
export function orders(records: number): Workload {
  const { table, random } = context();
  const made = Array.from({ length: Math.ceil((records * 2) / 3) }, (_, n) =>
    table.insert(`CUSTOMER#${Math.floor(n / GROUP)}`, `ORDER#${String(n).padStart(6, '0')}`, {
      status: text(random.pick(STATUSES)),
      country: text(random.pick(['DE', 'FR', 'PL'])),
      total: number(random.int(1, 500)),
      note: text(random.hex(16)),
    }),
  );
  for (const item of made.slice(0, records - made.length))
    table.update(item, { status: text(random.pick(STATUSES)) });
  const batch = table.takeRecords();
  return { history: [], batch: batch.map((record) => JSON.parse(JSON.stringify(record)) as DynamoDBRecord) };
}
