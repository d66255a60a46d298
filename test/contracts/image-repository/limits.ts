import { expect } from 'chai';
import { defineTable } from '../../../src/domain/definition/define-table.ts';
import { pointer } from '../../../src/domain/definition/pointer.ts';
import { row } from '../../../src/domain/definition/row.ts';
import { Fault } from '../../../src/domain/fault.ts';
import type { Entity } from '../../../src/domain/pointer.ts';
import { range } from '../../support/range.ts';
import { type Harness, load } from './harness.ts';

const photo = row({ PK: 'OWNER#<owner>', SK: 'PHOTO#<photo>' });
const names = range(100).map((n) => `attribute-${n}`);
const { model } = defineTable({
  keys: { partition: 'PK', sort: 'SK' },
  rows: { photo },
  derive: {
    cover: pointer(photo, { at: { SK: 'COVER' }, choose: 'keep', repeat: ['text', ...names.slice(1)] }),
  },
});
const coverOf = (owner: string): Entity => ({ model: model.pointers[0]!, parts: [owner] });
const PHOTOS = { is: 'table', spec: {} as never, model } as const;

export async function refusesAPointerLargerThanAnyRowAndWritesOthers(harness: Harness) {
  const table = await harness.defined(PHOTOS);
  // A pointer says more than its row: what the row's key is, and who wrote the pointer.
  const SK = `PHOTO#${'x'.repeat(1_000)}`;
  await table.put({ PK: 'OWNER#a', SK, text: 'x'.repeat(408_500) });
  await table.put({ PK: 'OWNER#b', SK, text: 'x'.repeat(408_000) });
  const views = await Promise.all(['a', 'b'].map((owner) => load(table, coverOf(owner))));
  const [refused, done] = await table.images.save(views.map((view) => ({ view, member: view.newest })));
  if (!Fault.is(refused)) expect.fail(`the write is ${refused}`);
  expect(refused.message).to.match(
    /^the row that the derivation cover has point to the photo row \["OWNER#a","PHOTO#x+"\] cannot .* DynamoDB accepts 409600$/,
  );
  expect(refused.kind).to.equal('permanent');
  expect(done).to.equal('done');
  expect(await table.readPointer(coverOf('a'))).to.equal(undefined);
}

export async function repeatsAsManyAttributesAsItMay(harness: Harness) {
  const table = await harness.defined(PHOTOS);
  // Conditions are longest where the row has none of them.
  await table.put({ PK: 'OWNER#a', SK: 'PHOTO#1' });
  const view = await load(table, coverOf('a'));
  expect(await table.images.save([{ view, member: view.newest }])).to.deep.equal(['done']);
  await table.put({ PK: 'OWNER#b', SK: 'PHOTO#1', ...Object.fromEntries(names.map((name) => [name, name])) });
  const other = await load(table, coverOf('b'));
  expect(await table.images.save([{ view: other, member: other.newest }])).to.deep.equal(['done']);
  expect(await table.readPointer(coverOf('b'))).to.include({ photo: '1', 'attribute-99': 'attribute-99' });
}
