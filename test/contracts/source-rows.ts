import { expect } from 'chai';
import type { SourceRows } from '../../src/application/ports/source-rows.ts';
import { Fault } from '../../src/domain/fault.ts';
import type { ItemKey } from '../../src/domain/row.ts';
import type { Value } from '../../src/domain/value.ts';
import { comparableFields } from '../support/comparable.ts';
import { HOSTILE_NAMES, HOSTILE_VALUES } from '../support/hostile.ts';
import { isRejected } from '../support/is-rejected.ts';
import { range } from '../support/range.ts';
import { unique } from '../support/unique.ts';
import { each, eachText, needs } from './contract.ts';

/** The fleet's table, and a program beside the worker that writes registrations to it. */
export interface Harness {
  readonly rows: SourceRows;
  /** Puts the row that has these keys, which are among its attributes then. */
  put(keys: Keys, attributes: Readonly<Record<string, Value>>): Promise<unknown>;
  remove(keys: Keys): Promise<unknown>;
}

export type RowsCapability =
  /** Keeps the character U+0000 in text. */
  'nulCharacters';

type Keys = ReturnType<typeof someKeys>;

function someKeys(name = 'N') {
  return { PK: 'AIRCRAFT#REGISTRY#FAA', SK: `DETAIL#${unique(name)}` };
}

function keyOf({ PK, SK }: Keys): ItemKey {
  return { partition: PK, sort: SK };
}

async function read({ rows }: Harness, ...keys: Keys[]) {
  const found = await rows.read(keys.map(keyOf));
  expect(found).to.have.length(keys.length);
  return found.map((row) => {
    if (Fault.is(row)) throw row;
    return row && comparableFields(Object.fromEntries(row.all()));
  });
}

function whole(keys: Keys, attributes: Readonly<Record<string, Value>>): unknown {
  return comparableFields(Object.fromEntries([...Object.entries(attributes), ...Object.entries(keys)]));
}

export async function doesNothingWithNothingToDo(harness: Harness) {
  expect(await read(harness)).to.deep.equal([]);
}

export async function givesARowWithItsKey(harness: Harness) {
  const keys = someKeys();
  await harness.put(keys, { model: '172' });
  expect(await read(harness, keys)).to.deep.equal([whole(keys, { model: '172' })]);
}

export async function givesNothingWhereThereIsNoRow(harness: Harness) {
  expect(await read(harness, someKeys())).to.deep.equal([undefined]);
}

export async function givesARowAsItIsNow(harness: Harness) {
  const keys = someKeys();
  await harness.put(keys, { model: '172', country: 'US' });
  await harness.put(keys, { model: '182' });
  expect(await read(harness, keys)).to.deep.equal([whole(keys, { model: '182' })]);
  await harness.remove(keys);
  expect(await read(harness, keys)).to.deep.equal([undefined]);
  await harness.put(keys, { model: '206' });
  expect(await read(harness, keys)).to.deep.equal([whole(keys, { model: '206' })]);
}

export async function givesManyRowsInTheOrderOfTheirKeys(harness: Harness) {
  const all = range(230).map((n) => someKeys(`N${n}`));
  for (const [n, keys] of all.entries()) if (n % 3 !== 0) await harness.put(keys, { model: `${n}` });
  expect(await read(harness, ...all)).to.deep.equal(
    all.map((keys, n) => (n % 3 === 0 ? undefined : whole(keys, { model: `${n}` }))),
  );
}

export async function givesOneRowTwice(harness: Harness) {
  const keys = someKeys();
  await harness.put(keys, { model: '172' });
  const row = whole(keys, { model: '172' });
  expect(await read(harness, keys, someKeys(), keys)).to.deep.equal([row, undefined, row]);
}

export async function tellsKeysApart(harness: Harness) {
  const keys = someKeys();
  await harness.put(keys, { model: '172' });
  const { PK, SK } = keys;
  const others = [
    ...[`${SK} `, SK.toLowerCase(), SK.slice(0, -1)].map((other) => ({ PK, SK: other })),
    { PK: `${PK} `, SK },
  ];
  expect(await read(harness, ...others)).to.deep.equal(others.map(() => undefined));
}

export const givesLargeRows = async (harness: Harness) => {
  const all = range(5).map(() => someKeys());
  const text = 'Ü"北🛩'.repeat(30_000);
  for (const [n, keys] of all.entries()) await harness.put(keys, { text, n: `${n}` });
  const found = await harness.rows.read(all.map(keyOf));
  expect(found.map((row) => (Fault.is(row) ? row : row?.get('n')))).to.deep.equal(['0', '1', '2', '3', '4']);
  expect(found.every((row) => !Fault.is(row) && row?.get('text') === text)).to.equal(true);
};

export const keepsTheKey = eachText(HOSTILE_NAMES, async (harness: Harness, text) => {
  const keys = someKeys(text);
  await harness.put(keys, { model: text, [`${text} name`]: 'hostile' });
  expect(await read(harness, keys)).to.deep.equal([
    whole(keys, { model: text, [`${text} name`]: 'hostile' }),
  ]);
});

export const keeps = each(HOSTILE_VALUES, async (harness: Harness, value) => {
  const keys = someKeys();
  const attributes = Object.fromEntries([
    ['value', value],
    ['__proto__', value],
  ]);
  await harness.put(keys, attributes);
  expect(await read(harness, keys)).to.deep.equal([whole(keys, attributes)]);
});

export const keepsNulCharacters = needs('nulCharacters', async (harness: Harness) => {
  const keys = someKeys();
  await harness.put(keys, { model: 'a\u0000b' });
  expect(await read(harness, keys)).to.deep.equal([whole(keys, { model: 'a\u0000b' })]);
});

export async function doesNothingOnceItIsAborted({ rows }: Harness) {
  expect(await isRejected(rows.read([keyOf(someKeys())], AbortSignal.abort()))).to.equal(true);
}
