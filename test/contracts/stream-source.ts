import { setTimeout } from 'node:timers/promises';
import { expect } from 'chai';
import { EncodedAttributes } from '../../src/adapters/dynamodb-stream/attribute-value.ts';
import type { ShardListing, SourceRecord, StreamSource } from '../../src/application/ports/stream-source.ts';
import { canonicalText } from '../../src/domain/canonical-text.ts';
import { Fault } from '../../src/domain/fault.ts';
import type { ShardPosition } from '../../src/domain/shard.ts';
import type { Value } from '../../src/domain/value.ts';
import { compareSequences } from '../../src/domain/version.ts';
import { HOSTILE_NAMES, HOSTILE_VALUES } from '../support/hostile.ts';
import { isRejected } from '../support/is-rejected.ts';
import { range } from '../support/range.ts';
import { unique } from '../support/unique.ts';
import { each, eachText, needs } from './contract.ts';

/** A row of a table whose keys are `PK` and `SK`. */
type Row = Readonly<Record<string, Value>> & { readonly PK: string; readonly SK: string };

/** A stream, and its table. */
export interface Followed {
  readonly source: StreamSource;
  readonly put: (row: Row) => Promise<unknown>;
  readonly switchOff: () => Promise<unknown>;
}

/** A stream that other tests write to as well. */
export interface Harness extends Pick<Followed, 'source' | 'put'> {
  readonly own: () => Promise<Followed>;
  /** Of a stream that is not there. */
  readonly missing?: StreamSource;
  /** A stream whose shards can be made to do what they do by themselves. */
  readonly model?: Model;
}

export interface Model extends Followed {
  readonly split: (shard: string) => void;
  readonly roll: (shard: string) => void;
  /** @param kept records of the shard that stay. */
  readonly trim: (shard: string, kept: number) => void;
  /** After it, all iterators are too old. */
  readonly expireIterators: () => Promise<void>;
  /** The same stream, listed so many shards a page. */
  readonly paged: (size: number) => StreamSource;
}

export type SourceCapability = 'model' | 'missing';

function row(PK: string, SK = 'x', attributes: Readonly<Record<string, Value>> = {}): Row {
  return Object.fromEntries([...Object.entries(attributes), ['PK', PK], ['SK', SK]]) as Row;
}

async function listAll(source: StreamSource, childrenOf?: string) {
  const shards = [];
  let listing: ShardListing | undefined;
  do {
    listing = await source.list({ after: listing?.next, childrenOf });
    if (listing === undefined) throw new Error('there is no such stream');
    shards.push(...listing.shards);
  } while (listing.next !== undefined);
  return shards;
}

async function iteratorAt(source: StreamSource, shard: string, position: ShardPosition): Promise<string> {
  const answer = await source.iterator(shard, position);
  if (answer.is !== 'iterator') throw new Error(`the iterator is ${answer.is}`);
  return answer.iterator;
}

async function pageAt(source: StreamSource, iterator: string, max = 1_000) {
  const page = await source.records(iterator, max);
  if (page.is !== 'page') throw new Error(`the page is ${page.is}`);
  return page;
}

/** An iterator for each open shard, at its end. */
async function atEnd(source: StreamSource) {
  const open = (await listAll(source)).filter(({ closed }) => !closed);
  return Promise.all(open.map(({ id }) => iteratorAt(source, id, 'latest')));
}

/** Reads on until there are so many records of rows whose partition is among these; what is written is in the stream a little later. */
async function readOn(
  source: StreamSource,
  from: readonly string[],
  partitions: readonly string[],
  count: number,
) {
  const read: SourceRecord[] = [];
  let iterators = [...from];
  for (let turn = 0; turn < 500 && read.length < count && iterators.length > 0; turn++) {
    if (turn > 0) await setTimeout(10);
    const pages = await Promise.all(iterators.map((iterator) => pageAt(source, iterator)));
    read.push(
      ...pages.flatMap(({ records }) => records).filter((one) => partitions.includes(partitionOf(one))),
    );
    iterators = pages.flatMap(({ next }) => (next === undefined ? [] : [next]));
  }
  expect(read).to.have.length(count);
  return read;
}

