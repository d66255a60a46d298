/*
 * What does not compile in a definition, and what does. Nothing here runs: `npm run typecheck` reads it, and an
 * expected error that does not come is an error.
 */
import type { Decimal } from '../../src/domain/decimal.ts';
import { counts } from '../../src/domain/definition/counts.ts';
import { defineTable } from '../../src/domain/definition/define-table.ts';
import { documents } from '../../src/domain/definition/documents.ts';
import { effect, skip } from '../../src/domain/definition/effect.ts';
import { pointer } from '../../src/domain/definition/pointer.ts';
import { row, type RowKind } from '../../src/domain/definition/row.ts';
import { rows } from '../../src/domain/definition/rows.ts';
import type { StandardSchema } from '../../src/domain/definition/standard-schema.ts';
import type { Template, Templates } from '../../src/domain/definition/template-types.ts';

/** Whether each of two types is the other. */
type Same<A, B> = [A] extends [B] ? ([B] extends [A] ? true : false) : false;

/** Takes a value of the type that it must have. */
declare function check(value: unknown, isOfType?: true): void;

interface Order {
  status: string;
  total: number;
  tags?: Set<string>;
}

const KEY = { PK: 'CUSTOMER#<customer>', SK: 'ORDER#<order>' } as const;
const order = row(KEY).with<Order>();
const untyped = row({ PK: 'CUSTOMER#<customer>', SK: 'ORDER#<order>' });

/* Kinds of rows that an attribute tells. */

interface Told {
  _et: 'Order' | 'Draft';
  note?: string;
  total: number;
}
declare const told: StandardSchema<Told>;

row(KEY, { when: { _et: 'Order' } });
row(KEY, { when: { _et: ['Order', 'Draft'], anything: 'x' } }).with<Told>();
row(KEY, { schema: told, when: { _et: ['Order', 'Draft'], note: 'x' } });
row<typeof KEY, StandardSchema<Told>>(KEY, { when: { _et: 'Draft' } });
// @ts-expect-error The row has no such attribute.
row(KEY, { schema: told, when: { _te: 'Order' } });
// @ts-expect-error The attribute never has this value.
row(KEY, { schema: told, when: { _et: ['Order', 'Invoice'] } });
// @ts-expect-error A number tells nothing: only strings are compared.
row(KEY, { schema: told, when: { total: '5' } });
// @ts-expect-error Neither does a list that is no list of strings.
row(KEY, { when: { _et: [5] } });
documents(row(KEY, { schema: told, when: { _et: 'Order' } }), { collection: 'c', fields: ['total'] });

/* The examples of the sketch. */

counts(order, {
  by: ({ key }) => ({ customer: key.customer }),
  amount: 'total',
  at: { PK: 'CUSTOMER#<customer>', SK: 'SPEND' },
});
counts(order, {
  by: ({ attributes }) => (attributes.status ? { status: attributes.status } : undefined),
  at: { PK: 'S', SK: 'STATUS#<status>' },
});
counts(order, {
  by: ({ attributes }) => [...(attributes.tags ?? [])].map((tag) => ({ tag })),
  at: { PK: 'TAGS', SK: 'TAG#<tag>' },
});
counts(order, {
  by: ({ key }) => ({ customer: key.customer }),
  // @ts-expect-error The tuple has no such part.
  at: { PK: 'CUSTOMER#<custmer>', SK: 'SPEND' },
});
counts(order, {
  by: ({ key }) => {
    // @ts-expect-error The row's key has no such part.
    check(key.custmer);
    return { customer: key.customer };
  },
  at: { PK: 'CUSTOMER#<customer>', SK: 'SPEND' },
});
counts(order, {
  by: ({ key }) => ({ customer: key.customer }),
  // @ts-expect-error The row has no such attribute.
  amount: 'totl',
  at: { PK: 'CUSTOMER#<customer>', SK: 'SPEND' },
});
documents(order, {
  collection: 'orders',
  id: ['customer', 'order'],
  fields: ['status'],
  where: ({ attributes }) => attributes.status !== 'draft',
});
documents(order, {
  collection: 'orders',
  // @ts-expect-error The row's key has no such part.
  id: ['x'],
  fields: ['status'],
});

