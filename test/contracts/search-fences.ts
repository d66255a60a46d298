import { expect } from 'chai';
import type { SearchFences } from '../../src/application/ports/search-fences.ts';
import { Fault } from '../../src/domain/fault.ts';
import type { DocumentKey } from '../../src/domain/search-document.ts';
import type { SearchFence, SearchFenceMove } from '../../src/domain/search-fence.ts';
import { filled, version } from '../support/factories.ts';
import { HOSTILE_NAMES } from '../support/hostile.ts';
import { isRejected } from '../support/is-rejected.ts';
import { range } from '../support/range.ts';
import { unique } from '../support/unique.ts';
import { eachText } from './contract.ts';

/** The fences, which other tests may keep theirs among. */
export interface Harness {
  readonly fences: SearchFences;
}

const EPOCH = '2026-01-05T09:00:00.000';

function aKey(collection = 'registry'): DocumentKey {
  return { collection, id: unique('document') };
}

function fence(sequence: number | string, parts: Partial<SearchFence> = {}): SearchFence {
  return { version: version(sequence, EPOCH), removed: false, revision: 0, ...parts };
}

function move(key: DocumentKey, from: SearchFence | undefined, to: SearchFence): SearchFenceMove {
  return { key, from, to };
}

async function load({ fences }: Harness, ...keys: DocumentKey[]) {
  const found = await fences.load(keys);
  expect(found).to.have.length(keys.length);
  return found.map((each) => {
    if (Fault.is(each)) throw each;
    return each && { version: { ...each.version }, removed: each.removed, revision: each.revision };
  });
}

async function advance({ fences }: Harness, ...moves: SearchFenceMove[]) {
  const results = await fences.advance(moves);
  expect(results).to.have.length(moves.length);
  return results;
}

/** Moves the fence of one document through all of these, one after the other. */
async function moveThrough(harness: Harness, key: DocumentKey, ...fences: SearchFence[]) {
  let from: SearchFence | undefined;
  for (const to of fences) {
    expect(await advance(harness, move(key, from, to))).to.deep.equal(['done']);
    from = to;
  }
}

export async function doesNothingWithNothingToDo(harness: Harness) {
  expect(await load(harness)).to.deep.equal([]);
  expect(await advance(harness)).to.deep.equal([]);
}

export async function hasNoFenceAtFirst(harness: Harness) {
  expect(await load(harness, aKey(), aKey())).to.deep.equal([undefined, undefined]);
}

export async function keepsAFenceWhole(harness: Harness) {
  const key = aKey();
  const to = { version: version('7', EPOCH, 3), removed: false, revision: 5 };
  expect(await advance(harness, move(key, undefined, to))).to.deep.equal(['done']);
  expect(await load(harness, key)).to.deep.equal([to]);
}

export async function movesAFenceFromWhereItIs(harness: Harness) {
  const key = aKey();
  await moveThrough(harness, key, fence(1), fence(2));
  expect(await load(harness, key)).to.deep.equal([fence(2)]);
}

export async function remembersADocumentThatIsGone(harness: Harness) {
  const key = aKey();
  const tombstone = fence(2, { removed: true, revision: 3 });
  await moveThrough(harness, key, fence(1), tombstone);
  expect(await load(harness, key)).to.deep.equal([tombstone]);
}

export async function remembersADocumentThatIsBack(harness: Harness) {
  const key = aKey();
  await moveThrough(harness, key, fence(1), fence(2, { removed: true }), fence(3));
  expect(await load(harness, key)).to.deep.equal([fence(3)]);
}

export async function movesTheRevisionAlone(harness: Harness) {
  const key = aKey();
  await moveThrough(harness, key, fence(1), fence(1, { revision: 1 }), fence(1, { revision: 2 }));
  expect(await load(harness, key)).to.deep.equal([fence(1, { revision: 2 })]);
}