/** How much memory a record takes may depend on what comes with it. */
function expectSame(read: readonly SourceRecord[], records: readonly SourceRecord[]): void {
  const withoutBytes = ({ sequence, item, at, record }: SourceRecord) => ({ sequence, item, at, record });
  expect(read.map(withoutBytes)).to.deep.equal(records.map(withoutBytes));
}

function dynamodbOf({ record }: SourceRecord) {
  return (record as { readonly dynamodb: Readonly<Record<string, Record<string, { readonly S: string }>>> })
    .dynamodb;
}

function partitionOf(record: SourceRecord): string {
  return dynamodbOf(record)['Keys']?.['PK']?.S ?? '';
}

/** Writes rows and reads their records. */
async function written({ source, put }: Pick<Followed, 'source' | 'put'>, rows: readonly Row[]) {
  const iterators = await atEnd(source);
  for (const one of rows) await put(one);
  return readOn(
    source,
    iterators,
    rows.map(({ PK }) => PK),
    rows.length,
  );
}

export async function listsAnOpenShardOfAStreamWithoutRecords({ own }: Harness) {
  const { source } = await own();
  const listing = await source.list({});
  expect(listing).to.include({ next: undefined, enabled: true });
  expect(listing?.shards).to.have.length(1);
  const [shard] = listing!.shards;
  expect(shard).to.include({ parent: undefined, closed: false });
  // It need not be readable at once: then it is to be listed again.
  const answer = await source.iterator(shard!.id, 'horizon');
  if (answer.is === 'iterator') {
    const page = await source.records(answer.iterator, 1_000);
    if (page.is === 'page') expect(page.records).to.deep.equal([]);
  }
}

export async function tellsTheTimeThatItIsWhereItTellsAny({ source }: Harness) {
  const before = Date.now();
  const at = (await source.list({}))?.at ?? before;
  // To the second.
  expect(at).to.be.within(before - 1_000, Date.now());
}

export async function givesARecordAsLambdaDeliversIt(harness: Harness) {
  const PK = unique('item');
  const before = Date.now();
  const [record] = await written(harness, [row(PK, 'x', { name: 'one' })]);
  const { source } = harness;
  const dynamodb = dynamodbOf(record!);
  expect(record!.record).to.include({
    eventName: 'INSERT',
    eventSource: 'aws:dynamodb',
    eventSourceARN: source.arn,
  });
  expect(dynamodb).to.deep.include({
    SequenceNumber: record!.sequence,
    StreamViewType: 'NEW_AND_OLD_IMAGES',
  });
  expect(dynamodb['Keys']).to.deep.equal({ PK: { S: PK }, SK: { S: 'x' } });
  expect(dynamodb['NewImage']).to.deep.equal({ PK: { S: PK }, SK: { S: 'x' }, name: { S: 'one' } });
  expect(dynamodb).not.to.have.property('OldImage');
  expect(record!.sequence).to.match(/^\d+$/);
  expect(record!.bytes).to.be.within(1, 10_000);
  expect(record!.at! % 1_000).to.equal(0);
  expect(dynamodb['ApproximateCreationDateTime']).to.equal(record!.at! / 1_000);
  // To the minute, on DynamoDB Local.
  expect(record!.at).to.be.within(before - 120_000, Date.now() + 1_000);
}

export async function namesAnItemTheSameInAllOfItsRecords(harness: Harness) {
  const [a, b] = [unique('item'), unique('item')];
  const rows = [row(a), row(a, 'y'), row(b), row(a, 'x', { n: 'changed' }), row(b, 'x', { n: 'changed' })];
  const records = await written(harness, rows);
  const names = new Map(rows.map(({ PK, SK }) => [`${PK} ${SK}`, new Set<string>()]));
  for (const record of records)
    names.get(`${partitionOf(record)} ${dynamodbOf(record)['Keys']?.['SK']?.S}`)?.add(record.item);
  for (const items of names.values()) expect(items.size).to.equal(1);
  expect(new Set([...names.values()].flatMap((items) => [...items])).size).to.equal(3);
}

export async function keepsTheOrderOfAnItemsRecords(harness: Harness) {
  const PK = unique('item');
  const rows = range(30).map((n) => row(PK, 'x', { n: `${n}` }));
  const records = await written(harness, rows);
  expect(records.map((record) => dynamodbOf(record)['NewImage']?.['n']?.S)).to.deep.equal(
    range(30).map(String),
  );
  for (const [n, { sequence }] of records.slice(1).entries())
    expect(compareSequences(sequence, records[n]!.sequence)).to.be.greaterThan(0);
}

