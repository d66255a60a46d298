import { counts } from '../../../src/domain/definition/counts.ts';
import { defineTable } from '../../../src/domain/definition/define-table.ts';
import { documents } from '../../../src/domain/definition/documents.ts';
import { effect } from '../../../src/domain/definition/effect.ts';
import { pointer } from '../../../src/domain/definition/pointer.ts';
import { row } from '../../../src/domain/definition/row.ts';
import { rows } from '../../../src/domain/definition/rows.ts';
import type { SchemaIssue, StandardSchema } from '../../../src/domain/definition/standard-schema.ts';
import { fleet } from '../../../src/fleet/definition.ts';

/* Definitions that ask for rows in all ways that there are. */

interface Play {
  readonly score: number;
  readonly status: string;
  readonly player: { readonly name: string; readonly tags: readonly string[] };
}

const play = row({ PK: 'PLAYER#<player>', SK: 'PLAY#<play>' }, { strict: true }).with<Play>();

/** Functions that throw for what they do not expect. */
export const byFunctions = defineTable({
  keys: { partition: 'PK', sort: 'SK' },
  rows: { play },
  derive: {
    plays: documents(play, {
      collection: 'plays',
      fields: ({ attributes }) => ({
        name: attributes.player.name.trim().toUpperCase(),
        score: attributes.score.toFixed(2),
      }),
      where: ({ attributes }) => attributes.status === 'published',
    }),
    tags: counts(play, {
      by: ({ attributes }) =>
        attributes.player.tags.filter((tag) => tag.trim() !== '').map((tag) => ({ tag: `t${tag}` })),
      at: { PK: 'TAGS', SK: 'TAG#<tag>' },
    }),
    badges: effect(play, { where: ({ after }) => (after?.score ?? 0) > 1, run: () => undefined }),
  },
});

interface Basket {
  readonly tags: ReadonlySet<string>;
  readonly sizes: ReadonlySet<number>;
  readonly prices: Readonly<Record<string, number>>;
  readonly lines: readonly (readonly string[])[];
}

const basket = row({ PK: 'BASKET#<basket>', SK: 'NOW' }).with<Basket>();

/** Functions of what holds more: sets, maps by any names, arrays of arrays. They, too, throw for what they do not expect. */
export const byCollections = defineTable({
  keys: { partition: 'PK', sort: 'SK' },
  rows: { basket },
  derive: {
    tags: counts(basket, {
      by: ({ attributes: { tags } }) =>
        tags.size > 3 ? [] : Array.from(tags, (tag) => ({ tag: `t${tag.trim()}` })),
      at: { PK: 'TAGS', SK: 'TAG#<tag>' },
    }),
    baskets: documents(basket, {
      collection: 'baskets',
      fields: ({ attributes: { sizes, prices, lines } }) => ({
        sizes: sizes.size > 3 ? [] : Array.from(sizes, (size) => size.toFixed(1)),
        prices: Object.entries(prices).map(([name, price]) => `${name} ${price.toFixed(2)}`),
        lines: lines.map((line) => line.map((text) => text.toUpperCase()).join()),
      }),
    }),
  },
});

const reading = row(
  { device: '<device>', at: '<time>' },
  { parts: { device: ['AA', '_w'], time: { without: '-' } }, numbers: 'exact' },
);
const command = row({ device: 'AQ', at: '<time>' }, { derives: 'nothing', parts: { time: ['1', '2'] } });

/** Keys of numbers and bytes. */
export const typed = defineTable({
  keys: { partition: { name: 'device', type: 'B' }, sort: { name: 'at', type: 'N' } },
  rows: { reading, command },
  derive: {
    sums: counts(reading, { by: ['level'], amount: 'value', at: { device: 'AAA', at: '<level>' } }),
    highest: pointer(reading, { at: { at: '-1' }, choose: 'newest', repeat: ['value'] }),
  },
});

const order = row(
  { PK: '<pk>', SK: '<sk>' },
  { when: { _et: ['Order', 'Draft'] }, parts: { pk: { without: '#' } } },
);
const note = row({ PK: '<pk>', SK: '<sk>' }, { when: { _et: 'Note' }, parts: { pk: { without: '#' } } });