export async function refusesAMoveFromNoFenceWhereThereIsOne(harness: Harness) {
  const [there, gone] = [aKey(), aKey()];
  await moveThrough(harness, there, fence(1));
  await moveThrough(harness, gone, fence(1, { removed: true }));
  expect(
    await advance(harness, move(there, undefined, fence(2)), move(gone, undefined, fence(2))),
  ).to.deep.equal(['conflict', 'conflict']);
  expect(await load(harness, there, gone)).to.deep.equal([fence(1), fence(1, { removed: true })]);
}

export async function refusesAMoveFromAFenceWhereThereIsNone(harness: Harness) {
  const key = aKey();
  expect(await advance(harness, move(key, fence(1), fence(2)))).to.deep.equal(['conflict']);
  expect(await load(harness, key)).to.deep.equal([undefined]);
}

export async function refusesAMoveFromAnotherVersion(harness: Harness) {
  const others = [
    fence(2),
    { ...fence(1), version: version(1, '2026-02-01T00:00:00.000') },
    { ...fence(1), version: version(1, EPOCH, 1) },
    filled(9, fence(1)),
  ];
  for (const other of others) {
    const key = aKey();
    await moveThrough(harness, key, fence(1));
    expect(await advance(harness, move(key, other, fence(9)))).to.deep.equal(['conflict']);
    expect(await load(harness, key)).to.deep.equal([fence(1)]);
  }
}

export async function refusesAMoveFromAnotherFill(harness: Harness) {
  const key = aKey();
  await moveThrough(harness, key, fence(1), filled(9, fence(1)));
  for (const other of [fence(1), filled(8, fence(1)), filled(10, fence(1))])
    expect(await advance(harness, move(key, other, filled(11, fence(1))))).to.deep.equal(['conflict']);
  expect(await load(harness, key)).to.deep.equal([filled(9, fence(1))]);
}

export async function movesOnFromAFill(harness: Harness) {
  const key = aKey();
  const fill = filled(1_767_603_600_999, fence(0));
  await moveThrough(harness, key, fill, { ...fill, revision: 1 }, fence(1), filled(1, fence(1)));
  expect(await load(harness, key)).to.deep.equal([filled(1, fence(1))]);
}

export async function refusesAMoveFromAnotherRevision(harness: Harness) {
  const [key, gone] = [aKey(), aKey()];
  await moveThrough(harness, key, fence(1), fence(1, { revision: 1 }));
  await moveThrough(harness, gone, fence(1, { removed: true, revision: 1 }));
  expect(
    await advance(harness, move(key, fence(1), fence(2)), move(gone, fence(1, { removed: true }), fence(2))),
  ).to.deep.equal(['conflict', 'conflict']);
  expect(await load(harness, key, gone)).to.deep.equal([
    fence(1, { revision: 1 }),
    fence(1, { removed: true, revision: 1 }),
  ]);
}

/** Which of them is newer is not for the fences to say: an operator may have adopted an older table. */
export async function movesToWhateverItIsTold(harness: Harness) {
  const key = aKey();
  await moveThrough(harness, key, fence(5), fence(4));
  expect(await load(harness, key)).to.deep.equal([fence(4)]);
}

export async function takesSequencesOfAnyLengthApart(harness: Harness) {
  const sequences = ['9', '10', '99999999999999999999', '100000000000000000000000000000000000000000'];
  const keys = sequences.map(() => aKey());
  await advance(harness, ...keys.map((key, n) => move(key, undefined, fence(sequences[n] ?? ''))));
  expect((await load(harness, ...keys)).map((found) => found?.version.sequence)).to.deep.equal(sequences);
}

export async function takesAVersionOfAnUnnamedStream(harness: Harness) {
  const key = aKey();
  const first = { ...fence(1), version: version(1) };
  await moveThrough(harness, key, first, { ...fence(2), version: version(2) });
  expect((await load(harness, key))[0]?.version).to.deep.equal(version(2));
}

export async function keepsNoMoveFromBeingMadeForAnother(harness: Harness) {
  const keys = range(130).map(() => aKey());
  const taken = keys.filter((_, n) => n % 3 === 0);
  for (const key of taken) await moveThrough(harness, key, fence(5));
  const results = await advance(harness, ...keys.map((key) => move(key, undefined, fence(1))));
  expect(results).to.deep.equal(keys.map((_, n) => (n % 3 === 0 ? 'conflict' : 'done')));
  expect(await load(harness, ...keys)).to.deep.equal(keys.map((_, n) => fence(n % 3 === 0 ? 5 : 1)));
}

