import { expect } from 'chai';
import fc from 'fast-check';
import { toDelivery } from '../../../src/adapters/dynamodb-stream/to-delivery.ts';
import type { Operation } from '../../../src/domain/change.ts';
import { commandsOf } from '../../../src/domain/command.ts';
import { defineTable } from '../../../src/domain/definition/define-table.ts';
import { effect } from '../../../src/domain/definition/effect.ts';
import { row } from '../../../src/domain/definition/row.ts';
import { rows as rowsOf } from '../../../src/domain/definition/rows.ts';
import { KeyTemplate } from '../../../src/domain/definition/key-template.ts';
import { rowModel } from '../../../src/domain/definition/draft.ts';
import type { StandardSchema } from '../../../src/domain/definition/standard-schema.ts';
import { NO_KEYS } from '../../../src/domain/definition/templates.ts';
import { type RowModel, TableModel } from '../../../src/domain/table-model.ts';
import {
  filterCriteria,
  filtersOf,
  MAX_PATTERN_LENGTH,
} from '../../../src/entrypoints/deployment/filters.ts';
import { isNeeded } from '../../../src/entrypoints/deployment/key-area.ts';
import { ALL_OPERATIONS } from '../../../src/entrypoints/deployment/needed-operations.ts';
import { fleet } from '../../../src/fleet/definition.ts';
import { passes } from '../../deploy/support/lambda-filter.ts';

/** Few letters, so that keys are often alike; some that JSON writes longer, and some of two code units. */
const LETTERS = ['A', 'B', '#', '"', '\u0001', 'é', '😀', '😁'];
const text = (maxLength: number, minLength = 0) =>
  fc.array(fc.constantFrom(...LETTERS), { minLength, maxLength }).map((letters) => letters.join(''));

const template = (name: string, maxLength: number) =>
  fc
    .tuple(text(maxLength, 1), text(maxLength), text(2, 1), fc.integer({ min: 0, max: 3 }))
    .map(([whole, before, between, parts]) => {
      if (parts === 0) return whole;
      return parts === 1 ? `${before}<${name}1>` : `${before}<${name}1>${between}<${name}2>`;
    })
    .map((written) => new KeyTemplate(written));

const [documents] = [fleet.model.documents.slice(0, 1)];

const NOTHING_FITS: StandardSchema = {
  '~standard': { version: 1, vendor: 'test', validate: () => ({ issues: [{ message: 'nothing fits' }] }) },
};

const KEY = { PK: 'A#<a>', SK: 'B#<b>' };
const [audited, run] = [row(KEY), row({ ...KEY, PK: 'C#<c>' })];
const { derivedRows, effects } = defineTable({
  keys: { partition: 'PK', sort: 'SK' },
  rows: { audited, run },
  derive: { audit: rowsOf(audited, { of: () => [] }), runs: effect(run, { run: () => undefined }) },
}).model;

/** Something derived from a kind of rows: after every change, or after some operations. */
function derivedOf(
  asked: readonly Operation[],
  as: 'documents' | 'derivedRows' | 'effects',
): Partial<RowModel> {
  const on = asked.length === 0 ? undefined : asked;
  switch (as) {
    case 'documents':
      return { documents };
    case 'derivedRows':
      return { derivedRows: derivedRows.map((model) => ({ ...model, on })) };
    case 'effects':
      return { effects: effects.map((model) => ({ ...model, on })) };
  }
}

function tables(maxLength: number): fc.Arbitrary<TableModel> {
  const kind = (hasSort: boolean) =>
    fc.record({
      partition: template('p', maxLength),
      sort: hasSort ? template('s', maxLength) : fc.constant(undefined),
      isNeeded: fc.integer({ min: 0, max: 3 }).map((one) => one > 0),
      on: fc.subarray([...ALL_OPERATIONS]),
      as: fc.constantFrom('documents', 'derivedRows', 'effects'),
      strict: fc.integer({ min: 0, max: 3 }).map((one) => one === 0),
      hasSchema: fc.integer({ min: 0, max: 3 }).map((one) => one === 0),
    });
  return fc
    .boolean()
    .chain((hasSort) =>
      fc.record({
        hasSort: fc.constant(hasSort),
        kinds: fc.array(kind(hasSort), { minLength: 1, maxLength: 14 }),
      }),
    )
    .map(({ hasSort, kinds }) => {
      const rows = kinds.map(({ partition, sort, strict, on, as, hasSchema, ...kind }, index): RowModel => {
        const names = [...partition.names, ...(sort?.names ?? [])];
        const rules = names.map(() => undefined);
        const model = rowModel({ name: `kind${index}`, partition, sort, names, rules, strict });
        const schema = hasSchema ? NOTHING_FITS : undefined;
        return kind.isNeeded ? { ...model, schema, ...derivedOf(on, as) } : model;
      });
      return new TableModel({ ...NO_KEYS, partition: 'a "key"', sort: hasSort ? 'éß' : undefined }, rows);
    })
    .filter(({ rows }) => rows.some(isNeeded));
}

