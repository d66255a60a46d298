import { expect } from 'chai';
import type { TableScan } from '../../src/application/ports/table-scan.ts';
import { Fault } from '../../src/domain/fault.ts';
import { itemKey } from '../../src/domain/row.ts';
import type { Value } from '../../src/domain/value.ts';
import { comparableFields } from '../support/comparable.ts';
import { HOSTILE_NAMES, HOSTILE_VALUES } from '../support/hostile.ts';
import { isRejected } from '../support/is-rejected.ts';
import { range } from '../support/range.ts';
import { each, eachText } from './contract.ts';

/** A table like the fleet's with no rows, for the test alone, and a program beside the worker that writes registrations to it. */
export interface Harness {
  readonly scan: TableScan;
  /** The same of another process. */
  readonly another: TableScan;
  /** Puts the row that has these keys, which are among its attributes then. */
  readonly put: (keys: Keys, attributes: Readonly<Record<string, Value>>) => Promise<unknown>;
  readonly remove: (keys: Keys) => Promise<unknown>;
}

type Keys = ReturnType<typeof keysOf>;

function keysOf(name: string | number) {
  return { PK: 'AIRCRAFT#REGISTRY#FAA', SK: `DETAIL#${name}` };
}

const ONE = { segment: 0, segments: 1, from: undefined, limit: 100 };

/** The items of a segment's pages, from a place on. */
async function pagesOf(scan: TableScan, parts: Partial<typeof ONE> = {}, start?: string) {
  const pages: string[][] = [];
  for (let from = start; ;) {
    const { rows, next } = await scan.page({ ...ONE, ...parts, from });
    pages.push(rows.map(({ key }) => itemKey(key)));
    if (next === undefined) return pages;
    from = next;
  }
}

function sorted(items: Iterable<string>): string[] {
  return [...items].toSorted();
}

const itemOf = ({ PK, SK }: Keys) => itemKey({ partition: PK, sort: SK });

export async function givesNothingOfAnEmptyTable({ scan }: Harness) {
  expect((await pagesOf(scan)).flat()).to.deep.equal([]);
  expect((await pagesOf(scan, { segment: 1, segments: 3 })).flat()).to.deep.equal([]);
}

export async function givesRowsAsTheyAreNow({ scan, put, remove }: Harness) {
  await put(keysOf('N1'), { model: '172', country: 'US' });
  await put(keysOf('N2'), { model: '172' });
  await put(keysOf('N1'), { model: '182' });
  await remove(keysOf('N2'));
  const { rows, next } = await scan.page(ONE);
  expect(next).to.equal(undefined);
  expect(rows.map(({ attributes }) => attributes.get('model'))).to.deep.equal(['182']);
  expect(rows.map(({ attributes }) => attributes.get('country'))).to.deep.equal([undefined]);
}

export async function givesEachRowInOnePageOfOneSegment({ scan, put }: Harness) {
  const all = range(40).map(keysOf);
  for (const keys of all) await put(keys, { model: '172' });
  const pages = await Promise.all(
    range(3).map((segment) => pagesOf(scan, { segment, segments: 3, limit: 4 })),
  );
  expect(sorted(pages.flat(2))).to.deep.equal(sorted(all.map(itemOf)));
  for (const page of pages.flat()) expect(page.length).to.be.at.most(4);
}

export async function dividesTheTableEvenly({ scan, put }: Harness) {
  // In partitions of their own, by which a table may divide.
  const all = range(200).map((n) => ({
    PK: `IMAGES#ORG#SYSTEM#ENTITY#ICAO#ID#${n}`,
    SK: 'IMG#01',
  }));
  for (const keys of all) await put(keys, { url: 'u' });
  for (const segment of range(2))
    expect((await pagesOf(scan, { segment, segments: 2 })).flat().length).to.be.within(60, 140);
}

export async function goesOnFromAPlaceInAnotherProcess({ scan, another, put }: Harness) {
  for (const n of range(10)) await put(keysOf(n), { model: '172' });
  const first = await scan.page({ ...ONE, limit: 3 });
  const rest = await pagesOf(another, { limit: 3 }, first.next);
  expect(rest).to.deep.equal((await pagesOf(scan, { limit: 3 })).slice(1));
  expect(await another.page({ ...ONE, limit: 3 }).then(({ next }) => next)).to.equal(first.next);
}

