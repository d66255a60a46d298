import { expect } from 'chai';
import { DecodedAttributes, type Value } from '../../../src/domain/value.ts';
import { each, eachText, needs } from '../contract.ts';
import { apply, expectRow, find, type Harness, inserted, modified, removed, versionsOf } from './harness.ts';
import { collect } from '../../support/collect.ts';
import { comparableFields } from '../../support/comparable.ts';
import { HOSTILE_NAMES, HOSTILE_VALUES } from '../../support/hostile.ts';
import { range } from '../../support/range.ts';
import {
  changeOf,
  faaRow,
  foreignRow,
  icaoManufacturerRow,
  icaoTypeRow,
  imageRow,
  linkRow,
  matcherTupleRow,
  streamRecord,
} from '../../support/stream-records.ts';
import { unique } from '../../support/unique.ts';

export async function doesNothingWithNothingToDo(harness: Harness) {
  await harness.replica.apply([]);
}

export async function appliesAnInsertionAChangeAndARemoval(harness: Harness) {
  const [first, second] = versionsOf();
  await apply(harness, inserted(first, 1));
  await expectRow(harness, first);
  await apply(harness, modified(first, second, 2));
  await expectRow(harness, second);
  await apply(harness, removed(second, 3));
  expect(await find(harness, second)).to.equal(undefined);
}

export async function dropsAttributesThatANewImageLacks(harness: Harness) {
  const row = faaRow(unique('N'), { model: '172', country: 'US' });
  const less = faaRow(row['registration'] as string, { country: 'CA' });
  await apply(harness, inserted(row, 1), modified(row, less, 2));
  await expectRow(harness, less);
}

export async function appliesAChangeOfARowThatItNeverSaw(harness: Harness) {
  const [first, second] = versionsOf();
  await apply(harness, modified(first, second, 2));
  await expectRow(harness, second);
}

export async function appliesARowThatComesBack(harness: Harness) {
  const [first, second] = versionsOf();
  await apply(harness, inserted(first, 1));
  await apply(harness, removed(first, 2));
  await apply(harness, inserted(second, 3));
  await expectRow(harness, second);
}

export async function keepsRowsOfEveryKind(harness: Harness) {
  const id = unique('each');
  const rows = [
    faaRow(id),
    foreignRow(id),
    imageRow({ orgId: 'SYSTEM', entityType: 'REGISTRATION', entityId: id }, '1'),
    imageRow({ orgId: 'other', entityType: 'ICAO', entityId: id }, '1'),
    icaoTypeRow(id),
    icaoManufacturerRow(id),
    linkRow(id, '1', ['Maker', 'Model', 'TYPE']),
  ];
  await apply(harness, ...rows.map((row) => inserted(row, 1)));
  for (const row of rows) await expectRow(harness, row);
}

export async function appliesManyChangesAtOnce(harness: Harness) {
  const rows = range(130).map(() => versionsOf());
  await apply(
    harness,
    ...rows.flatMap(([first, second]) => [inserted(first, 1), modified(first, second, 2)]),
  );
  for (const [, second] of rows.slice(0, 5)) await expectRow(harness, second);
  const found = new Set((await collect(harness.state.rows())).map((row) => row.get('SK')));
  expect(rows.filter(([row]) => !found.has(row.SK))).to.deep.equal([]);
}

export async function ignoresAChangeThatIsOlderThanTheRow(harness: Harness) {
  const [first, second] = versionsOf();
  await apply(harness, modified(first, second, 2));
  await apply(harness, inserted(first, 1));
  await expectRow(harness, second);
}

export async function ignoresAnOlderChangeBehindANewerOne(harness: Harness) {
  const [first, second] = versionsOf();
  await apply(harness, modified(first, second, 2), inserted(first, 1));
  await expectRow(harness, second);
}

export async function ignoresARemovalThatIsOlderThanTheRow(harness: Harness) {
  const [first, second] = versionsOf();
  await apply(harness, inserted(second, 3));
  await apply(harness, removed(first, 2));
  await expectRow(harness, second);
}