/** Keys of the kinds, keys that begin like theirs, and others. */
function keysOf({ rows, keys }: TableModel): fc.Arbitrary<{ partition: string; sort: string | undefined }> {
  const of = ({ prefix, text: whole, fixed }: KeyTemplate) =>
    fc.oneof(
      fc.constant(fixed ? whole : `${prefix}A#"B`),
      text(8).map((rest) => `${prefix}${rest}`),
      text(4),
    );
  return fc.tuple(fc.constantFrom(...rows), fc.constantFrom(...rows)).chain(([one, other]) =>
    fc.record({
      partition: of(one.partition),
      sort: keys.sort === undefined ? fc.constant(undefined) : of((other.sort ?? one.sort)!),
    }),
  );
}

function recordOf(
  { keys }: TableModel,
  { partition, sort }: { partition: string; sort: string | undefined },
  eventName: Operation,
) {
  const Keys = { [keys.partition]: { S: partition }, ...(keys.sort && { [keys.sort]: { S: sort } }) };
  const [before, after] = [{ OldImage: Keys }, { NewImage: Keys }];
  const images = { INSERT: after, MODIFY: { ...before, ...after }, REMOVE: before }[eventName];
  return { eventName, dynamodb: { Keys, ...images, SequenceNumber: '100' } };
}

/** Whether the worker does anything for a record, or says anything of it. */
function asksForAnything(record: unknown, table: TableModel): boolean {
  const delivery = toDelivery(record, table);
  if (delivery.kind !== 'change') return delivery.kind === 'undecodable';
  try {
    return commandsOf(delivery.change).length > 0;
  } catch {
    return true;
  }
}

describe('the filters of any definition', function () {
  this.timeout(60_000);

  for (const [title, maxLength, runs] of [
    ['short keys', 6, 300],
    ['keys too long for one filter', 1_500, 60],
  ] as const)
    it(`given ${title}, then no needed row is held back, and each filter is within Lambda's limits`, () => {
      const world = fc
        .tuple(tables(maxLength), fc.integer({ min: 1, max: 10 }))
        .chain(([table, most]) =>
          fc.tuple(fc.constant(table), fc.constant(most), fc.array(keysOf(table), { minLength: 20 })),
        );
      let [needed, heldBack] = [0, 0];
      fc.assert(
        fc.property(world, ([table, most, keys]) => {
          const { filters, needless } = filtersOf(table, most);
          const patterns = filterCriteria(filters).Filters.map(({ Pattern }) => Pattern);
          expect(patterns.length).to.be.within(1, most);
          for (const pattern of patterns) {
            expect(pattern.length).to.be.at.most(MAX_PATTERN_LENGTH);
            expect(pattern.isWellFormed()).to.equal(true);
            expect(pattern).not.to.match(/\\ud[89a-f]/i);
            expect(pattern).not.to.include('"prefix":""');
          }
          for (const key of keys)
            for (const operation of ALL_OPERATIONS) {
              const row = table.rowOf(key.partition, key.sort);
              const record = recordOf(table, key, operation);
              const passed = passes(patterns, record);
              if (!passed) heldBack++;
              const isOfKind = row !== undefined && 'model' in row;
              if (isOfKind && asksForAnything(record, table)) {
                needed++;
                expect(passed, `${operation} ${JSON.stringify(key)}`).to.equal(true);
              } else if (passed && isOfKind && !(isNeeded(row.model) && row.model.strict))
                // What passes in vain is said, unless a needed kind's keys begin like it.
                expect(needless.length, operation).to.be.greaterThan(0);
            }
        }),
        { numRuns: runs, seed: 42 },
      );
      expect(needed).to.be.greaterThan(runs);
      expect(heldBack).to.be.greaterThan(runs);
    });

  it('given a malformed key of a needed kind, then it passes, so that the worker can say so', () => {
    fc.assert(
      fc.property(
        tables(6).chain((table) => fc.tuple(fc.constant(table), keysOf(table))),
        ([table, key]) => {
          const strict = table.rows.filter(isNeeded).map((model) => ({ ...model, strict: true }));
          const only = new TableModel(table.keys, strict);
          const row = only.rowOf(key.partition, key.sort);
          fc.pre(row !== undefined && 'malformed' in row);
          const patterns = filterCriteria(filtersOf(only, 2).filters).Filters.map(({ Pattern }) => Pattern);
          for (const operation of ALL_OPERATIONS)
            expect(passes(patterns, recordOf(only, key, operation))).to.equal(true);
        },
      ),
      { numRuns: 200, seed: 7 },
    );
  });
});
