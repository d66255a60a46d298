import { expect } from 'chai';
import { Fault } from '../../../src/domain/fault.ts';
import type { DocumentFields } from '../../../src/domain/search-document.ts';
import { ValueSet } from '../../../src/domain/value.ts';
import { decimal, map } from '../../support/factories.ts';
import { kindsOf, shown } from '../../support/kinds.ts';
import { collect } from '../../support/collect.ts';
import { isRejected } from '../../support/is-rejected.ts';
import { each, needs } from '../contract.ts';
import { apply, expectDocuments, type Harness, listed, put, read, removal, succeed } from './harness.ts';

export async function refusesAnEmptyId(harness: Harness) {
  const [refused, done] = await apply(harness, put(''), put('a'));
  expect(kindsOf([refused, done])).to.deep.equal(['permanent', 'done']);
  expect([...(await listed(harness, harness.collection)).keys()]).to.deep.equal(['a']);
}

/** Nothing of it may be cited. */
const SECRET = 'do not cite me';

const UNFIT: readonly (readonly [what: string, field: string, fields: DocumentFields])[] = [
  ['an int32 that is too large', 'year', { year: decimal('2147483648') }],
  ['an int32 that is too small', 'year', { year: decimal('-2147483649') }],
  ['an int64 that is too large', 'serial', { serial: decimal('9223372036854775808') }],
  ['a fraction in an integer', 'serial', { serial: decimal('1.5') }],
  ['a text in an integer', 'serial', { serial: SECRET }],
  ['more digits than a float has', 'price', { price: decimal('0.12345678901234567890123456789') }],
  ['an integer with more digits than a float has', 'price', { price: decimal('9007199254740993') }],
  ['a text in a float', 'price', { price: SECRET }],
  ['a text in a flag', 'active', { active: 'true' }],
  ['a flag in a text', 'digits', { digits: true }],
  ['a list in a text', 'digits', { digits: [SECRET] }],
  ['half a character', 'digits', { digits: `${SECRET} \ud83d` }],
  ['a text in a list', 'tags', { tags: SECRET }],
  ['a list of another type', 'years', { years: [decimal('1'), SECRET] }],
  ['a set of another type', 'serials', { serials: new ValueSet([SECRET]) }],
  ['a map', 'digits', { digits: map([SECRET, SECRET]) }],
  ['null where a field is required', 'name', { name: null }],
];

function expectRefusal({ collection }: Harness, result: unknown, id: string, field: string) {
  if (!Fault.is(result)) expect.fail(`it is ${shown(result)}`);
  expect(result.kind).to.equal('permanent');
  expect(result.message).to.include(collection).and.include(JSON.stringify(id)).and.include(`"${field}"`);
  expect(result.message, 'the content').to.not.include(SECRET);
  expect(result.reason, 'the same for all').to.not.include(id).and.not.include(SECRET);
}

export const refuses = needs('schemas', async (harness: Harness) => {
  const writes = UNFIT.map(([what, , fields]) => put(`of ${what}`, fields));
  const results = await apply(harness, put('first'), ...writes, put('last'));
  expect([results[0], results.at(-1)]).to.deep.equal(['done', 'done']);
  for (const [n, [what, field]] of UNFIT.entries())
    expectRefusal(harness, results[n + 1], `of ${what}`, field);
  expect([...(await listed(harness, harness.collection)).keys()]).to.have.members(['first', 'last']);
});

export const leavesTheDocumentAsItWasWhereItsNextStateIsRefused = needs(
  'schemas',
  async (harness: Harness) => {
    const before = put('a', { year: decimal('1') });
    await succeed(harness, before);
    await apply(harness, put('a', { year: decimal('2147483648') }));
    await expectDocuments(harness, before);
  },
);

export const refusesAFieldThatTheSchemaDoesNotKnow = needs('schemas', async (harness: Harness) => {
  const [refused, done] = await apply(harness, put('a', { unheard_of: SECRET }), put('b'));
  expect(kindsOf([refused, done])).to.deep.equal(['configuration', 'done']);
  const { message } = refused as Fault;
  expect(message).to.include('"unheard_of"').and.include(harness.collection).and.not.include(SECRET);
});

export const keepsAllDigitsOfANumberInAFieldOfTexts = needs('schemas', async (harness: Harness) => {
  await succeed(harness, put('a', { digits: decimal('12345678901234567890123456789012345678') }));
  const [found] = await read(harness, 'a');
  expect(found?.['digits']).to.equal('12345678901234567890123456789012345678');
});

const CALLS = Object.entries({
  'writing to it': (harness: Harness) => harness.index.apply(harness.missing, [put('a'), put('b')]),
  'deleting from it': (harness: Harness) =>
    harness.index.apply(harness.missing, [removal('a'), removal('`'), removal('..')]),
  'reading from it': (harness: Harness) => harness.index.read(harness.missing, ['a', '`', '..']),
});

export const saysThatACollectionIsMissing = needs('missingCollections', async (harness: Harness) => {
  for (const [what, call] of CALLS) {
    const results = await call(harness);
    for (const result of results) {
      if (!Fault.is(result)) expect.fail(`${what}: ${shown(result)}`);
      expect(result.kind, what).to.equal('configuration');
      expect(result.message, what).to.include(harness.missing).and.include('create');
    }
  }
  const all = collect(harness.index.documents(harness.missing));
  expect(await isRejected(all)).to.equal(true);
  expect(await all.catch((error: unknown) => Fault.is(error) && error.kind)).to.equal('configuration');
});

export const rejectsOnceAborted = each(
  Object.entries({
    apply: (harness: Harness, signal: AbortSignal) =>
      harness.index.apply(harness.collection, [put('a'), removal('b')], signal),
    read: (harness: Harness, signal: AbortSignal) => harness.index.read(harness.collection, ['a'], signal),
    documents: (harness: Harness, signal: AbortSignal) =>
      collect(harness.index.documents(harness.collection, signal)),
  }),
  async (harness: Harness, call) => {
    expect(await isRejected(call(harness, AbortSignal.abort()))).to.equal(true);
    expect((await listed(harness, harness.collection)).size).to.equal(0);
  },
);
