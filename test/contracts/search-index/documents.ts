import { expect } from 'chai';
import { range } from '../../support/range.ts';
import { type Harness, listed, put, removal, succeed } from './harness.ts';

export async function listsThemAll(harness: Harness) {
  const ids = range(1_200).map((n) => `N${n}`);
  await succeed(harness, ...ids.map((id) => put(id, { tags: ['Ü"北🛩\n'] })));
  expect([...(await listed(harness, harness.collection)).keys()]).to.have.members(ids);
  expect((await listed(harness, harness.other)).size).to.equal(0);
}

export async function mayBeLeftBeforeItsEnd(harness: Harness) {
  await succeed(harness, ...range(1_200).map((n) => put(`N${n}`)));
  let seen = 0;
  for await (const { id, fields } of harness.index.documents(harness.collection)) {
    expect(fields['id']).to.equal(id);
    if (++seen === 3) break;
  }
  expect(seen).to.equal(3);
  expect((await listed(harness, harness.collection)).size).to.equal(1_200);
}

export async function listsWhatGoesAndComesBackMeanwhileOnce(harness: Harness) {
  await succeed(harness, put('N1'), put('N2'), put('N3'));
  const seen: string[] = [];
  for await (const { id } of harness.index.documents(harness.collection)) {
    seen.push(id);
    if (seen.length > 1) continue;
    await succeed(harness, removal(id));
    await succeed(harness, put(id));
  }
  expect(seen.toSorted()).to.deep.equal(['N1', 'N2', 'N3']);
}