export async function ignoresAnOlderChangeOfARowThatIsRemoved(harness: Harness) {
  const [first, second] = versionsOf();
  await apply(harness, inserted(first, 1));
  await apply(harness, removed(second, 3));
  await apply(harness, modified(first, second, 2));
  expect(await find(harness, first)).to.equal(undefined);
}

export async function ignoresAnOlderChangeOfARowSeenOnlyInItsRemoval(harness: Harness) {
  const [first, second] = versionsOf();
  await apply(harness, removed(second, 3));
  await apply(harness, modified(first, second, 2));
  expect(await find(harness, first)).to.equal(undefined);
}

export async function ignoresARepeat(harness: Harness) {
  const [first, second] = versionsOf();
  const changes = [inserted(first, 1), modified(first, second, 2), removed(second, 3)];
  await apply(harness, ...changes);
  for (const change of changes) await apply(harness, change);
  expect(await find(harness, first)).to.equal(undefined);
}

export async function comparesSequencesAsNumbers(harness: Harness) {
  const [first, second] = versionsOf();
  await apply(harness, modified(first, second, '10000000000000000000000'));
  await apply(harness, inserted(first, '9999999999999999999999'));
  await expectRow(harness, second);
}

export async function ignoresAnEarlierStreamWhateverItsNumbers(harness: Harness) {
  const [first, second] = versionsOf();
  const old = 'arn:aws:dynamodb:eu-central-1:123456789012:table/aircraft/stream/2025-06-01T00:00:00.000';
  const current = old.replace('2025', '2026');
  await apply(harness, changeOf(streamRecord({ after: second, sequence: 1, streamArn: current })));
  await apply(harness, changeOf(streamRecord({ after: first, sequence: 999, streamArn: old })));
  await expectRow(harness, second);
}

export async function ignoresMatcherTuples(harness: Harness) {
  const row = matcherTupleRow(unique('maker'), 'model', 'type', 7);
  await apply(harness, inserted(row, 1));
  expect(await find(harness, row)).to.equal(undefined);
  const counts = await collect(harness.state.counts());
  expect(counts.filter(({ tuple }) => row.PK.endsWith(tuple['manufacturer']!))).to.deep.equal([]);
}

export async function endsWithTheNewestChangeOfManyCallers(harness: Harness) {
  const rows = range(5).map((n) => ({ id: unique(`N${n}`), newest: 10 + n }));
  const changes = rows.flatMap(({ id, newest }) =>
    range(newest).map((n) => inserted(faaRow(id, { n: n + 1 }), n + 1)),
  );
  const shuffled = changes
    .map((change, n) => ({ change, place: (n * 7919) % 61 }))
    .toSorted((a, b) => a.place - b.place);
  await Promise.all(shuffled.map(({ change }) => apply(harness, change)));
  for (const { id, newest } of rows) await expectRow(harness, faaRow(id, { n: newest }));
}

export const keepsTheKey = eachText(HOSTILE_NAMES, async (harness: Harness, text) => {
  const row = faaRow(unique(text), { model: text, [`${text} name`]: 'hostile' });
  await apply(harness, inserted(row, 1));
  await expectRow(harness, row);
  await apply(harness, removed(row, 2));
  expect(await find(harness, row)).to.equal(undefined);
});

export const keeps = each(HOSTILE_VALUES, async (harness: Harness, value) => {
  const row = faaRow(unique('N'));
  const attributes: [string, Value][] = [
    ['PK', row.PK],
    ['SK', row.SK],
    ['value', value],
    ['__proto__', value],
  ];
  await apply(harness, { ...inserted(row, 1), after: new DecodedAttributes(new Map(attributes)) });
  const found = await find(harness, row);
  expect(found && comparableFields(found)).to.deep.equal(comparableFields(Object.fromEntries(attributes)));
});

export const keepsNulCharacters = needs('nulCharacters', async (harness: Harness) => {
  const row = faaRow(unique('N'), { model: 'a\u0000b' });
  await apply(harness, inserted(row, 1));
  await expectRow(harness, row);
});
