import { expect } from 'chai';
import { originText } from '../../../src/domain/derived-rows.ts';
import { HOSTILE_NAMES, HOSTILE_VALUES } from '../../support/hostile.ts';
import { isRejected } from '../../support/is-rejected.ts';
import { range } from '../../support/range.ts';
import {
  COPIES,
  count,
  countAll,
  derive,
  type Harness,
  inWords,
  LATEST,
  listed,
  orderRow,
  point,
  SPEND,
  TAGS,
} from './harness.ts';

export async function listsNothingWhereNothingIsDerived(harness: Harness) {
  expect(await listed(harness)).to.deep.equal([]);
}

export async function listsCountsAndHowManyRowsTheyAreOf(harness: Harness) {
  await count(harness, SPEND, orderRow('ada', '1'), 'ada', '12.50');
  await count(harness, SPEND, orderRow('ada', '2'), 'ada', '-12.50');
  await count(harness, TAGS, orderRow('ada', '1'), 'tea');
  await count(harness, TAGS, orderRow('ada', '2'), 'tea');
  await count(harness, TAGS, orderRow('ada', '3'), 'gone');
  await count(harness, TAGS, orderRow('ada', '3'), 'gone', '1', true);
  expect(await listed(harness)).to.have.deep.members([
    ['spend', '["ada"]', 0, 2],
    ['tags', '["tea"]', 2, 2],
  ]);
}

export async function listsPointersAndWhatTheySay(harness: Harness) {
  await harness.putOrder({ PK: 'CUSTOMER#ada', SK: 'ORDER#1', status: 'sent' });
  await point(harness, 'ada', '1', 'sent');
  expect(await listed(harness)).to.deep.equal([
    inWords({
      is: 'pointer',
      entity: { model: LATEST, parts: ['ada'] },
      member: { sort: 'ORDER#1', attributes: { status: 'sent', order: '1' } },
    }),
  ]);
}

export async function listsDerivedRowsOfAllTablesWithWhatTheyAreDerivedFrom(harness: Harness) {
  const source = orderRow('ada', '1');
  const attributes = Object.fromEntries(HOSTILE_VALUES);
  const own = { table: undefined, key: { PK: 'COPY', SK: '1' }, attributes };
  const other = { table: harness.audit, key: { id: 'entry' }, attributes: { at: 'noon' } };
  await derive(harness, source, own, other);
  const origin = originText({ model: COPIES, row: source });
  expect(await listed(harness)).to.have.deep.members(
    [own, other].map((row) => inWords({ is: 'row', model: COPIES, row, source: origin })),
  );
}

export async function listsToTheLast(harness: Harness) {
  const names = range(1_100).map((n) => `tag ${n}`);
  await countAll(harness, names);
  expect(await listed(harness)).to.have.deep.members(names.map((name) => ['tags', `["${name}"]`, 1, 1]));
}

export async function listsLargeRowsToTheLast(harness: Harness) {
  const text = 'x'.repeat(60_000);
  const rows = range(40).map((n) => ({ table: harness.audit, key: { id: `${n}` }, attributes: { text } }));
  await derive(harness, orderRow('ada', '1'), ...rows);
  expect(await listed(harness)).to.have.length(rows.length);
}

export async function keepsTexts(harness: Harness) {
  const texts = HOSTILE_NAMES.filter((text) => !text.includes('\u0000'));
  await countAll(harness, texts);
  expect(await listed(harness)).to.have.deep.members(
    texts.map((text) => ['tags', JSON.stringify([text]), 1, 1]),
  );
}

export async function takesNoOtherRowForADerivedOne(harness: Harness) {
  await harness.putOrder({ PK: 'CUSTOMER#ada', SK: 'ORDER#1' });
  expect(await listed(harness)).to.deep.equal([]);
}

export async function rejectsOnceAborted({ listing, audit }: Harness) {
  const signal = AbortSignal.abort();
  const all = async (pages: AsyncIterable<unknown>) => {
    for await (const page of pages) expect(page).to.equal(undefined);
  };
  expect(await isRejected(all(listing.elsewhere([audit], signal)))).to.equal(true);
  expect(await isRejected(all(listing.states(signal)))).to.equal(true);
}
