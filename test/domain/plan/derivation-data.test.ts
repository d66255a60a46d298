import { expect } from 'chai';
import { counts } from '../../../src/domain/definition/counts.ts';
import { defineTable, type TableDefinition } from '../../../src/domain/definition/define-table.ts';
import { documents } from '../../../src/domain/definition/documents.ts';
import { effect } from '../../../src/domain/definition/effect.ts';
import { pointer } from '../../../src/domain/definition/pointer.ts';
import { row } from '../../../src/domain/definition/row.ts';
import { rows } from '../../../src/domain/definition/rows.ts';
import {
  derivationData,
  derivationsOf,
  derivationText,
  standsElsewhere,
} from '../../../src/domain/plan/derivation-data.ts';

const KEY = { PK: 'CUSTOMER#<customer>', SK: 'ORDER#<order>' };
const ORDER = row(KEY).with<{ readonly status: string; readonly total: number }>();

type Make = (order: typeof ORDER) => unknown;

/** The definition of a table from which one thing is derived, called `it`. */
function tableOf(make: Make, order = ORDER): TableDefinition {
  const spec = { keys: { partition: 'PK', sort: 'SK' }, rows: { order }, derive: { it: make(order) } };
  return defineTable(spec as never);
}

function textOf({ model }: TableDefinition): string {
  return derivationText(model.keys, derivationsOf(model)[0]!);
}

function dataOf({ model }: TableDefinition) {
  return derivationData(model.keys, derivationsOf(model)[0]!);
}

const search =
  (spec: object): Make =>
  (order) =>
    documents(order, { collection: 'orders', fields: ['status', 'total'], ...spec } as never);
const tally =
  (spec: object): Make =>
  (order) =>
    counts(order, { by: ['status'], at: { PK: 'S#<status>', SK: 'N' }, ...spec } as never);
const latest =
  (spec: object): Make =>
  (order) =>
    pointer(order, { at: { SK: 'LATEST' }, choose: 'newest', repeat: ['status'], ...spec } as never);
const copies =
  (spec: object): Make =>
  (order) =>
    rows(order, { of: () => undefined, ...spec });
const mail =
  (spec: object): Make =>
  (order) =>
    effect(order, { run: () => undefined, backfill: true, ...spec });

/** What makes a derivation another one, by what it is. */
const CHANGES: Readonly<Record<string, readonly [make: Make, ...specs: object[]]>> = {
  documents: [
    search({}),
    { collection: 'sales' },
    { fields: ['status'] },
    { fields: () => ({ a: 1 }) },
    { fields: () => ({ a: 2 }) },
    { id: ['order', 'customer'] },
    { where: { customer: 'ada' } },
    { where: () => true },
    { where: () => false },
    { constants: { shop: 'A' } },
    { types: { status: { type: 'string', facet: true }, total: 'float' } },
  ],
  counts: [
    tally({}),
    { by: ['total'], at: { PK: 'S#<total>', SK: 'N' } },
    { by: () => ({ status: 'a' }) },
    { by: () => ({ status: 'b' }) },
    { at: { PK: 'T#<status>', SK: 'N' } },
    { amount: 'total' },
    { amount: () => 1 },
    { amount: () => 2 },
    { as: 'orders' },
    { state: { partition: '<customer>#<order>', sort: 'STATE' } },
  ],
  pointer: [latest({}), { at: { SK: 'LAST' } }, { choose: 'keep' }, { repeat: ['total'] }],
  rows: [copies({}), { of: () => [] }, { on: ['INSERT'] }, { keep: true }],
  effect: [mail({}), { on: ['INSERT'] }, { where: () => true }, { where: () => false }, { backfill: false }],
};

const MAKERS = { documents: search, counts: tally, pointer: latest, rows: copies, effect: mail };

describe('what a derivation says', () => {
  for (const [is, [plain, ...specs]] of Object.entries(CHANGES))
    it(`given ${is} that say something else, then the text is another`, () => {
      const make = MAKERS[is as keyof typeof MAKERS];
      const texts = [plain, ...specs.map(make)].map((one) => textOf(tableOf(one)));
      expect(new Set(texts).size).to.equal(texts.length);
    });

  it('given the same, whatever the order of its members, then the text is the same', () => {
    const one = tableOf(
      search({ constants: { a: '1', b: '2' }, types: { status: 'string', total: 'float' } }),
    );
    const other = tableOf(
      search({ types: { total: 'float', status: 'string' }, constants: { b: '2', a: '1' } }),
    );
    expect(textOf(one)).to.equal(textOf(other));
  });

  it('given rows with another key, schema or numbers, or another kind, then the text is another', () => {
    const schema = { '~standard': { version: 1, vendor: 'shop', validate: (value: unknown) => ({ value }) } };
    const kinds = [
      ORDER,
      row({ ...KEY, SK: 'SALE#<order>' }),
      row(KEY, { parts: { customer: ['ada'] } }),
      row(KEY, { when: { _et: 'Order' } }),
      row(KEY, { schema: schema as never }),
      row(KEY).with<object>({ numbers: 'exact' } as never),
    ];
    const texts = kinds.map((kind) => textOf(tableOf(search({}), kind as never)));
    expect(new Set(texts).size).to.equal(texts.length);
  });

  it('given what an effect does, then the text is the same: it runs once for a row', () => {
    expect(textOf(tableOf(mail({ run: () => 1 })))).to.equal(textOf(tableOf(mail({ run: () => 2 }))));
  });

  it('given a derivation, then JSON keeps its data, without functions', () => {
    for (const [is, [plain, ...specs]] of Object.entries(CHANGES))
      for (const make of [plain, ...specs.map(MAKERS[is as keyof typeof MAKERS])]) {
        const data = dataOf(tableOf(make));
        const kept = JSON.parse(JSON.stringify(data)) as unknown;
        expect(JSON.stringify(kept)).to.equal(JSON.stringify(data)).and.not.to.contain('=>');
      }
  });

  it('given a place that no backfill finds, then it stands elsewhere', () => {
    const isElsewhere = (make: Make, other: Make) =>
      standsElsewhere(dataOf(tableOf(make)), dataOf(tableOf(other)));
    expect(isElsewhere(search({}), search({ collection: 'sales' }))).to.equal(true);
    expect(isElsewhere(search({}), search({ id: ['order', 'customer'] }))).to.equal(true);
    expect(isElsewhere(latest({}), latest({ at: { SK: 'LAST' } }))).to.equal(true);
    expect(isElsewhere(search({}), tally({}))).to.equal(true);
    expect(isElsewhere(search({}), search({ fields: ['status'] }))).to.equal(false);
    expect(isElsewhere(tally({}), tally({ at: { PK: 'T#<status>', SK: 'N' } }))).to.equal(false);
  });
});