rows(order, {
  on: ['INSERT'],
  keep: true,
  of: ({ key, attributes, change }) => {
    check(key, true satisfies Same<typeof key, { readonly customer: string; readonly order: string }>);
    check(change.operation, true satisfies Same<typeof change.operation, 'INSERT' | 'MODIFY' | 'REMOVE'>);
    check(change.at, true satisfies Same<typeof change.at, number | undefined>);
    return [{ table: 'audit', key: { id: key.order }, attributes: { total: attributes.total } }];
  },
});
rows(order, { of: ({ attributes }) => (attributes.status ? { key: { PK: 'A', SK: 'B' } } : undefined) });
rows(order, {
  of: ({ key }) => {
    // @ts-expect-error The row's key has no such part.
    check(key.custmer);
    return undefined;
  },
});
rows(order, {
  of: ({ attributes }) => {
    // @ts-expect-error The row has no such attribute.
    check(attributes.totl);
    return undefined;
  },
});
rows(order, {
  // @ts-expect-error A derived row has a key.
  of: () => ({ attributes: {} }),
});
rows(order, {
  // @ts-expect-error An attribute of a derived row's key is a string, a number or bytes.
  of: () => ({ key: { PK: 'A', SK: true } }),
});
rows(order, {
  // @ts-expect-error A function that derives rows is not async.
  of: async () => [],
});
rows(order, {
  of: () => [],
  // @ts-expect-error There is no such operation.
  on: ['UPDATE'],
});
// @ts-expect-error There is no such member.
rows(order, { of: () => [], kepe: true });

/* What the compiler says of a wrong template is the type that it should have. */

check(0, true satisfies Same<Template<'A#<custmer>', 'customer'>, 'no part <custmer>'>);
check(0, true satisfies Same<Template<'A#<a>#<a>', 'a'>, '<a> twice'>);
check(0, true satisfies Same<Template<'A#<a>', 'a' | 'b'>, 'A#<a>'>);
check(0, true satisfies Same<Template<string, 'a'>, string>);
type AtTwice = Templates<{ PK: 'A#<a>'; SK: '<a>'; X: 'X' }, 'a', 'PK' | 'SK'>;
check(0, true satisfies Same<AtTwice, { PK: '<a> twice'; SK: '<a> twice'; X: 'no attribute of the key' }>);

/* Rows. */

// @ts-expect-error A part stands in one of the templates.
row({ PK: '<a>', SK: '<a>' });
// @ts-expect-error A part stands there once.
row({ PK: 'A#<a>#<a>' });

row({ PK: 'A#<a>', SK: '<b>' }, { parts: { a: ['X', 'Y'], b: { without: '#' } }, strict: true });
row(
  { PK: 'A#<a>', SK: '<b>' },
  {
    parts: {
      // @ts-expect-error The key has no such part.
      c: ['X'],
    },
  },
);
// @ts-expect-error A part's rule is a list of texts, or says what the part is without.
row({ PK: 'A#<a>', SK: '<b>' }, { parts: { a: 'X' } });
// @ts-expect-error There is no such option.
row({ PK: 'A#<a>', SK: '<b>' }, { stirct: true });
// @ts-expect-error Numbers are exact, or the option is left out.
row({ PK: 'A#<a>', SK: '<b>' }, { numbers: 'plain' });
// @ts-expect-error A template is a text.
row({ PK: 5, SK: '<b>' });

/* A schema says what the attributes are: what it makes of them, not what it takes. */

declare const OrderSchema: StandardSchema<{ total: bigint; note: string | undefined }>;
const parsed = row(KEY, { schema: OrderSchema });
check(
  parsed,
  true satisfies Same<typeof parsed, RowKind<typeof KEY, { total: bigint; note: string | undefined }>>,
);
documents(parsed, {
  collection: 'orders',
  fields: ({ key, attributes }) => {
    check(key, true satisfies Same<typeof key, { readonly customer: string; readonly order: string }>);
    check(
      attributes,
      true satisfies Same<typeof attributes, Readonly<{ total: bigint; note: string | undefined }>>,
    );
    return { total: attributes.total };
  },
});
// @ts-expect-error The schema's output has no such attribute.
documents(parsed, { collection: 'orders', fields: ['status'] });

