import { expect } from 'chai';
import fc from 'fast-check';
import { KeyTemplate } from '../../../src/domain/definition/key-template.ts';
import { rowModel } from '../../../src/domain/definition/draft.ts';
import { type RowModel, TableModel } from '../../../src/domain/table-model.ts';
import {
  filterCriteria,
  filtersOf,
  MAX_PATTERN_LENGTH,
} from '../../../src/entrypoints/deployment/filters.ts';
import { isNeeded } from '../../../src/entrypoints/deployment/key-area.ts';
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

function tables(maxLength: number): fc.Arbitrary<TableModel> {
  const kind = (hasSort: boolean) =>
    fc.record({
      partition: template('p', maxLength),
      sort: hasSort ? template('s', maxLength) : fc.constant(undefined),
      isNeeded: fc.integer({ min: 0, max: 3 }).map((one) => one > 0),
      strict: fc.boolean(),
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
      const rows = kinds.map(({ partition, sort, strict, isNeeded: needed }, index): RowModel => {
        const names = [...partition.names, ...(sort?.names ?? [])];
        const rules = names.map(() => undefined);
        const model = rowModel({ name: `kind${index}`, partition, sort, names, rules, strict });
        return needed ? { ...model, documents } : model;
      });
      return new TableModel({ partition: 'a "key"', sort: hasSort ? 'éß' : undefined }, rows);
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
) {
  const Keys = { [keys.partition]: { S: partition }, ...(keys.sort && { [keys.sort]: { S: sort } }) };
  return { eventName: 'MODIFY', dynamodb: { Keys } };
}

describe('the filters of any definition', function () {
  this.timeout(60_000);

  for (const [title, maxLength, runs] of [
    ['short keys', 6, 600],
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
          for (const key of keys) {
            const row = table.rowOf(key.partition, key.sort);
            const passed = passes(patterns, recordOf(table, key));
            if (!passed) heldBack++;
            if (row !== undefined && 'model' in row && isNeeded(row.model)) {
              needed++;
              expect(passed, JSON.stringify(key)).to.equal(true);
            } else if (passed && row !== undefined && 'model' in row)
              // What passes in vain is said, unless a needed kind's keys begin like it.
              expect(needless.length).to.be.greaterThan(0);
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
          expect(passes(patterns, recordOf(only, key))).to.equal(true);
        },
      ),
      { numRuns: 200, seed: 7 },
    );
  });
});