export async function goesOnBehindARowThatIsGone({ scan, another, put, remove }: Harness) {
  for (const n of range(10)) await put(keysOf(n), { model: '172' });
  const [first, ...others] = await pagesOf(scan, { limit: 4 });
  const { next, rows } = await scan.page({ ...ONE, limit: 4 });
  const last = rows.at(-1)?.key;
  await remove({ PK: last?.partition ?? '', SK: last?.sort ?? '' });
  expect(await pagesOf(another, { limit: 4 }, next)).to.deep.equal(others);
  expect(first).to.have.length(4);
}

export async function tellsWhatAPageTook({ scan, put }: Harness) {
  for (const n of range(10)) await put(keysOf(n), { text: 'x'.repeat(8_000) });
  const page = await scan.page(ONE);
  expect(page.rows).to.have.length(10);
  expect(page.readUnits).to.be.within(10, 25);
}

export async function tellsHowManyRowsThereAre({ scan, put, remove }: Harness) {
  for (const n of range(4)) await put(keysOf(n), { model: '172' });
  await remove(keysOf(0));
  const { rows, scanUnits } = await scan.size();
  expect(rows).to.equal(3);
  expect(scanUnits).to.be.within(1, 3);
}

export async function readsMoreThanAMegabyte({ scan, put }: Harness) {
  const text = 'Ü"北🛩'.repeat(30_000);
  for (const n of range(5)) await put(keysOf(n), { text, n: `${n}` });
  const found: unknown[] = [];
  let from: string | undefined;
  do {
    const { rows, next } = await scan.page({ ...ONE, from });
    for (const { attributes } of rows) if (attributes.get('text') === text) found.push(attributes.get('n'));
    from = next;
  } while (from !== undefined);
  expect(found.toSorted()).to.deep.equal(['0', '1', '2', '3', '4']);
}

export const keepsTheKey = eachText(HOSTILE_NAMES, async ({ scan, another, put }: Harness, text) => {
  await put(keysOf(text), { model: text, [`${text} name`]: 'hostile' });
  await put(keysOf('N1'), {});
  const { rows, next } = await scan.page({ ...ONE, limit: 1 });
  const others = next === undefined ? [] : (await another.page({ ...ONE, from: next })).rows;
  const found = [...rows, ...others].find(({ attributes }) => attributes.get('model') === text);
  expect(found?.key).to.deep.equal({ partition: keysOf(text).PK, sort: keysOf(text).SK });
  expect(found?.attributes.get(`${text} name`)).to.equal('hostile');
});

export const keeps = each(HOSTILE_VALUES, async ({ scan, put }: Harness, value) => {
  const keys = keysOf('N1');
  const attributes = Object.fromEntries([
    ['value', value],
    ['__proto__', value],
  ]);
  await put(keys, attributes);
  const [row] = (await scan.page(ONE)).rows;
  const whole = comparableFields(
    Object.fromEntries([...Object.entries(attributes), ...Object.entries(keys)]),
  );
  expect(comparableFields({ value: row?.attributes.get('value') ?? null })).to.deep.equal(
    comparableFields({ value }),
  );
  expect(comparableFields(Object.fromEntries(row?.attributes.all() ?? []))).to.deep.equal(whole);
});

export async function refusesAPlaceThatIsNone({ scan, put }: Harness) {
  await put(keysOf('N1'), {});
  for (const from of ['nonsense', '["a"]', '{}'])
    expect(
      await scan.page({ ...ONE, from }).then(String, (error: unknown) => Fault.is(error)),
      from,
    ).to.equal(true);
}

export async function doesNothingOnceItIsAborted({ scan }: Harness) {
  expect(await isRejected(scan.page(ONE, AbortSignal.abort()))).to.equal(true);
  expect(await isRejected(scan.size(AbortSignal.abort()))).to.equal(true);
}
