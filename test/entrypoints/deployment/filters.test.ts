import { expect } from 'chai';
import { defineTable, type Derivation } from '../../../src/domain/definition/define-table.ts';
import { counts } from '../../../src/domain/definition/counts.ts';
import { documents } from '../../../src/domain/definition/documents.ts';
import { effect } from '../../../src/domain/definition/effect.ts';
import { row, type RowKind } from '../../../src/domain/definition/row.ts';
import { rows } from '../../../src/domain/definition/rows.ts';
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

  it('given keys that are numbers or bytes, then they are asked for as records have them', () => {
    const marker = row({ digest: '-_8', at: '-1.5' });
    const other = row({ digest: '<digest>', at: '0' });
    const keysOfBoth = { partition: { name: 'digest', type: 'B' }, sort: { name: 'at', type: 'N' } } as const;
    const markers = documents(marker, { collection: 'markers', id: 'marker:-', fields: [] });
    const only = defineTable({ keys: keysOfBoth, rows: { marker }, derive: { markers } });
    expect(filtersOf(only.model).filters).to.deep.equal([
      { dynamodb: { Keys: { digest: { B: ['+/8='] }, at: { N: ['-1.5'] } } } },
    ]);
    const others = documents(other, { collection: 'others', fields: [] });
    const any = defineTable({ keys: keysOfBoth, rows: { other }, derive: { others } });
    expect(filtersOf(any.model).filters).to.deep.equal([{ dynamodb: { Keys: { at: { N: ['0'] } } } }]);
    const file = row({ digest: '<digest>' });
    const files = documents(file, { collection: 'files', fields: [] });
    const single = defineTable({
      keys: { partition: keysOfBoth.partition },
      rows: { file },
      derive: { files },
    });
    expect(filtersOf(single.model).filters).to.deep.equal([
      { dynamodb: { Keys: { digest: { B: [{ exists: true }] } } } },
    ]);
  });

  it('given more numbers and bytes than a pattern holds, then what records begin with is asked for', () => {
    const kinds = Array.from({ length: 6 }, (_, index) => {
      const digest = Buffer.from([251, 255, 191, index, ...Array<number>(1_000).fill(255)]).toString(
        'base64url',
      );
      return [`kind${index}`, row({ digest, at: `${1_000 + index}` })] as const;
    });
    const derive = kinds.map(([name, kind]) => {
      return [`${name}_search`, documents(kind, { collection: name, id: 'one', fields: [] })] as const;
    });
    const { model } = defineTable({
      keys: { partition: { name: 'digest', type: 'B' }, sort: { name: 'at', type: 'N' } },
      rows: Object.fromEntries(kinds),
      derive: Object.fromEntries(derive),
    });
    const { filters } = filtersOf(model, 1);
    expect(JSON.stringify(filters[0]).length).to.be.at.most(MAX_PATTERN_LENGTH);
    const { digest, at } = filters[0]!.dynamodb.Keys;
    const isTaken = (rules: readonly unknown[], text: string) =>
      rules.some((rule) => rule === text || text.startsWith((rule as { prefix?: string }).prefix ?? '\n'));
    for (const [, { key }] of kinds) {
      const base64 = Buffer.from(key.digest, 'base64url').toString('base64');
      expect(isTaken(digest!.B!, base64), base64).to.equal(true);
      expect(isTaken(at!.N!, key.at), key.at).to.equal(true);
    }
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
    expect(
      filters[0]?.dynamodb.Keys['PK']?.S?.map((rule) => JSON.stringify(rule).slice(0, 12)),
    ).to.deep.equal([`"A1LLLLLLLLL`, `"A2LLLLLLLLL`, '{"prefix":"B']);
    expect(needless).to.deep.equal([
      'PK beginning with "B" with SK beginning with "DATA#", those that are not of kind2, kind3',
    ]);
  });

  it('given kinds that an attribute tells apart, then their keys pass, and it says which rows in vain', () => {
    const order = row({ PK: 'C#<customer>', SK: 'O#<order>' }, { when: { _et: 'order' } });
    const team = row({ PK: '<pk>', SK: '<sk>' }, { when: { _et: ['team', 'squad'], version: '1' } });
    const unused = row({ PK: '<pk>', SK: '<sk>' }, { when: { _et: 'plan' }, derives: 'nothing' });
    const { model } = defineTable({
      keys: { partition: 'PK', sort: 'SK' },
      rows: { order, team, unused },
      derive: {
        orders: documents(order, { collection: 'orders', fields: [] }),
        teams: documents(team, { collection: 'teams', fields: [] }),
      },
    });
    expect(filtersOf(model, 2).needless).to.deep.equal([
      'PK beginning with "C#" with SK beginning with "O#", those that by _et and version are not of order, team',
      'PK of any value with SK of any value, those that by _et and version are not of order, team',
      'unused: PK of any value with SK of any value',
    ]);
  });

  it('given a table from which nothing is derived, then it is refused: no filter would let everything pass', () => {
    const thing = row({ id: '<id>' }, { derives: 'nothing' });
    const { model } = defineTable({ keys: { partition: 'id' }, rows: { thing }, derive: {} });
    expect(() => filtersOf(model)).to.throw(/derives nothing/);
  });

  describe('given rows and effects that want some operations only', () => {
    const order = row({ PK: 'CUSTOMER#<customer>', SK: 'ORDER#<order>' });
    const visit = row({ PK: 'CUSTOMER#<customer>', SK: 'VISIT#<visit>' });
    const none = (on?: readonly ('INSERT' | 'MODIFY' | 'REMOVE')[]) =>
      rows(order, { of: () => [], ...(on && { on }) });
    const modelOf = (derive: Readonly<Record<string, Derivation>>) => {
      const used = Object.entries({ order, visit }).filter(([, kind]) =>
        Object.values(derive).some(({ of }) => (of as unknown) === kind),
      );
      const spec = { keys: { partition: 'PK', sort: 'SK' }, rows: Object.fromEntries(used), derive } as const;
      return defineTable(spec).model;
    };
    const patternOf = (sorts: readonly string[], ...eventName: readonly string[]) => ({
      ...(eventName.length > 0 && { eventName }),
      dynamodb: {
        Keys: { PK: { S: [{ prefix: 'CUSTOMER#' }] }, SK: { S: sorts.map((prefix) => ({ prefix })) } },
      },
    });

    it('then only those pass', () => {
      const { filters, needless } = filtersOf(modelOf({ audit: none(['INSERT']) }));
      expect({ filters, needless }).to.deep.equal({
        filters: [patternOf(['ORDER#'], 'INSERT')],
        needless: [],
      });
    });

    it('then what any derivation of a kind wants passes, always in the same order', () => {
      const derive = {
        gone: none(['REMOVE']),
        badges: effect(order, { on: ['INSERT'], run: () => undefined }),
      };
      expect(filtersOf(modelOf(derive)).filters).to.deep.equal([patternOf(['ORDER#'], 'INSERT', 'REMOVE')]);
      const all = { ...derive, orders: documents(order, { collection: 'orders', fields: ['status'] }) };
      expect(filtersOf(modelOf(all)).filters).to.deep.equal([patternOf(['ORDER#'])]);
      expect(filtersOf(modelOf({ ...derive, every: none() })).filters).to.deep.equal([patternOf(['ORDER#'])]);
    });

    it('then kinds that want the same share a filter, and others have their own; merged, it says what passes', () => {
      const visits = effect(visit, { on: ['INSERT'], run: () => undefined });
      expect(filtersOf(modelOf({ audit: none(['INSERT']), visits })).filters).to.deep.equal([
        patternOf(['ORDER#', 'VISIT#'], 'INSERT'),
      ]);
      const apart = modelOf({ audit: none(['INSERT', 'MODIFY']), visits });
      expect(filtersOf(apart).filters).to.deep.equal([
        patternOf(['ORDER#'], 'INSERT', 'MODIFY'),
        patternOf(['VISIT#'], 'INSERT'),
      ]);
      const { filters, needless } = filtersOf(apart, 1);
      expect(filters).to.deep.equal([patternOf(['ORDER#', 'VISIT#'], 'INSERT', 'MODIFY')]);
      expect(needless).to.deep.equal(['visit: MODIFY']);
    });

    it('then a strict kind passes with all, and one with a schema whenever it is written', () => {
      const run = () => undefined;
      const key = { PK: 'CUSTOMER#<customer>', SK: 'ORDER#<order>' };
      const strict = row(key, { strict: true });
      const schema = {
        '~standard': { version: 1, vendor: 'test', validate: (value: unknown) => ({ value }) },
      } as const;
      const fitting = row(key, { schema });
      const only = (kind: RowKind) =>
        filtersOf(
          defineTable({
            keys: { partition: 'PK', sort: 'SK' },
            rows: { kind },
            derive: { run: effect(kind, { on: ['INSERT'], run }) },
          }).model,
        ).filters;
      expect(only(strict)).to.deep.equal([patternOf(['ORDER#'])]);
      expect(only(fitting as unknown as RowKind)).to.deep.equal([patternOf(['ORDER#'], 'INSERT', 'MODIFY')]);
    });
  });
});
