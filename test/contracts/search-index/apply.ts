import { expect } from 'chai';
import { Fault } from '../../../src/domain/fault.ts';
import { needs } from '../contract.ts';
import { range } from '../../support/range.ts';
import { decimal, version } from '../../support/factories.ts';
import { apply, expectDocuments, type Harness, listed, put, read, removal, succeed } from './harness.ts';

export async function doesNothingWithNothingToDo(harness: Harness) {
  expect(await apply(harness)).to.deep.equal([]);
}

export async function writesADocument(harness: Harness) {
  const write = put('a', { year: decimal('1999') });
  await succeed(harness, write);
  await expectDocuments(harness, write);
}

export async function replacesTheWholeDocument(harness: Harness) {
  await succeed(harness, put('a', { year: decimal('1999'), tags: ['x', 'y'] }));
  const write = put('a', { serial: decimal('1') });
  await succeed(harness, write);
  await expectDocuments(harness, write);
}

export async function takesAWriteAgain(harness: Harness) {
  const write = put('a', { tags: ['x'] });
  await succeed(harness, write);
  await succeed(harness, write);
  await expectDocuments(harness, write);
}

export async function leavesTheFenceToItsCaller(harness: Harness) {
  await succeed(harness, { ...put('a', { year: decimal('2') }), version: version(2) });
  const late = { ...put('a', { year: decimal('1') }), version: version(2) };
  await succeed(harness, late);
  await expectDocuments(harness, late);
}

export async function deletesADocument(harness: Harness) {
  await succeed(harness, put('a'), put('b'));
  await succeed(harness, removal('a'));
  expect((await read(harness, 'a'))[0]).to.equal(undefined);
  expect([...(await listed(harness, harness.collection)).keys()]).to.deep.equal(['b']);
}

export async function deletesWhatIsNotThere(harness: Harness) {
  await succeed(harness, put('b'));
  await succeed(harness, removal('a'), removal('`'), removal('..'));
  await succeed(harness, removal('a'), removal('`'), removal('..'));
  expect([...(await listed(harness, harness.collection)).keys()]).to.deep.equal(['b']);
}

export async function writesWhatWasDeleted(harness: Harness) {
  await succeed(harness, put('a', { year: decimal('1') }));
  await succeed(harness, removal('a'));
  const write = put('a', { serial: decimal('2') });
  await succeed(harness, write);
  await expectDocuments(harness, write);
}

export async function writesAndDeletesManyInOneCall(harness: Harness) {
  const before = range(330).map((n) => put(`N${n}`, { year: decimal(`${n}`) }));
  await succeed(harness, ...before);
  await expectDocuments(harness, ...before);
  const after = range(330).map((n) => (n % 2 === 0 ? removal(`N${n}`) : put(`N${n}`, { tags: [`${n}`] })));
  await succeed(harness, ...after);
  const left = after.filter(({ document }) => document !== undefined);
  await expectDocuments(harness, ...left);
}

export async function givesADocumentTheIdOfItsWrite(harness: Harness) {
  await succeed(harness, put('a', { id: 'b' }));
  await expectDocuments(harness, put('a'));
}

export async function keepsCollectionsApart(harness: Harness) {
  const write = put('a', { year: decimal('1') });
  await succeed(harness, write);
  expect(
    await harness.index.apply(harness.other, [put('a', { year: decimal('2') }), put('b')]),
  ).to.deep.equal(['done', 'done']);
  expect(await harness.index.apply(harness.other, [removal('a')])).to.deep.equal(['done']);
  await expectDocuments(harness, write);
  expect([...(await listed(harness, harness.other)).keys()]).to.deep.equal(['b']);
}

export async function takesMoreThanARequestHolds(harness: Harness) {
  const writes = range(40).map((n) => put(`large ${n}`, { tags: [`${n}`, 'Ü"北🛩'.repeat(2_000)] }));
  await succeed(harness, ...writes);
  await expectDocuments(harness, ...writes);
}

export async function takesADocumentThatIsLargerThanARequest(harness: Harness) {
  const writes = range(3).map((n) => put(`huge ${n}`, { tags: ['Ü"北🛩'.repeat(30_000 + n), 'x'] }));
  await succeed(harness, put('small'), ...writes);
  await succeed(harness, removal('small'));
  await expectDocuments(harness, ...writes);
}

export const takesDocumentsOfSeveralCollectionsTogether = needs(
  'collectionsTogether',
  async ({ index, collection, other }: Harness) => {
    const [first, second, third] = [put('a', { year: decimal('1') }), put('a'), put('b')];
    const results = await index.applyToAll?.([
      { collection, write: first },
      { collection: other, write: second },
      { collection, write: put('') },
      { collection: other, write: third },
    ]);
    expect(results?.map((result) => (Fault.is(result) ? result.kind : result))).to.deep.equal([
      ...['done', 'done', 'permanent', 'done'],
    ]);
    await expectDocuments({ index, collection, other, missing: '' }, first);
    await expectDocuments({ index, collection: other, other: collection, missing: '' }, second, third);
  },
);