/** As zod's and valibot's are: with types of input and output, and results of their own. */
declare const LibrarySchema: {
  readonly '~standard': {
    readonly version: 1;
    readonly vendor: string;
    readonly validate: (
      value: unknown,
      options?: { readonly libraryOptions?: Record<string, unknown> | undefined },
    ) =>
      | { readonly value: { at: Date }; readonly issues?: undefined }
      | {
          readonly issues: readonly {
            readonly message: string;
            readonly path?: readonly PropertyKey[] | undefined;
          }[];
        }
      | Promise<{ readonly value: { at: Date }; readonly issues?: undefined }>;
    readonly types?: { readonly input: { at: string }; readonly output: { at: Date } } | undefined;
  };
};
documents(row(KEY, { schema: LibrarySchema }), {
  collection: 'orders',
  fields: ({ attributes }) => ({ year: attributes.at.getUTCFullYear() }),
});

/** As somebody writes it by hand: a failure has no `value`, which the compiler knows as one that is undefined. */
const HandWrittenSchema = {
  '~standard': {
    version: 1 as const,
    vendor: 'nobody',
    validate: (
      value: unknown,
    ): { value: Order; issues?: undefined } | { issues: { message: string }[]; value?: undefined } =>
      value === undefined ? { issues: [{ message: 'nothing' }] } : { value: value as Order },
  },
};
const handWritten = row(KEY, { schema: HandWrittenSchema });
check(handWritten, true satisfies Same<typeof handWritten, RowKind<typeof KEY, Order>>);
const inline = row(KEY, {
  schema: { '~standard': { version: 1, vendor: 'nobody', validate: (value) => ({ value: value as Order }) } },
});
check(inline, true satisfies Same<typeof inline, RowKind<typeof KEY, Order>>);
// @ts-expect-error A schema follows Standard Schema.
row(KEY, { schema: (value: unknown) => value });

/* Attributes are read-only, and unknown where nobody has said what they are. */

documents(order, {
  collection: 'orders',
  fields: ({ attributes }) => {
    // @ts-expect-error Attributes cannot be changed.
    attributes.status = 'mine';
    return {};
  },
});
documents(order, {
  collection: 'orders',
  fields: ({ key }) => {
    // @ts-expect-error Nor can the key.
    key.customer = 'mine';
    return {};
  },
});
documents(untyped, {
  collection: 'orders',
  fields: ['anything'],
  where: ({ attributes }) => attributes['status'] === 'x',
});
documents(untyped, {
  collection: 'orders',
  fields: ({ attributes }) => {
    check(attributes['status'], true satisfies Same<(typeof attributes)['status'], unknown>);
    return { status: attributes['status'] };
  },
});

/* Documents. */

// @ts-expect-error The row has no such attribute.
documents(order, { collection: 'orders', fields: ['stauts'] });
// @ts-expect-error There must be fields.
documents(order, { collection: 'orders' });
// @ts-expect-error A row is chosen or not.
documents(order, { collection: 'orders', fields: [], where: ({ attributes }) => attributes.status });
// @ts-expect-error The answer is not to be waited for.
documents(order, { collection: 'orders', fields: [], where: async () => true });
documents(order, { collection: 'orders', fields: [], where: { customer: '7' } });
// @ts-expect-error The key has no such part.
documents(order, { collection: 'orders', fields: [], where: { custmer: '7' } });
// @ts-expect-error Constants are texts.
documents(order, { collection: 'orders', fields: [], constants: { a: 5 } });
// @ts-expect-error There is no such member.
documents(order, { collection: 'orders', fields: [], filter: () => true });

documents(order, { collection: 'orders', id: 'EU:<customer>:<order>', fields: [] });
// @ts-expect-error The key has no such part.
documents(order, { collection: 'orders', id: 'EU:<ordr>', fields: [] });
// @ts-expect-error A part stands in an id once.
documents(order, { collection: 'orders', id: '<order>:<order>', fields: [] });
declare const prefix: string;
documents(row({ PK: `${prefix}#<id>` }), { collection: 'orders', id: 'EU:<id>', fields: [] });

