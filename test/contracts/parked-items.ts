import { expect } from 'chai';
import type { KeptChanges } from '../../src/application/ports/kept-changes.ts';
import type { NotedItem, ParkedItems, ParkingMove } from '../../src/application/ports/parked-items.ts';
import type { ParkedItem } from '../../src/domain/parked-item.ts';
import { itemKey } from '../../src/domain/row.ts';
import type { Version } from '../../src/domain/version.ts';
import { HOSTILE_NAMES } from '../support/hostile.ts';
import { isRejected } from '../support/is-rejected.ts';
import { range } from '../support/range.ts';
import { unique } from '../support/unique.ts';
import { eachText } from './contract.ts';

/** Parked items, none of which another test has, and their changes. */
export interface Harness {
  readonly items: ParkedItems;
  readonly changes: KeptChanges;
}

const EPOCH = '2026-01-05T09:00:00.000';

function versionOf(sequence: number | string, epoch = EPOCH): Version {
  return { generation: 0, epoch, sequence: String(sequence) };
}

function itemOf(name = unique('item')): string {
  return itemKey({ partition: name, sort: 'S' });
}

function parked(item: string, parts: Partial<ParkedItem> = {}): ParkedItem {
  const since = versionOf(1);
  return { item, parkedAt: 1_000, since, newest: since, changes: 1, deliveries: 0, reason: 'why', ...parts };
}

function move(
  item: string,
  from: NotedItem | undefined,
  to: ParkedItem | undefined,
  keep: ParkingMove['keep'] = [],
) {
  return { item, from, to, keep };
}

async function lookAt({ items }: Harness, item: string): Promise<NotedItem | undefined> {
  return (await items.look([item])).noted[0];
}

function shown(noted: NotedItem | undefined): ParkedItem | undefined {
  if (noted === undefined) return undefined;
  const { revision, ...item } = noted;
  expect(revision).to.be.a('string');
  return item;
}

async function keep(harness: Harness, item: string, ...keep: ParkingMove['keep']): Promise<void> {
  const results = await harness.items.save([move(item, await lookAt(harness, item), parked(item), keep)]);
  expect(results).to.deep.equal(['done']);
}

async function keptOf({ changes }: Harness, item: string): Promise<unknown[]> {
  const found: unknown[] = [];
  for (let after: string | undefined; ;) {
    const some = await changes.load(item, after);
    if (some.length === 0) return found;
    found.push(...some.map(({ raw }) => raw));
    after = some.at(-1)?.place;
  }
}

export async function knowsNothingAtFirst({ items, changes }: Harness) {
  const item = itemOf();
  expect(await items.look([item])).to.deep.equal({ noted: [undefined], parked: 0, oldest: undefined });
  expect(await items.look([])).to.deep.equal({ noted: [], parked: 0, oldest: undefined });
  expect(await items.page(undefined)).to.deep.equal({ items: [], next: undefined });
  expect(await items.save([])).to.deep.equal([]);
  expect(await changes.load(item, undefined)).to.deep.equal([]);
  await changes.discard(item, []);
}

export async function notesItems(harness: Harness) {
  const { items } = harness;
  const [one, other, failing] = [itemOf(), itemOf(), itemOf()];
  const noted = [
    parked(one, { newest: versionOf('12345678901234567890123'), changes: 7, deliveries: 3 }),
    parked(other, { parkedAt: 500, reason: 'é' }),
    parked(failing, { parkedAt: undefined, changes: 0, deliveries: 2 }),
  ];
  const moves = noted.map((to) => move(to.item, undefined, to));
  expect(await items.save(moves)).to.deep.equal(['done', 'done', 'done']);
  const look = await items.look([other, itemOf(), failing, one]);
  expect(look.noted.map(shown)).to.deep.equal([noted[1], undefined, noted[2], noted[0]]);
  expect(look).to.include({ parked: 2, oldest: 500 });
}

