import { expect } from 'chai';
import { defineTable } from '../../../src/domain/definition/define-table.ts';
import { documents } from '../../../src/domain/definition/documents.ts';
import { row } from '../../../src/domain/definition/row.ts';
import { faultOf } from '../../support/factories.ts';

const KEY = { PK: 'A', SK: '<b>' };
const schema = { '~standard': { version: 1, vendor: 'none', validate: (value: unknown) => ({ value }) } };

function tableWith(options: object) {
  const kind = row(KEY, options as never);
  return defineTable({
    keys: { partition: 'PK', sort: 'SK' },
    rows: { kind },
    derive: { search: documents(kind, { collection: 'c', fields: [] }) },
  }).model.rows[0];
}

describe('options of a kind of row', () => {
  it('given none, then numbers are plain, and a wrong key is some other row', () => {
    expect(tableWith({})).to.deep.include({
      strict: false,
      numbers: 'plain',
      schema: undefined,
      rules: [undefined],
      derivedBy: undefined,
    });
  });

  it('given all, then the model has them', () => {
    const parts = { b: ['1', '2'] };
    const found = tableWith({ strict: true, numbers: 'exact', schema, parts });
    expect(found).to.deep.include({ strict: true, numbers: 'exact', rules: [parts.b] });
    expect(found?.schema).to.equal(schema);
  });

  it('given a schema that is a function with what the standard asks for, as of some libraries, then it is one', () => {
    const callable = Object.assign(() => true, schema);
    expect(tableWith({ schema: callable })?.schema).to.equal(callable);
  });

  for (const [what, wrong, words] of [
    ['null', null, 'null'],
    ['a number', 5, 'a number'],
    ['an object whose standard is null', { '~standard': null }, 'an object'],
    ['an object that validates nothing', { '~standard': { validate: true } }, 'an object'],
  ] as const)
    it(`given a schema that is ${what}, then it says so`, () => {
      expect(faultOf(() => tableWith({ schema: wrong })).message).to.contain(
        `row kind: its schema must follow Standard Schema, and is ${words}`,
      );
    });

  it('given a part without a rule, then it may hold anything', () => {
    expect(tableWith({ parts: { b: undefined } })?.rules).to.deep.equal([undefined]);
  });

  for (const [what, rule] of [
    ['null', null],
    ['values of which one is half a character', ['ok', '\ud800']],
    ['without in an array', { without: ['#'] }],
    ['without that is a number', { without: 5 }],
    ['without that is half a character', { without: '\ud800' }],
    ['without that is empty', { without: '' }],
  ] as const)
    it(`given a rule that is ${what}, then it says so`, () => {
      expect(faultOf(() => tableWith({ parts: { b: rule } })).message).to.contain(
        "row kind: its parts.b must be an array of texts, or { without: 'one character' }",
      );
    });
});

describe('row', () => {
  it('given what its attributes are, then it is another row of the same key and options', () => {
    const of = row(KEY, { strict: true });
    expect(of.with()).not.to.equal(of);
    expect(of.with()).to.deep.include({ is: 'row', key: KEY, options: { strict: true } });
  });

  it('given that numbers are exact as well, then that is one of its options', () => {
    const exact = row(KEY, { strict: true }).with<{ total: unknown }>({ numbers: 'exact' });
    expect(exact.options).to.deep.equal({ strict: true, numbers: 'exact' });
  });
});