/* Counts. */

counts(order, {
  by: ({ attributes }) => [...(attributes.tags ?? [])].map((tag) => ({ tag, status: attributes.status })),
  // @ts-expect-error None of the tuples has such a part.
  at: { PK: 'TAGS#<status>', SK: 'TAG#<tga>' },
});
counts(order, {
  by: ({ attributes }) => (attributes.status ? { status: attributes.status } : undefined),
  // @ts-expect-error The tuple has no such part.
  at: { PK: 'S', SK: '<sttus>' },
});
counts(order, {
  by: ({ key }) => [{ customer: key.customer }, undefined].filter((one) => one !== undefined),
  at: { PK: 'S', SK: '<customer>' },
});
counts(order, {
  by: ['status'],
  // @ts-expect-error The table's key has no such attribute.
  at: { PK: 'S', SK: '<status>', ST: 'x' },
});

counts(order, { by: ['status'], at: { PK: 'STATUS', SK: '<status>' } });
counts(order, { by: [], at: { PK: 'ORDERS', SK: 'COUNT' } });
counts(untyped, { by: ['anything'], at: { PK: 'A', SK: '<anything>' }, amount: 'something', as: 'sum' });
counts(order, {
  // @ts-expect-error A number is no text, and would never be counted.
  by: ['total'],
  at: { PK: 'STATUS', SK: 'X' },
});
// @ts-expect-error A text is no number.
counts(order, { by: ['status'], at: { PK: 'S', SK: '<status>' }, amount: 'status' });
counts(order, {
  // @ts-expect-error The row has no such attribute.
  by: ['stauts'],
  at: { PK: 'STATUS', SK: 'X' },
});
counts(order, {
  by: ['status'],
  // @ts-expect-error The tuple has no such part.
  at: { PK: 'STATUS', SK: '<state>' },
});
counts(order, {
  by: ['status'],
  // @ts-expect-error The table's key has another attribute.
  at: { PK: 'STATUS#<status>' },
});
counts(order, {
  // @ts-expect-error A tuple is made of texts.
  by: ({ attributes }) => ({ total: attributes.total }),
  at: { PK: 'TOTAL', SK: 'X' },
});
counts(order, {
  // @ts-expect-error Tuples are not to be waited for.
  by: async () => ({ status: 'x' }),
  at: { PK: 'STATUS', SK: 'X' },
});
declare const exact: Decimal;
counts(order, {
  by: ['status'],
  at: { PK: 'S', SK: '<status>' },
  amount: ({ attributes }) => attributes.total * 2,
});
counts(order, { by: ['status'], at: { PK: 'S', SK: '<status>' }, amount: () => exact });
counts(order, { by: ['status'], at: { PK: 'S', SK: '<status>' }, amount: () => 5n });
counts(order, {
  by: ['status'],
  at: { PK: 'S', SK: '<status>' },
  // @ts-expect-error What is added is a number.
  amount: ({ attributes }) => attributes.tags,
});

/* Pointers. */

pointer(order, { at: { SK: 'LATEST' }, choose: 'newest', repeat: ['status', 'total'] });
// @ts-expect-error The row has no such attribute.
pointer(order, { at: { SK: 'LATEST' }, choose: 'newest', repeat: ['stauts'] });
// @ts-expect-error There are two ways to choose.
pointer(order, { at: { SK: 'LATEST' }, choose: 'oldest', repeat: [] });
// @ts-expect-error The table's key has no such attribute.
pointer(order, { at: { SORT: 'LATEST' }, choose: 'newest', repeat: [] });

/* Effects. */