export async function tellsDocumentsApart(harness: Harness) {
  const id = unique('document');
  const keys = [
    { collection: 'registry', id },
    { collection: 'icao_aircraft', id },
    { collection: 'registry', id: `${id}:` },
    { collection: 'registry', id: id.toUpperCase() },
  ];
  for (const [n, key] of keys.entries()) await moveThrough(harness, key, fence(n + 1));
  expect(await load(harness, ...keys)).to.deep.equal(keys.map((_, n) => fence(n + 1)));
}

export async function loadsOneDocumentTwice(harness: Harness) {
  const key = aKey();
  await moveThrough(harness, key, fence(1));
  expect(await load(harness, key, aKey(), key)).to.deep.equal([fence(1), undefined, fence(1)]);
}

export async function letsOneOfManyCallersMoveAFence(harness: Harness) {
  const key = aKey();
  await moveThrough(harness, key, fence(1));
  const moves = range(12).map((n) => move(key, fence(1), fence(10 + n)));
  const results = (await Promise.all(moves.map((each) => advance(harness, each)))).flat();
  const winners = moves.filter((_, n) => results[n] === 'done');
  expect(winners).to.have.length(1);
  for (const result of results) if (result !== 'done') expect(result).to.equal('conflict');
  expect(await load(harness, key)).to.deep.equal([winners[0]?.to]);
}

export const keepsTheFenceOf = eachText(HOSTILE_NAMES, async (harness: Harness, text) => {
  const key = { collection: 'registry', id: unique(text) };
  await moveThrough(harness, key, fence(1), fence(2, { removed: true }));
  expect(await load(harness, key)).to.deep.equal([fence(2, { removed: true })]);
});

export async function doesNothingOnceItIsAborted({ fences }: Harness) {
  const key = aKey();
  const aborted = AbortSignal.abort();
  expect(await isRejected(fences.load([key], aborted))).to.equal(true);
  expect(await isRejected(fences.advance([move(key, undefined, fence(1))], aborted))).to.equal(true);
  expect(await load({ fences }, key)).to.deep.equal([undefined]);
}

async function documents({ fences }: Harness, ...collections: string[]) {
  const found: DocumentKey[] = [];
  for await (const page of fences.documents(collections))
    for (const key of page) if (key !== undefined) found.push(key);
  return found;
}

export async function listsDocumentsThatAreThere(harness: Harness) {
  const [mine, other] = [unique('mine # % / é'), unique('other')];
  const keys = [aKey(mine), aKey(mine), aKey(mine), aKey(other)] as const;
  for (const key of keys) await moveThrough(harness, key, fence(1));
  await advance(harness, move(keys[1], fence(1), fence(2, { removed: true })));
  await advance(harness, move(keys[2], fence(1), fence(2)));
  expect(await documents(harness, mine)).to.have.deep.members([keys[0], keys[2]]);
  expect(await documents(harness, mine, other)).to.have.deep.members([keys[0], keys[2], keys[3]]);
  expect(await documents(harness, unique('none'))).to.deep.equal([]);
}

export async function listsDocumentsToTheLast(harness: Harness) {
  const collection = unique('many');
  const keys = range(1_100).map(() => aKey(collection));
  await advance(harness, ...keys.map((key) => move(key, undefined, fence(1))));
  expect(await documents(harness, collection)).to.have.deep.members(keys);
}

export const listsTheDocument = eachText(HOSTILE_NAMES, async (harness: Harness, text) => {
  const key = { collection: unique('hostile'), id: unique(text) };
  await moveThrough(harness, key, fence(1));
  expect(await documents(harness, key.collection)).to.deep.equal([key]);
});

export async function listsNothingOnceItIsAborted({ fences }: Harness) {
  const first = async () =>
    fences.documents(['registry'], AbortSignal.abort())[Symbol.asyncIterator]().next();
  expect(await isRejected(first())).to.equal(true);
}