export const keepsEveryDigitAndByteOf = each(HOSTILE_VALUES, async (harness: Harness, value: Value) => {
  const [record] = await written(harness, [row(unique('item'), 'x', { value })]);
  const image = dynamodbOf(record!)['NewImage']!;
  const read = new EncodedAttributes(image, {}, 'NewImage').get('value');
  expect(canonicalText(read!)).to.equal(canonicalText(value));
});

export const keepsAnItemAndAnAttributeCalled = eachText(HOSTILE_NAMES, async (harness: Harness, text) => {
  const PK = unique(text);
  const attributes = Object.fromEntries([[text, 'here']]);
  const [record] = await written(harness, [row(PK, text, attributes)]);
  const image = new EncodedAttributes(dynamodbOf(record!)['NewImage']!, {}, 'NewImage');
  expect([image.get('PK'), image.get('SK'), image.get(text)]).to.deep.equal([PK, text, 'here']);
});

export async function givesNoMoreThanAskedForAndGoesOnBehindIt(harness: Harness) {
  const { source, put } = await harness.own();
  const PK = unique('item');
  for (const n of range(7)) await put(row(PK, 'x', { n: `${n}` }));
  const [shard] = await listAll(source);
  const all = await readOn(source, [await iteratorAt(source, shard!.id, 'horizon')], [PK], 7);
  let iterator: string | undefined = await iteratorAt(source, shard!.id, 'horizon');
  const read: string[] = [];
  while (read.length < 7) {
    const page = await pageAt(source, iterator!, 3);
    expect(page.records).to.have.length.within(1, 3);
    read.push(...page.records.map(({ sequence }) => sequence));
    iterator = page.next;
  }
  expect(read).to.deep.equal(all.map(({ sequence }) => sequence));
  // At the end of an open shard, pages are empty, and there is always a next one.
  for (const turn of range(3)) {
    const page = await pageAt(source, iterator!);
    expect(page.records, `${turn}`).to.deep.equal([]);
    iterator = page.next;
    expect(iterator).to.be.a('string');
  }
}

export async function readsAPageAgainByItsIterator(harness: Harness) {
  const { source, put } = harness;
  const PK = unique('item');
  const [iterator] = await atEnd(source);
  await put(row(PK));
  const first = await readOn(source, [iterator!], [PK], 1);
  expectSame(await readOn(source, [iterator!], [PK], 1), first);
}

export async function goesOnAfterARecord(harness: Harness) {
  const PK = unique('item');
  const { source } = harness;
  const shard = (await listAll(source)).find(({ closed }) => !closed)!;
  const records = await written(
    harness,
    range(4).map((n) => row(PK, 'x', { n: `${n}` })),
  );
  const after = await iteratorAt(source, shard.id, { after: records[1]!.sequence });
  expectSame(await readOn(source, [after], [PK], 2), records.slice(2));
}

export async function readsOnFromARecord(harness: Harness) {
  const PK = unique('item');
  const { source } = harness;
  const shard = (await listAll(source)).find(({ closed }) => !closed)!;
  const records = await written(
    harness,
    range(3).map((n) => row(PK, 'x', { n: `${n}` })),
  );
  const at = await iteratorAt(source, shard.id, { at: records[1]!.sequence });
  expectSame(await readOn(source, [at], [PK], 2), records.slice(1));
}

export async function readsAShardFromItsBeginning({ own }: Harness) {
  const { source, put } = await own();
  const PK = unique('item');
  for (const n of range(3)) await put(row(PK, 'x', { n: `${n}` }));
  const [shard] = await listAll(source);
  const { id, first } = shard!;
  const readAt = async (position: ShardPosition) =>
    readOn(source, [await iteratorAt(source, id, position)], [PK], 3);
  const all = await readAt('horizon');
  expectSame(await readAt('beginning'), all);
  // As it was listed, for whoever has that from another.
  if (first !== undefined) expectSame(await readAt({ at: first }), all);
}