effect(order, {
  on: ['INSERT', 'MODIFY'],
  where: ({ before, after, operation }) => operation !== 'REMOVE' && before?.status !== after?.status,
  run: async ({ key, after, before, id, at, origin }, { signal, attempt, once }) => {
    const total: number | undefined = after?.total;
    const customer: string = key.customer;
    if (before !== undefined || origin === 'ttl') return skip('not new');
    once({ Put: { TableName: 'badges', Item: { customer, total, id, at } } });
    await fetch('https://example.com', { signal });
    return attempt;
  },
});
effect(order, { run: () => undefined, attempts: 1, timeoutMs: 500 });
effect(order, {
  runBatch: async (changes, { signal, attempt }) => {
    const totals: (number | undefined)[] = changes.map(({ after }) => after?.total);
    await fetch('https://example.com', { signal, body: JSON.stringify([attempt, totals]) });
  },
});
effect(order, {
  run: ({ key }) => {
    // @ts-expect-error The row's key has no such part.
    check(key.custmer);
  },
});
effect(order, {
  // @ts-expect-error There may be no row after the change.
  run: ({ after }) => after.total,
});
effect(order, {
  run: ({ after }) => {
    // @ts-expect-error Rows are read-only.
    if (after !== undefined) after.total = 0;
  },
});
// @ts-expect-error An effect runs something.
effect(order, { on: ['INSERT'] });
// @ts-expect-error It runs for one change or for many, not both.
effect(order, { run: () => undefined, runBatch: () => undefined });
effect(order, {
  runBatch: (_, context) => {
    // @ts-expect-error What many changes write has no note of its own.
    check(context.once);
  },
});
// @ts-expect-error There is no such operation.
effect(order, { run: () => undefined, on: ['UPDATE'] });
// @ts-expect-error Whether it runs is true or false.
effect(order, { run: () => undefined, where: ({ after }) => after?.status });
// @ts-expect-error Nobody waits for where.
effect(order, { run: () => undefined, where: async () => true });

/* Tables. */

const search = documents(order, { collection: 'orders', fields: ['status'] });
defineTable({
  keys: { partition: 'PK', sort: 'SK' },
  rows: { order },
  derive: { search, badges: effect(order, { run: () => undefined }) },
});
defineTable({
  keys: { partition: { name: 'PK', type: 'B' }, sort: { name: 'SK', type: 'N' } },
  rows: { order },
  derive: { search },
});
defineTable({
  keys: { partition: 'PK', sort: { name: 'SORT', type: 'N' } },
  rows: {
    // @ts-expect-error The row's key has no attribute SORT.
    order,
  },
  derive: { search },
});
defineTable({
  // @ts-expect-error Keys are of type S, N or B.
  keys: { partition: 'PK', sort: { name: 'SK', type: 'BOOL' } },
  rows: { order },
  derive: { search },
});
defineTable({
  // @ts-expect-error The attribute has a name.
  keys: { partition: 'PK', sort: { type: 'N' } },
  rows: { order },
  derive: { search },
});
defineTable({ keys: { partition: 'id' }, rows: { user: row({ id: 'USER#<user>' }) }, derive: {} });
defineTable({
  keys: { partition: 'PK', sort: 'SORT' },
  rows: {
    // @ts-expect-error The row's key has no attribute SORT.
    order,
  },
  derive: { search },
});
defineTable({
  keys: { partition: 'PK', sort: 'SK' },
  rows: {
    // @ts-expect-error The row's key has no sort key.
    half: row({ PK: 'A#<a>' }),
  },
  derive: {},
});
defineTable({
  keys: { partition: 'PK', sort: 'SK' },
  // @ts-expect-error Templates are not yet a kind of row.
  rows: { order: KEY },
  derive: { search },
});
defineTable({
  keys: { partition: 'PK', sort: 'SK' },
  rows: { order },
  // @ts-expect-error Rows are derived from, not derived.
  derive: { order },
});
defineTable({
  keys: { partition: 'PK' },
  rows: {
    // @ts-expect-error The row's key has an attribute more than the table's.
    order,
  },
  derive: { search },
});
// @ts-expect-error There is no such member.
defineTable({ keys: { partition: 'PK', srot: 'SK' }, rows: { half: row({ PK: '<a>' }) }, derive: {} });
// @ts-expect-error A table has rows.
defineTable({ keys: { partition: 'PK', sort: 'SK' }, derive: { search } });