export async function savesOnlyWhatIsAsItWasRead(harness: Harness) {
  const { items } = harness;
  const item = itemOf();
  expect(await items.save([move(item, undefined, parked(item))])).to.deep.equal(['done']);
  const read = await lookAt(harness, item);
  expect(await items.save([move(item, undefined, parked(item))])).to.deep.equal(['conflict']);
  expect(await items.save([move(item, read, parked(item, { changes: 2 }))])).to.deep.equal(['done']);
  const late = { version: versionOf(3), raw: {} };
  expect(await items.save([move(item, read, parked(item, { changes: 9 }), [late])])).to.deep.equal([
    'conflict',
  ]);
  expect(await items.save([move(item, read, undefined)])).to.deep.equal(['conflict']);
  expect(shown(await lookAt(harness, item))).to.deep.equal(parked(item, { changes: 2 }));
  expect(await keptOf(harness, item)).to.deep.equal([]);
}

export async function oneMoveKeepsNoOtherFromBeingMade(harness: Harness) {
  const { items } = harness;
  const [there, fresh] = [itemOf(), itemOf()];
  await items.save([move(there, undefined, parked(there))]);
  expect(
    await items.save([move(there, undefined, parked(there)), move(fresh, undefined, parked(fresh))]),
  ).to.deep.equal(['conflict', 'done']);
}

export async function knowsWhatWasRemovedFromWhatWasNotedAnew(harness: Harness) {
  const { items } = harness;
  const item = itemOf();
  await items.save([move(item, undefined, parked(item))]);
  const read = await lookAt(harness, item);
  expect(await items.save([move(item, read, undefined)])).to.deep.equal(['done']);
  expect(await lookAt(harness, item)).to.equal(undefined);
  expect(await items.save([move(item, read, undefined)])).to.deep.equal(['conflict']);
  await items.save([move(item, undefined, parked(item))]);
  expect(await items.save([move(item, read, undefined)])).to.deep.equal(['conflict']);
}

export async function oneOfManyWinsAtOnce(harness: Harness) {
  const { items } = harness;
  const item = itemOf();
  await items.save([move(item, undefined, parked(item))]);
  const read = await lookAt(harness, item);
  const results = await Promise.all(
    range(5).map((n) => items.save([move(item, read, parked(item, { changes: n }))])),
  );
  const won = results.flatMap(([result], n) => (result === 'done' ? [n] : []));
  expect(won).to.have.length(1);
  expect((await lookAt(harness, item))?.changes).to.equal(won[0]);
}

export async function findsEachOfMany(harness: Harness) {
  const { items } = harness;
  const all = range(130).map(() => itemOf());
  const moves = all.map((item, n) => move(item, undefined, parked(item, { changes: n })));
  expect(new Set(await items.save(moves))).to.deep.equal(new Set(['done']));
  const look = await items.look([...all, itemOf()]);
  expect(look.noted.map((noted) => noted?.changes)).to.deep.equal([...all.keys(), undefined]);
  expect(look.parked).to.be.at.least(100);
  const found: string[] = [];
  for (let after: string | undefined; ;) {
    const page = await items.page(after);
    found.push(...page.items.map(({ item }) => item));
    after = page.next;
    if (after === undefined) break;
  }
  expect(found).to.have.members(all);
}

export async function givesChangesInTheOrderOfTheirVersions(harness: Harness) {
  const [item, other] = [itemOf(), itemOf()];
  const versions = [
    versionOf(10),
    versionOf('1'.repeat(30)),
    versionOf(9),
    versionOf(1, '2027-01-05T09:00:00.000'),
    { ...versionOf(0), generation: 1 },
    versionOf(5, ''),
  ];
  await keep(harness, item, ...versions.map((version, raw) => ({ version, raw })));
  await keep(harness, other, { version: versionOf(7), raw: 'theirs' });
  expect(await keptOf(harness, item)).to.deep.equal([5, 2, 0, 1, 3, 4]);
  expect((await harness.changes.load(other, undefined))[0]?.version).to.deep.equal(versionOf(7));
}

