import { expect } from 'chai';
import fc from 'fast-check';
import { kindsOf, modelOf, propose } from '../../../src/application/propose/propose.ts';
import type { SampledRow } from '../../../src/application/propose/sample.ts';
import type { KeySchema } from '../../../src/domain/table-model.ts';
import type { Value } from '../../../src/domain/value.ts';

const KEYS: KeySchema = { partition: 'PK', partitionType: 'S', sort: 'SK', sortType: 'S' };

/** A word that stands in all keys of a template, or a place for data. */
const piece = fc.oneof(
  fc.constantFrom('ORDER', 'CUSTOMER', 'item', 'v1', '$shop', '17', 'a b', "it's", '${x}', '`'),
  fc.constant(undefined),
);
const side = fc.record({
  separator: fc.constantFrom('#', '/', ':', '|'),
  pieces: fc.array(piece, { minLength: 1, maxLength: 4 }),
});
const data = fc.oneof(
  fc.uuid(),
  fc.integer({ min: 0, max: 10 ** 9 }).map(String),
  fc.constantFrom('2026-01-05', '2026-01-05T09:00:00Z', 'anna', 'BERT', 'DE', 'id_7', '$', '-'),
  fc.string({ minLength: 1, maxLength: 6 }).filter((text) => !/[#/:|~;,]/.test(text)),
);
const layout = fc
  .record({
    partition: side,
    sort: side,
    attributes: fc.uniqueArray(fc.constantFrom('a', 'b', 'c', 'd', 'constructor', '__proto__', 'type'), {
      maxLength: 4,
    }),
    values: fc.array(fc.array(data, { minLength: 8, maxLength: 8 }), { minLength: 12, maxLength: 20 }),
  })
  // A row that there is once is no pattern.
  .filter(({ partition, sort }) => [...partition.pieces, ...sort.pieces].includes(undefined));

function rowsOf({
  partition,
  sort,
  attributes,
  values,
}: typeof layout extends fc.Arbitrary<infer T> ? T : never) {
  return values.map((some): SampledRow => {
    const left = [...some];
    const text = ({ separator, pieces }: typeof partition) =>
      pieces.map((one) => one ?? left.pop() ?? 'x').join(separator);
    return {
      key: { partition: text(partition), sort: text(sort) },
      attributes: new Map<string, Value>(attributes.map((name) => [name, `${name} of all`])),
    };
  });
}

describe('a proposal', function () {
  this.timeout(300_000);

  it('given rows made of random templates, then each is of exactly one proposed kind', () => {
    fc.assert(
      fc.property(fc.array(layout, { minLength: 1, maxLength: 4 }), (layouts) => {
        const rows = layouts.flatMap(rowsOf);
        const { kinds, others } = propose({ keys: KEYS, rows });
        const model = modelOf(kinds, KEYS);
        for (const row of rows) {
          const found = kindsOf(model, row);
          expect(found.length, JSON.stringify([row.key, kinds.map(({ key }) => [...key])])).to.be.at.most(1);
          if (found.length === 0) expect(others.rows).to.be.greaterThan(0);
        }
        expect(others.rows, JSON.stringify([others, kinds.map(({ key }) => [...key])])).to.equal(0);
      }),
      { numRuns: 300, endOnFailure: true },
    );
  });

  it('given the same rows in another order, then it is the same kinds', () => {
    fc.assert(
      fc.property(fc.array(layout, { minLength: 1, maxLength: 3 }), (layouts) => {
        const rows = layouts.flatMap(rowsOf);
        const shown = (some: readonly SampledRow[]) =>
          propose({ keys: KEYS, rows: some })
            .kinds.map(({ key, rows: count }) => `${JSON.stringify([...key.values()].map(unnamed))} ${count}`)
            .toSorted();
        expect(shown(rows.toReversed())).to.deep.equal(shown(rows));
      }),
      { numRuns: 100, endOnFailure: true },
    );
  });
});

function unnamed(template: string): string {
  return template.replace(/<\w+>/g, '<>');
}