export async function readsAStreamThatIsSwitchedOffToItsEnd({ own }: Harness) {
  const { source, put, switchOff } = await own();
  const PK = unique('item');
  for (const n of range(3)) await put(row(PK, 'x', { n: `${n}` }));
  await switchOff();
  const listing = await source.list({});
  expect(listing?.enabled).to.equal(false);
  expect(listing?.shards.map(({ closed }) => closed)).to.deep.equal([true]);
  const { id } = listing!.shards[0]!;
  const read: SourceRecord[] = [];
  let iterator: string | undefined = await iteratorAt(source, id, 'horizon');
  while (iterator !== undefined) {
    const page = await pageAt(source, iterator);
    read.push(...page.records);
    iterator = page.next;
  }
  expect(read.map(partitionOf)).to.deep.equal([PK, PK, PK]);
  // Of what came before, nothing; and nothing more comes.
  let latest: string | undefined = await iteratorAt(source, id, 'latest');
  while (latest !== undefined) {
    const page = await pageAt(source, latest);
    expect(page.records).to.deep.equal([]);
    latest = page.next;
  }
  const last = await iteratorAt(source, id, { after: read.at(-1)!.sequence });
  expect(await pageAt(source, last)).to.deep.equal({ is: 'page', records: [], next: undefined });
}

export async function knowsNoShardThatWasNeverThere({ source }: Harness) {
  const shard = 'shardId-00000001570612358119-9c0a0c28';
  for (const position of [
    'beginning',
    'horizon',
    'latest',
    { at: '000000000000000000001' },
    { after: '000000000000000000001' },
  ] as const)
    expect(await source.iterator(shard, position)).to.deep.equal({ is: 'gone' });
}

export const knowsNoStreamThatIsNotThere = needs('missing', async ({ missing }: Harness) => {
  expect(await missing!.list({})).to.equal(undefined);
  expect(await missing!.list({ childrenOf: 'shardId-00000001570612358119-9c0a0c28' })).to.equal(undefined);
  const shard = 'shardId-00000001570612358119-9c0a0c28';
  expect(await missing!.iterator(shard, 'horizon')).to.deep.equal({ is: 'gone' });
});

export async function listsTheShardsOfWhichItIsAskedForTheChildren({ source }: Harness) {
  const [shard] = await listAll(source);
  for (const { parent } of await listAll(source, shard!.id))
    // A source that cannot tell them lists all.
    expect([shard!.id, undefined, shard!.parent]).to.include(parent);
}

export async function refusesToGiveMoreThanThereCanBe({ source }: Harness) {
  const [shard] = await listAll(source);
  const iterator = await iteratorAt(source, shard!.id, 'latest');
  for (const max of [0, 1_001]) {
    const error = await source.records(iterator, max).catch((error: unknown) => error);
    expect(Fault.is(error) && error.kind, `${max}`).to.equal('configuration');
  }
}

export async function doesNothingOnceItIsAborted({ source }: Harness) {
  const [shard] = await listAll(source);
  const iterator = await iteratorAt(source, shard!.id, 'latest');
  const aborted = AbortSignal.abort();
  expect(await isRejected(source.list({}, aborted))).to.equal(true);
  expect(await isRejected(source.iterator(shard!.id, 'horizon', aborted))).to.equal(true);
  expect(await isRejected(source.records(iterator, 10, aborted))).to.equal(true);
}

export const hasAnItemsRecordsInAShardAndThenInItsChild = needs('model', async ({ model }: Harness) => {
  const { source, put, split } = model!;
  const [parent] = await listAll(source);
  const items = range(20).map((n) => `item-${n}`);
  for (const PK of items) await put(row(PK));
  split(parent!.id);
  for (const PK of items) await put(row(PK));
  const shards = await listAll(source);
  expect(shards.map((one) => [one.parent, one.closed])).to.deep.equal([
    [undefined, true],
    [parent!.id, false],
    [parent!.id, false],
  ]);
  expect(await listAll(source, parent!.id)).to.deep.equal(shards.slice(1));
  const pages = [];
  for (const { id } of shards) pages.push(await pageAt(source, await iteratorAt(source, id, 'horizon')));
  const [first, left, right] = pages.map(({ records }) => records.map(partitionOf));
  expect(first).to.deep.equal(items);
  expect(pages.map(({ next }) => next === undefined)).to.deep.equal([true, false, false]);
  expect([...left!, ...right!].toSorted()).to.deep.equal(items.toSorted());
  expect(Math.min(left!.length, right!.length)).to.be.greaterThan(0);
  // Numbers of more digits come later, whatever their texts.
  for (const [n, { sequence }] of pages[0]!.records.entries()) {
    const rest = await pageAt(source, await iteratorAt(source, parent!.id, { after: sequence }));
    expect(rest.records).to.deep.equal(pages[0]!.records.slice(n + 1));
  }
  model!.roll(shards[1]!.id);
  for (const PK of items) await put(row(PK));
  const [rightAgain] = (await listAll(source)).filter(({ id }) => id === shards[2]!.id);
  const all = await pageAt(source, await iteratorAt(source, rightAgain!.id, 'horizon'));
  expect(all.records.map(partitionOf)).to.deep.equal([...right!, ...right!]);
});