export async function keepsAChangeOnce(harness: Harness) {
  const item = itemOf();
  const change = { version: versionOf(1), raw: { a: 1 } };
  await keep(harness, item, change);
  await keep(harness, item, change, { version: versionOf(2), raw: { a: 2 } });
  expect(await keptOf(harness, item)).to.deep.equal([{ a: 1 }, { a: 2 }]);
}

export async function discardsChangesForGood(harness: Harness) {
  const item = itemOf();
  await keep(harness, item, ...range(3).map((n) => ({ version: versionOf(n + 1), raw: n })));
  const [first, ...others] = await harness.changes.load(item, undefined);
  await harness.changes.discard(item, others);
  await harness.changes.discard(item, others);
  expect(await keptOf(harness, item)).to.deep.equal([0]);
  await harness.changes.discard(item, [first!]);
  expect(await keptOf(harness, item)).to.deep.equal([]);
}

export async function keepsManyChanges(harness: Harness) {
  const item = itemOf();
  await keep(harness, item, ...range(250).map((n) => ({ version: versionOf(n + 1), raw: n })));
  expect(await keptOf(harness, item)).to.deep.equal(range(250));
}

export async function keepsTheLargestRecords(harness: Harness) {
  const item = itemOf();
  const [OldImage, NewImage] = [randomText(1, 400_000), randomText(2, 400_000)];
  const raws = range(6).map((n) => ({ n, dynamodb: { OldImage, NewImage } }));
  await keep(harness, item, ...raws.map((raw, n) => ({ version: versionOf(n + 1), raw })));
  expect(JSON.stringify(await keptOf(harness, item)) === JSON.stringify(raws)).to.equal(true);
  for (;;) {
    const some = await harness.changes.load(item, undefined);
    if (some.length === 0) break;
    await harness.changes.discard(item, some);
  }
  expect(await keptOf(harness, item)).to.deep.equal([]);
}

export const keepsKeysNamesAndTexts = eachText(HOSTILE_NAMES, async (harness: Harness, text) => {
  const item = itemOf(unique(text));
  const raw = JSON.parse(`{${JSON.stringify(text)}: {"S": ${JSON.stringify(text)}}}`) as unknown;
  const to = parked(item, { reason: text });
  await harness.items.save([move(item, undefined, to, [{ version: versionOf(1), raw }])]);
  expect(shown(await lookAt(harness, item))).to.deep.equal(to);
  expect(JSON.stringify(await keptOf(harness, item))).to.equal(JSON.stringify([raw]));
});

export async function refusesWhatIsNoJson(harness: Harness) {
  const [bad, good] = [itemOf(), itemOf()];
  const results = await harness.items.save([
    move(bad, undefined, parked(bad), [{ version: versionOf(1), raw: 1n }]),
    move(good, undefined, parked(good)),
  ]);
  expect(String(results[0])).to.match(/cannot be parked because it cannot be written as JSON/);
  expect(results[1]).to.equal('done');
  expect(await lookAt(harness, bad)).to.equal(undefined);
}

export async function doesNothingOnceItIsAborted(harness: Harness) {
  const { items, changes } = harness;
  const [item, signal] = [itemOf(), AbortSignal.abort()];
  expect(await isRejected(items.look([item], signal))).to.equal(true);
  expect(await isRejected(items.save([move(item, undefined, parked(item))], signal))).to.equal(true);
  expect(await isRejected(items.page(undefined, signal))).to.equal(true);
  expect(await isRejected(changes.load(item, undefined, signal))).to.equal(true);
  expect(await isRejected(changes.discard(item, [], signal))).to.equal(true);
  expect(await lookAt(harness, item)).to.equal(undefined);
}

/** Of letters that no packing makes much smaller. */
function randomText(seed: number, length: number): string {
  let state = seed;
  return Array.from({ length }, () => {
    state = (state * 48_271) % 2_147_483_647;
    return String.fromCharCode(33 + (state % 90));
  }).join('');
}