/** Kinds that an attribute tells apart. */
export const told = defineTable({
  keys: { partition: 'PK', sort: 'SK' },
  rows: { order, note },
  derive: {
    revenue: counts(order, { by: ['status'], amount: 'total', at: { PK: 'REVENUE#<status>', SK: 'TOTAL' } }),
    notes: documents(note, { collection: 'notes', fields: ['text'] }),
  },
});

const item = row({ PK: 'I#<a>', SK: '<b>' }, { parts: { b: { without: '~' } } });
const copy = row({ PK: 'COPY', SK: '<sk>' });
const tally = row({ PK: 'TALLY#<text>', SK: 'COUNT' });

/** Rows that are derived are of kinds that more is derived from. */
export const chained = defineTable({
  keys: { partition: 'PK', sort: 'SK' },
  rows: { item, copy, tally },
  derive: {
    copies: rows(item, {
      of: ({ key, attributes }) => ({
        key: { PK: 'COPY', SK: `${key.a.length} ${key.a} ${key.b}` },
        attributes: { text: attributes['text'] },
      }),
    }),
    latest: pointer(item, { at: { SK: '~LATEST' }, choose: 'newest', repeat: ['text', 'b'] }),
    tallies: counts(copy, { by: ['text'], at: { PK: 'TALLY#<text>', SK: 'COUNT' } }),
    found: documents(tally, { collection: 'tallies', fields: ['count'] }),
  },
});

const source = row({ PK: 'S#<name>', SK: '<part>' });
const copyOf = row({ PK: 'C#<name>', SK: '<part>' });

/** Rows are derived in a kind that others write, too, under names that begin so. */
export function copiedTo(prefix: string) {
  return defineTable({
    keys: { partition: 'PK', sort: 'SK' },
    rows: { source, copyOf },
    derive: {
      copies: rows(source, {
        of: ({ key }) => ({ key: { PK: `C#${prefix}${key.name}`, SK: key.part }, attributes: {} }),
      }),
      found: documents(copyOf, { collection: 'copies', fields: ['text'] }),
    },
  });
}

const bill = row({ PK: 'B#<bill>', SK: 'BILL' }).with<{ readonly total: number }>();

/** @param isStrict whether it throws where the total of a row that is changed is no number. */
export function halvedOnChange(isStrict: boolean) {
  return defineTable({
    keys: { partition: 'PK', sort: 'SK' },
    rows: { bill },
    derive: {
      halves: rows(bill, {
        on: ['MODIFY', 'REMOVE'],
        of: ({ key, attributes: { total } }) => ({
          table: 'halves',
          key: { id: key.bill },
          attributes: { half: isStrict ? total.toFixed(2) : String(total) },
        }),
      }),
    },
  });
}

/** A schema by hand, as libraries of schemas behave: it names the first that is wrong with each attribute. */
function schemaOf<Output>(
  fields: Readonly<Record<string, (value: unknown) => string | undefined>>,
): StandardSchema<Output> {
  return {
    '~standard': {
      version: 1,
      vendor: 'test',
      validate: (value) => {
        const row = value as Readonly<Record<string, unknown>>;
        const issues: SchemaIssue[] = Object.entries(fields).flatMap(([name, problemOf]) => {
          const message = problemOf(row[name]);
          return message === undefined ? [] : [{ message, path: [name] }];
        });
        return issues.length > 0 ? { issues } : { value: value as Output };
      },
    },
  };
}

const FITTING = schemaOf<{ readonly status: string; readonly size: number }>({
  status: (value) =>
    value === 'open' || value === 'paid'
      ? undefined
      : 'expected one of "open" | "paid", and is something else',
  size: (value) =>
    typeof value !== 'number' ? 'expected a number' : value < 37 ? 'must be at least 37' : undefined,
});

export const withSchema = tableOf(FITTING);
/** What no row fits, as far as its words tell. */
export const unfit = tableOf(schemaOf({ code: () => 'is not right' }));

function tableOf(schema: StandardSchema) {
  const one = row({ id: '<id>' }, { schema });
  return defineTable({
    keys: { partition: 'id' },
    rows: { one },
    derive: { found: documents(one, { collection: 'found', fields: [] }) },
  });
}

export const DEFINITIONS = { fleet, byFunctions, byCollections, typed, told, chained, withSchema };