export const endsAShardWithAPageThatHasRecords = needs('model', async ({ model }: Harness) => {
  const { source, put, roll } = model!;
  const [shard] = await listAll(source);
  const iterator = await iteratorAt(source, shard!.id, 'latest');
  await put(row('a'));
  roll(shard!.id);
  await put(row('b'));
  const page = await pageAt(source, iterator);
  expect(page.records.map(partitionOf)).to.deep.equal(['a']);
  expect(page.next).to.equal(undefined);
});

export const listsPageByPage = needs('model', async ({ model }: Harness) => {
  const { source, split, paged } = model!;
  for (const turn of range(4)) {
    split((await listAll(source)).at(-1)!.id);
    expect(await listAll(source)).to.have.length(3 + 2 * turn);
  }
  const all = await listAll(source);
  for (const size of [1, 2, 4, 9, 10]) {
    const some = paged(size);
    expect((await some.list({}))?.shards).to.have.length(Math.min(size, 9));
    expect(await listAll(some)).to.deep.equal(all);
  }
});

export const tellsOfAnIteratorThatIsTooOld = needs('model', async ({ model }: Harness) => {
  const { source, put, expireIterators } = model!;
  const [shard] = await listAll(source);
  const iterator = await iteratorAt(source, shard!.id, 'latest');
  await put(row('a'));
  await expireIterators();
  expect(await source.records(iterator, 10)).to.deep.equal({ is: 'expired' });
  const page = await pageAt(source, await iteratorAt(source, shard!.id, 'horizon'));
  expect(page.records.map(partitionOf)).to.deep.equal(['a']);
});

export const tellsOfRecordsThatHaveLeftTheStream = needs('model', async ({ model }: Harness) => {
  const { source, put, trim } = model!;
  const [shard] = await listAll(source);
  const { id } = shard!;
  for (const n of range(6)) await put(row(`a${n}`));
  const begin = await iteratorAt(source, id, 'horizon');
  const [first, ...others] = (await pageAt(source, begin)).records;
  const second = (await pageAt(source, begin, 1)).next!;
  trim(id, 2);
  expect(await source.records(second, 10)).to.deep.equal({ is: 'trimmed' });
  expect(await source.iterator(id, 'beginning')).to.deep.equal({ is: 'trimmed' });
  for (const { sequence } of [first!, others[0]!, others[1]!]) {
    expect(await source.iterator(id, { at: sequence })).to.deep.equal({ is: 'trimmed' });
    expect(await source.iterator(id, { after: sequence })).to.deep.equal({ is: 'trimmed' });
  }
  // Nothing after the last one that left is lost.
  const left = await pageAt(source, await iteratorAt(source, id, { after: others[2]!.sequence }));
  expect(left.records.map(partitionOf)).to.deep.equal(['a4', 'a5']);
  expect((await pageAt(source, await iteratorAt(source, id, 'horizon'))).records).to.deep.equal(left.records);
});

export const knowsNoShardThatHasLeftTheStream = needs('model', async ({ model }: Harness) => {
  const { source, put, roll, trim } = model!;
  const [shard] = await listAll(source);
  const { id } = shard!;
  await put(row('a'));
  const iterator = await iteratorAt(source, id, 'horizon');
  roll(id);
  trim(id, 0);
  const shards = await listAll(source);
  expect(shards.map(({ parent }) => parent)).to.deep.equal([id]);
  expect(await source.iterator(id, 'horizon')).to.deep.equal({ is: 'gone' });
  expect(await source.records(iterator, 10)).to.deep.equal({ is: 'gone' });
});
