import { expect } from 'chai';
import { defineTable } from '../../src/domain/definition/define-table.ts';
import { documents } from '../../src/domain/definition/documents.ts';
import { row } from '../../src/domain/definition/row.ts';
import type { Fault } from '../../src/domain/fault.ts';
import { searchSchemas } from '../../src/domain/search-schemas.ts';
import { fleet } from '../../src/fleet/definition.ts';

const order = row({ PK: 'ORDER#<order>', SK: 'DETAIL' });
const draft = row({ PK: 'DRAFT#<draft>', SK: 'DETAIL' });

type Spec = Parameters<typeof documents<{ PK: string; SK: string }, Record<string, unknown>>>[1];

function defined(...specs: readonly object[]) {
  const [first, second] = specs.map((spec) => ({ collection: 'orders', ...spec }) as unknown as Spec);
  return defineTable({
    keys: { partition: 'PK', sort: 'SK' },
    rows: { order, ...(second && { draft }) },
    derive: {
      'order-search': documents(order, { id: 'O:<order>', ...first } as never),
      ...(second && { 'draft-search': documents(draft, { id: 'D:<draft>', ...second }) }),
    },
  }).model.documents;
}

function messageOf(work: () => unknown): string {
  try {
    work();
  } catch (error) {
    expect(error).to.include({ kind: 'configuration' });
    return (error as Fault).message;
  }
  return expect.fail('nothing was refused');
}

describe('the schemas of a definition', () => {
  it('given types, then a field has its type, and is optional; constants are texts', () => {
    const fields = ['status', 'total', 'tags'];
    const types = {
      status: { type: 'string', facet: true, optional: false },
      total: 'float',
      tags: { type: 'string[]', sort: false },
    };
    expect(searchSchemas(defined({ fields, types, constants: { kind: 'order' } }))).to.deep.equal([
      {
        collection: 'orders',
        fields: [
          { name: 'kind', type: 'string' },
          { name: 'status', type: 'string', facet: true, optional: false },
          { name: 'total', optional: true, type: 'float' },
          { name: 'tags', optional: true, type: 'string[]', sort: false },
        ],
      },
    ]);
  });

  it('given two derivations of a collection, then what not both have is optional', () => {
    const models = defined(
      {
        fields: ['a', 'b'],
        types: { a: { type: 'int32', optional: false }, b: { type: 'bool', optional: false } },
      },
      { fields: ['a'], types: { a: { type: 'int32', optional: false } } },
    );
    expect(searchSchemas(models)[0]?.fields).to.deep.equal([
      { name: 'a', type: 'int32', optional: false },
      { name: 'b', type: 'bool', optional: true },
    ]);
  });

  it('given two that declare a field differently, then names it', () => {
    const models = defined(
      { fields: ['a'], types: { a: 'int32' } },
      { fields: ['a'], types: { a: 'int64' } },
    );
    expect(messageOf(() => searchSchemas(models))).to.include('draft-search declare a otherwise');
  });

  it('given no types, then says what to write, for every collection', () => {
    const message = messageOf(() =>
      searchSchemas(defined({ fields: ['a', 'b-c'] }, { collection: 'drafts', fields: () => ({}) })),
    );
    expect(message).to.include(`types: { a: 'string', "b-c": 'string' }`);
    expect(message.split('\n')).to.have.length(2);
    expect(message)
      .to.match(/collection drafts has no schema/)
      .and.match(/inferSearchSchema/);
  });

  const WRONG: readonly (readonly [types: unknown, problem: string])[] = [
    [{}, 'its types do not say what a holds'],
    [{ a: 'int32', b: 'int32' }, 'its types declare "b", which is no field'],
    [{ a: 'int' }, 'its types say that a is "int"; expected one of string, int32'],
    [{ a: { facet: true } }, 'its types say that a is'],
    [{ a: { type: 'int32', facets: true } }, 'facets, which is unknown'],
    [{ a: { type: 'int32', facet: 'yes' } }, 'whether a is facet'],
    [{ a: 'int32', id: 'string' }, 'its types declare "id"'],
    [['a'], 'its types must be an object'],
    ['int32', 'its types must be an object'],
  ];
  for (const [types, problem] of WRONG)
    it(`given the types ${JSON.stringify(types)}, then the definition is refused`, () => {
      expect(messageOf(() => defined({ fields: ['a'], types }))).to.include(problem);
    });

  it('given the fleet, then all of its collections have one', () => {
    expect(searchSchemas(fleet.model.documents).map(({ collection }) => collection)).to.deep.equal([
      ...['registry', 'aircraft_images', 'icao_aircraft', 'icao_manufacturers'],
    ]);
  });
});
