import { expect } from 'chai';
import { range } from '../../support/range.ts';
import { type Harness, listed, put, read, succeed } from './harness.ts';

export async function findsNothingWhereNothingIs(harness: Harness) {
  expect(await read(harness)).to.deep.equal([]);
  expect(await read(harness, 'a', '`', '..', '')).to.deep.equal([undefined, undefined, undefined, undefined]);
  expect((await listed(harness, harness.collection)).size).to.equal(0);
}

export async function findsManyInTheOrderThatIsAskedFor(harness: Harness) {
  const ids = range(250).map((n) => (n % 25 === 0 ? `tick \`${n}` : `N${n}`));
  await succeed(harness, ...ids.filter((_, n) => n % 3 !== 0).map((id) => put(id)));
  const found = await read(harness, ...ids.toReversed());
  expect(found.map((document) => document?.['id'])).to.deep.equal(
    ids.map((id, n) => (n % 3 === 0 ? undefined : id)).toReversed(),
  );
}

export async function findsADocumentThatIsAskedForTwice(harness: Harness) {
  await succeed(harness, put('a'), put('`'));
  const found = await read(harness, 'a', '`', 'a', '`');
  expect(found.map((document) => document?.['id'])).to.deep.equal(['a', '`', 'a', '`']);
}
