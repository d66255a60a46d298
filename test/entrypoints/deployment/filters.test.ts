import { expect } from 'chai';
import { defineTable } from '../../../src/domain/definition/define-table.ts';
import { counts } from '../../../src/domain/definition/counts.ts';
import { documents } from '../../../src/domain/definition/documents.ts';
import { row } from '../../../src/domain/definition/row.ts';
import type { TableModel } from '../../../src/domain/table-model.ts';
import { filtersOf, MAX_PATTERN_LENGTH } from '../../../src/entrypoints/deployment/filters.ts';
import { fleet } from '../../../src/fleet/definition.ts';

/** A table of rows with these keys, of each of which there are documents. */
function tableOf(...keys: readonly { readonly PK: string; readonly SK: string }[]): TableModel {
  const kinds = Object.fromEntries(keys.map((key, index) => [`kind${index}`, row(key)]));
  const derive = Object.entries(kinds).map(
    ([name, kind]) =>
      [`${name}_search`, documents(kind, { collection: name, id: 'one:<id>', fields: ['a'] })] as const,
  );
  return defineTable({
    keys: { partition: 'PK', sort: 'SK' },
    rows: kinds,
    derive: Object.fromEntries(derive),
  }).model;
}

describe('the filters of a definition', () => {
  it('given the fleet, then nothing passes needlessly', () => {
    expect(filtersOf(fleet.model).needless).to.deep.equal([]);
  });

  it('given many kinds of rows in one partition, then one filter takes them, and nothing else', () => {
    const kinds = Array.from({ length: 8 }, (_, index) => ({ PK: 'CUSTOMER#<id>', SK: `KIND${index}` }));
    expect(filtersOf(tableOf(...kinds))).to.deep.equal({
      filters: [
        {
          dynamodb: { Keys: { PK: { S: [{ prefix: 'CUSTOMER#' }] }, SK: { S: kinds.map(({ SK }) => SK) } } },
        },
      ],
      needless: [],
    });
  });

  it('given keys that begin with a part, then only the other attribute is asked for', () => {
    expect(filtersOf(tableOf({ PK: '<id>', SK: 'PROFILE' })).filters).to.deep.equal([
      { dynamodb: { Keys: { SK: { S: ['PROFILE'] } } } },
    ]);
    expect(filtersOf(tableOf({ PK: 'PROFILES', SK: '<id>' })).filters).to.deep.equal([
      { dynamodb: { Keys: { PK: { S: ['PROFILES'] } } } },
    ]);
  });

  it('given rows beside their counts, whose keys may be anything, then it says that the counts pass too', () => {
    const thing = row({ id: '<id>' }, { parts: { id: { without: '#' } } });
    const { model } = defineTable({
      keys: { partition: 'id' },
      rows: { thing },
      derive: { kinds: counts(thing, { by: ['kind'], at: { id: 'KIND#<kind>' } }) },
    });
    expect(filtersOf(model)).to.deep.equal({
      filters: [{ dynamodb: { Keys: { id: { S: [{ exists: true }] } } } }],
      needless: ['kinds: id beginning with "KIND#", which the worker itself writes'],
    });
  });

  it('given one filter for kinds that have little in common, then it says what that passes', () => {
    const { filters, needless } = filtersOf(
      tableOf({ PK: 'A', SK: 'X#<id>' }, { PK: 'B', SK: 'Y#<id>' }, { PK: 'C#<id>', SK: 'Z' }),
      1,
    );
    expect(filters).to.have.lengthOf(1);
    expect(filters[0]?.dynamodb.Keys['PK']?.S).to.have.deep.members(['A', 'B', { prefix: 'C#' }]);
    expect(filters[0]?.dynamodb.Keys['SK']?.S).to.have.deep.members([
      { prefix: 'X#' },
      { prefix: 'Y#' },
      'Z',
    ]);
    expect(
      needless.map((line) =>
        line.replace(/(?<=with SK ).*/, (sorts) => sorts.split(' or ').sort().join(' or ')),
      ),
    ).to.have.members([
      'PK "A" with SK "Z" or beginning with "Y#"',
      'PK "B" with SK "Z" or beginning with "X#"',
      'PK beginning with "C#" with SK beginning with "X#" or beginning with "Y#"',
    ]);
  });

  it('given keys that are too long together, then those that begin alike are one, and it says whose others pass', () => {
    const long = 'L'.repeat(1_500);
    const kinds = ['A1', 'A2', 'B1', 'B2'].map((name) => ({ PK: `${name}${long}`, SK: 'DATA#<id>' }));
    const { filters, needless } = filtersOf(tableOf(...kinds));
    expect(JSON.stringify(filters[0]).length).to.be.lessThan(MAX_PATTERN_LENGTH);
    expect(filters[0]?.dynamodb.Keys['PK']?.S.map((rule) => JSON.stringify(rule).slice(0, 12))).to.deep.equal(
      [`"A1LLLLLLLLL`, `"A2LLLLLLLLL`, '{"prefix":"B'],
    );
    expect(needless).to.deep.equal([
      'PK beginning with "B" with SK beginning with "DATA#", those that are not of kind2, kind3',
    ]);
  });

  it('given a table from which nothing is derived, then it is refused: no filter would let everything pass', () => {
    const thing = row({ id: '<id>' }, { derives: 'nothing' });
    const { model } = defineTable({ keys: { partition: 'id' }, rows: { thing }, derive: {} });
    expect(() => filtersOf(model)).to.throw(/derives nothing/);
  });
});
