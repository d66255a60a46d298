import { expect } from 'chai';
import type { Advance, ShardStates } from '../../src/application/ports/shard-states.ts';
import type { Gap, NewShard, ShardState } from '../../src/domain/shard.ts';
import { HOSTILE_NAMES } from '../support/hostile.ts';
import { isRejected } from '../support/is-rejected.ts';
import { range } from '../support/range.ts';
import { unique } from '../support/unique.ts';
import { eachText, needs } from './contract.ts';

/** The states, among which other tests may keep theirs, and as many callers as are asked for. */
export interface Harness {
  readonly states: ShardStates;
  readonly connect: () => ShardStates;
  /** Closes and opens them again, where they outlive a process that has them to itself. */
  readonly reopened?: () => Promise<ShardStates>;
}

export type StatesCapability = 'reopening';

const aStream = (name = 'orders') =>
  `arn:aws:dynamodb:eu-central-1:123456789012:table/${unique(name)}/stream/2026-01-05T09:00:00.000`;

function shard(id: string, parts: Partial<NewShard> = {}) {
  return { id, parent: undefined, start: 'horizon', ...parts } as const;
}

function noted(id: string, parts: Partial<ShardState> = {}): ShardState {
  const lease = { owner: '', epoch: 0, renewals: 0 };
  return { ...shard(id), frontier: undefined, complete: false, lease, ...parts };
}

async function load(states: ShardStates, stream: string) {
  return (await states.load(stream)).toSorted((a, b) => (a.id < b.id ? -1 : 1));
}

async function one(states: ShardStates, stream: string) {
  const [state, ...others] = await states.load(stream);
  expect(others).to.deep.equal([]);
  return state;
}

/** A stream with one shard `s` whose lease somebody has, at epoch 1. */
async function held({ states }: Harness, owner = 'me') {
  const stream = aStream();
  await states.add(stream, [shard('s')]);
  expect(await states.claim(stream, [{ shard: 's', epoch: 0 }], owner)).to.have.length(1);
  const advance = (move: Partial<Advance>) => states.advance(stream, [{ shard: 's', epoch: 1, ...move }]);
  return { stream, advance, held: [{ shard: 's', epoch: 1 }] };
}

export async function knowsNothingAtFirst({ states }: Harness) {
  const stream = aStream();
  expect(await states.load(stream)).to.deep.equal([]);
  expect(await states.gaps(stream)).to.deep.equal([]);
}

export async function doesNothingWithNothingToDo({ states }: Harness) {
  const stream = aStream();
  await states.add(stream, []);
  expect(await states.claim(stream, [], 'me')).to.deep.equal([]);
  expect(await states.renew(stream, [], 'me')).to.deep.equal([]);
  await states.release(stream, [], 'me');
  expect(await states.advance(stream, [])).to.deep.equal([]);
  await states.forget(stream, []);
  await states.noteGaps(stream, []);
  await states.closeGaps(stream, []);
  expect(await states.load(stream)).to.deep.equal([]);
}

export async function notesShardsWhole({ states, connect }: Harness) {
  const stream = aStream();
  const starts = [
    shard('a'),
    shard('b', { parent: 'a', start: 'latest' }),
    shard('c', { start: 'beginning' }),
    shard('d', { first: '000000000123456789012345678901234567890123456789' }),
  ];
  await states.add(stream, starts);
  expect(await load(connect(), stream)).to.deep.equal([
    noted('a'),
    noted('b', { parent: 'a', start: 'latest' }),
    noted('c', { start: 'beginning' }),
    noted('d', { first: '000000000123456789012345678901234567890123456789' }),
  ]);
}

export async function changesNothingOfAShardThatIsNoted(harness: Harness) {
  const { states } = harness;
  const { stream, advance } = await held(harness);
  await advance({ frontier: '5' });
  const before = await one(states, stream);
  await states.add(stream, [shard('s', { parent: 'other', start: 'latest', first: '7' })]);
  expect(await one(states, stream)).to.deep.equal(before);
}

export async function tellsStreamsApart({ states }: Harness) {
  const name = aStream();
  const streams = [name, `${name} `, name.toUpperCase(), `${name}#SHARD#s`];
  for (const [n, stream] of streams.entries()) {
    await states.add(stream, [shard('s', { parent: `p${n}` })]);
    await states.noteGaps(stream, [{ shard: undefined, reason: 'new stream', after: undefined, at: n }]);
  }
  for (const [n, stream] of streams.entries()) {
    expect(await states.load(stream)).to.deep.equal([noted('s', { parent: `p${n}` })]);
    expect((await states.gaps(stream)).map(({ at }) => at)).to.deep.equal([n]);
  }
}

export async function keepsHundredsOfShards({ states }: Harness) {
  const stream = aStream();
  const ids = range(300).map((n) => `shardId-00000001795253100${String(n).padStart(3, '0')}-8f3c2a1b`);
  await states.add(
    stream,
    ids.map((id) => shard(id)),
  );
  const claims = ids.map((id) => ({ shard: id, epoch: 0 }));
  expect(await states.claim(stream, claims, 'me')).to.have.length(300);
  const epochs = ids.map((id) => ({ shard: id, epoch: 1 }));
  expect(await states.renew(stream, epochs, 'me')).to.deep.equal([]);
  expect(
    await states.advance(
      stream,
      epochs.map((each) => ({ ...each, frontier: '7' })),
    ),
  ).to.deep.equal([]);
  const states300 = await load(states, stream);
  expect(states300.map(({ id }) => id)).to.deep.equal(ids);
  for (const { frontier, lease } of states300) {
    expect(frontier).to.equal('7');
    expect(lease).to.deep.equal({ owner: 'me', epoch: 1, renewals: 1 });
  }
}

export async function claimsAFreeLease({ states, connect }: Harness) {
  const stream = aStream();
  await states.add(stream, [shard('s')]);
  const got = noted('s', { lease: { owner: 'me', epoch: 1, renewals: 0 } });
  expect(await states.claim(stream, [{ shard: 's', epoch: 0 }], 'me')).to.deep.equal([got]);
  expect(await one(connect(), stream)).to.deep.equal(got);
}

export async function takesALeaseOverAtTheEpochThatWasSeen(harness: Harness) {
  const { states } = harness;
  const { stream, advance, held: mine } = await held(harness);
  await advance({ frontier: '5' });
  await states.renew(stream, mine, 'me');
  const lease = { owner: 'you', epoch: 2, renewals: 0 };
  expect(await states.claim(stream, mine, 'you')).to.deep.equal([noted('s', { frontier: '5', lease })]);
  expect(await states.renew(stream, mine, 'me')).to.deep.equal(['s']);
}

/** Others, who look at it more often, or less, are to leave it alone for as long. */
export async function tellsForHowLongALeaseMayGoUnrenewed(harness: Harness) {
  const { states, connect } = harness;
  const { stream, held: mine } = await held(harness);
  const lease = { owner: 'you', epoch: 2, renewals: 0, failoverMs: 86_400_000 };
  const [got] = await states.claim(stream, [{ ...mine[0]!, failoverMs: 86_400_000 }], 'you');
  expect(got?.lease).to.deep.equal(lease);
  await states.renew(stream, [{ shard: 's', epoch: 2 }], 'you');
  expect((await one(connect(), stream))?.lease).to.deep.equal({ ...lease, renewals: 1 });
  await states.claim(stream, [{ shard: 's', epoch: 2 }], 'me');
  expect((await one(states, stream))?.lease).to.deep.equal({ owner: 'me', epoch: 3, renewals: 0 });
}

export async function claimsNothingAtAnotherEpoch(harness: Harness) {
  const { states } = harness;
  const { stream } = await held(harness);
  for (const epoch of [0, 2, 3])
    expect(await states.claim(stream, [{ shard: 's', epoch }], 'you')).to.deep.equal([]);
  expect((await one(states, stream))?.lease).to.deep.equal({ owner: 'me', epoch: 1, renewals: 0 });
}

export async function claimsAgainWhatWasClaimedAtTheSameEpoch(harness: Harness) {
  const { states, connect } = harness;
  const { stream, advance } = await held(harness);
  await advance({ frontier: '5' });
  const again = await connect().claim(stream, [{ shard: 's', epoch: 0 }], 'me');
  expect(again).to.deep.equal([noted('s', { frontier: '5', lease: { owner: 'me', epoch: 1, renewals: 0 } })]);
  expect((await one(states, stream))?.lease.epoch).to.equal(1);
}

export async function claimsOfSeveralThoseThatItCan({ states }: Harness) {
  const stream = aStream();
  await states.add(stream, [shard('a'), shard('b'), shard('c')]);
  await states.claim(stream, [{ shard: 'b', epoch: 0 }], 'you');
  const claims = ['a', 'b', 'c', 'unknown'].map((id) => ({ shard: id, epoch: 0 }));
  const got = await states.claim(stream, claims, 'me');
  expect(got.map(({ id }) => id).toSorted()).to.deep.equal(['a', 'c']);
  expect((await load(states, stream)).map(({ lease }) => lease.owner)).to.deep.equal(['me', 'you', 'me']);
}

export async function letsOneOfManyOwnersClaimAShard({ states, connect }: Harness) {
  const stream = aStream();
  const ids = range(4).map((n) => `s${n}`);
  await states.add(
    stream,
    ids.map((id) => shard(id)),
  );
  const owners = range(8).map((n) => `owner-${n}`);
  const got = await Promise.all(
    owners.map((owner) =>
      connect().claim(
        stream,
        ids.map((id) => ({ shard: id, epoch: 0 })),
        owner,
      ),
    ),
  );
  for (const id of ids) {
    const winners = owners.filter((_, n) => got[n]?.some((state) => state.id === id));
    expect(winners).to.have.length(1);
    const { lease } = (await states.load(stream)).find((state) => state.id === id)!;
    expect(lease).to.deep.equal({ owner: winners[0], epoch: 1, renewals: 0 });
  }
}

export async function countsRenewals(harness: Harness) {
  const { states } = harness;
  const { stream, held: mine } = await held(harness);
  expect(await states.renew(stream, mine, 'me')).to.deep.equal([]);
  expect(await states.renew(stream, mine, 'me')).to.deep.equal([]);
  expect((await one(states, stream))?.lease).to.deep.equal({ owner: 'me', epoch: 1, renewals: 2 });
}

export async function renewsNothingOfAnother(harness: Harness) {
  const { states } = harness;
  const { stream, held: mine } = await held(harness);
  const lost = await states.renew(stream, [...mine, { shard: 'unknown', epoch: 1 }], 'you');
  expect(lost.toSorted()).to.deep.equal(['s', 'unknown']);
  expect(await states.renew(stream, [{ shard: 's', epoch: 0 }], 'me')).to.deep.equal(['s']);
  expect((await one(states, stream))?.lease).to.deep.equal({ owner: 'me', epoch: 1, renewals: 0 });
}

export async function givesALeaseBack(harness: Harness) {
  const { states } = harness;
  const { stream, held: mine } = await held(harness);
  await states.release(stream, mine, 'me');
  expect((await one(states, stream))?.lease).to.include({ owner: '', epoch: 1 });
  expect(await states.renew(stream, mine, 'me')).to.deep.equal(['s']);
  expect((await states.claim(stream, mine, 'you'))[0]?.lease).to.include({ owner: 'you', epoch: 2 });
}

export async function givesNothingBackOfAnother(harness: Harness) {
  const { states } = harness;
  const { stream, held: mine } = await held(harness);
  await states.release(stream, [...mine, { shard: 'unknown', epoch: 1 }], 'you');
  await states.release(stream, [{ shard: 's', epoch: 0 }], 'me');
  expect((await one(states, stream))?.lease).to.deep.equal({ owner: 'me', epoch: 1, renewals: 0 });
}

export async function movesAFrontier(harness: Harness) {
  const { states, connect } = harness;
  const { stream, advance } = await held(harness);
  for (const frontier of ['5', '6', '100']) {
    expect(await advance({ frontier })).to.deep.equal([]);
    expect((await one(connect(), stream))?.frontier).to.equal(frontier);
  }
  expect((await one(states, stream))?.lease).to.deep.equal({ owner: 'me', epoch: 1, renewals: 0 });
}

/** Numbers of 21 to 42 digits, which differ in their last one, and of which strings stand in another order. */
export async function neverMovesAFrontierBack(harness: Harness) {
  const { states } = harness;
  const { stream, advance } = await held(harness);
  const numbers = [
    '9',
    '10',
    '99999999999999999999',
    '100000000000000000000',
    '100000000000000000001',
    '999999999999999999999999999999999999999998',
    '999999999999999999999999999999999999999999',
  ];
  for (const [n, frontier] of numbers.entries()) {
    expect(await advance({ frontier })).to.deep.equal([]);
    for (const earlier of numbers.slice(0, n)) expect(await advance({ frontier: earlier })).to.deep.equal([]);
    expect((await one(states, stream))?.frontier).to.equal(frontier);
  }
}

export async function keepsAFrontiersLeadingZeros(harness: Harness) {
  const { states } = harness;
  const { stream, advance } = await held(harness);
  await advance({ frontier: '000000000000000000009' });
  expect((await one(states, stream))?.frontier).to.equal('000000000000000000009');
  await advance({ frontier: '000000000000000000008' });
  await advance({ frontier: '8' });
  expect((await one(states, stream))?.frontier).to.equal('000000000000000000009');
  await advance({ frontier: '10' });
  expect((await one(states, stream))?.frontier).to.equal('10');
  await advance({ frontier: '0' });
  expect((await one(states, stream))?.frontier).to.equal('10');
}

export async function takesAFirstFrontierOfZero(harness: Harness) {
  const { states } = harness;
  const { stream, advance } = await held(harness);
  expect(await advance({ frontier: '0' })).to.deep.equal([]);
  expect((await one(states, stream))?.frontier).to.equal('0');
  await advance({ frontier: '1' });
  expect((await one(states, stream))?.frontier).to.equal('1');
}

export async function completesAShardForGood(harness: Harness) {
  const { states } = harness;
  const { stream, advance } = await held(harness);
  expect(await advance({ frontier: '5', complete: true })).to.deep.equal([]);
  const complete = { frontier: '5', complete: true };
  expect(await one(states, stream)).to.include(complete);
  expect(await advance({ frontier: '4', complete: false })).to.deep.equal([]);
  expect(await advance({ complete: false })).to.deep.equal([]);
  await states.add(stream, [shard('s')]);
  expect(await one(states, stream)).to.include(complete);
}

export async function completesAShardWhoseFrontierIsThereAlready(harness: Harness) {
  const { states } = harness;
  const { stream, advance } = await held(harness);
  await advance({ frontier: '5' });
  expect(await advance({ frontier: '5', complete: true })).to.deep.equal([]);
  expect(await one(states, stream)).to.include({ frontier: '5', complete: true });
}

export async function completesAnEmptyShard(harness: Harness) {
  const { states } = harness;
  const { stream, advance } = await held(harness);
  expect(await advance({ complete: true })).to.deep.equal([]);
  expect(await one(states, stream)).to.include({ frontier: undefined, complete: true });
}

export async function refusesAMoveOfALostLease(harness: Harness) {
  const { states } = harness;
  const { stream, advance, held: mine } = await held(harness);
  await advance({ frontier: '5' });
  await states.claim(stream, mine, 'you');
  for (const move of [{ frontier: '9' }, { frontier: '5', complete: true }, { complete: true }, {}])
    expect(await advance(move), JSON.stringify(move)).to.deep.equal(['s']);
  for (const epoch of [0, 3]) expect(await advance({ epoch, frontier: '9' })).to.deep.equal(['s']);
  expect(await one(states, stream)).to.include({ frontier: '5', complete: false });
}

export async function movesOfSeveralThoseThatItMay({ states }: Harness) {
  const stream = aStream();
  await states.add(stream, [shard('a'), shard('b')]);
  await states.claim(stream, [{ shard: 'a', epoch: 0 }], 'me');
  const moves = ['a', 'b', 'unknown'].map((id) => ({ shard: id, epoch: 1, frontier: '3' }));
  expect((await states.advance(stream, moves)).toSorted()).to.deep.equal(['b', 'unknown']);
  expect((await load(states, stream)).map(({ frontier }) => frontier)).to.deep.equal(['3', undefined]);
}

export async function movesAfterALeaseWasGivenBackAndNobodyHasIt(harness: Harness) {
  const { states } = harness;
  const { stream, advance, held: mine } = await held(harness);
  await states.release(stream, mine, 'me');
  expect(await advance({ frontier: '5' })).to.deep.equal([]);
  expect((await one(states, stream))?.frontier).to.equal('5');
}

export async function movesAShardThatNobodyHasClaimedYet({ states }: Harness) {
  const stream = aStream();
  await states.add(stream, [shard('s')]);
  const move = { shard: 's', epoch: 0, frontier: '5', complete: true };
  expect(await states.advance(stream, [move])).to.deep.equal([]);
  expect(await one(states, stream)).to.deep.equal(noted('s', { frontier: '5', complete: true }));
}

export async function endsAtTheHighestOfMovesAtOnce(harness: Harness) {
  const { states, connect } = harness;
  const { stream } = await held(harness);
  const moves = [3, 11, 7, 20, 9, 1].map((n) => ({ shard: 's', epoch: 1, frontier: `${n}` }));
  await Promise.all(moves.map((move) => connect().advance(stream, [move])));
  expect((await one(states, stream))?.frontier).to.equal('20');
}

export async function forgetsShards({ states, connect }: Harness) {
  const stream = aStream();
  await states.add(stream, [shard('a'), shard('b'), shard('c')]);
  await states.forget(stream, ['a', 'c', 'unknown']);
  expect(await load(connect(), stream)).to.deep.equal([noted('b')]);
}

export async function keepsShardsWithChildrenThatAreNotComplete({ states }: Harness) {
  const stream = aStream();
  await states.add(stream, [
    shard('grandparent'),
    shard('parent', { parent: 'grandparent' }),
    shard('child', { parent: 'parent' }),
    shard('sibling', { parent: 'parent' }),
  ]);
  const complete = async (id: string) => {
    await states.claim(stream, [{ shard: id, epoch: 0 }], 'me');
    await states.advance(stream, [{ shard: id, epoch: 1, complete: true }]);
  };
  const left = async () => {
    await states.forget(stream, ['grandparent', 'parent']);
    return (await load(states, stream)).map(({ id }) => id);
  };
  expect(await left()).to.deep.equal(['child', 'grandparent', 'parent', 'sibling']);
  await complete('parent');
  await complete('child');
  expect(await left()).to.deep.equal(['child', 'parent', 'sibling']);
  await complete('sibling');
  expect(await left()).to.deep.equal(['child', 'sibling']);
}

const GAPS: readonly Gap[] = [
  {
    shard: 'a',
    reason: 'trimmed',
    after: '00000123456789012345678901234567890123456789',
    at: 1_795_253_100_000,
  },
  { shard: 'a', reason: 'vanished', after: undefined, at: 1_795_253_100_001 },
  { shard: 'b', reason: 'trimmed', after: undefined, at: 1_795_253_100_002 },
  { shard: undefined, reason: 'switched off', after: undefined, at: 1_795_253_100_003 },
  { shard: '', reason: 'switched off', after: '7', at: 1_795_253_100_004 },
];

async function gapsOf(states: ShardStates, stream: string) {
  return (await states.gaps(stream)).toSorted((a, b) => a.at - b.at);
}

export async function notesGapsWhole({ states, connect }: Harness) {
  const stream = aStream();
  await states.noteGaps(stream, GAPS);
  expect(await gapsOf(connect(), stream)).to.deep.equal(GAPS);
  expect(await states.load(stream)).to.deep.equal([]);
}

/** It may have grown since it was noted first. */
export async function notesAGapOnceWithItsLatestTime({ states, connect }: Harness) {
  const stream = aStream();
  const [first] = GAPS;
  const at = (time: number) => ({ ...first!, at: time });
  await states.noteGaps(stream, GAPS);
  const others = GAPS.slice(1);
  for (const later of [first!.at + 100, first!.at + 50, first!.at + 100]) {
    await states.noteGaps(stream, [at(later), ...others]);
    expect(await gapsOf(connect(), stream)).to.deep.equal([...others, at(first!.at + 100)]);
  }
  // Whoever repaired what was known of it first did not repair all.
  await states.closeGaps(stream, [first!]);
  expect(await gapsOf(states, stream)).to.deep.equal([...others, at(first!.at + 100)]);
  await states.noteGaps(stream, [at(first!.at + 200), at(first!.at + 300), at(first!.at + 250)]);
  expect((await gapsOf(states, stream)).at(-1)).to.deep.equal(at(first!.at + 300));
}

/** A shard may lose records again, while what it lost before is repaired. */
export async function keepsGapsOfPositionsApart({ states, connect }: Harness) {
  const stream = aStream();
  const [first] = GAPS;
  const gaps = [undefined, '5', '50'].map((after, n) => ({ ...first!, after, at: n }));
  await states.noteGaps(stream, gaps);
  expect(await gapsOf(connect(), stream)).to.deep.equal(gaps);
  await states.closeGaps(stream, [gaps[1]!]);
  expect(await gapsOf(connect(), stream)).to.deep.equal([gaps[0], gaps[2]]);
}

/** One that was closed and noted again is not closed by who repaired the first. */
export async function closesAGapAsItWasNoted({ states, connect }: Harness) {
  const stream = aStream();
  const [first] = GAPS;
  const again = { ...first!, at: first!.at + 5 };
  await states.noteGaps(stream, [again]);
  await states.closeGaps(stream, [first!]);
  expect(await gapsOf(connect(), stream)).to.deep.equal([again]);
}

export async function keepsGapsOfShardsThatAreForgotten({ states }: Harness) {
  const stream = aStream();
  await states.add(stream, [shard('a')]);
  await states.noteGaps(stream, GAPS);
  await states.forget(stream, ['a']);
  expect(await gapsOf(states, stream)).to.deep.equal(GAPS);
}

export async function closesGaps({ states, connect }: Harness) {
  const stream = aStream();
  await states.noteGaps(stream, GAPS);
  await states.closeGaps(stream, [
    GAPS[0]!,
    GAPS[3]!,
    { shard: 'never', reason: 'vanished', after: undefined, at: 1 },
  ]);
  expect(await gapsOf(connect(), stream)).to.deep.equal([GAPS[1], GAPS[2], GAPS[4]]);
  const again = { ...GAPS[0]!, at: 1_800_000_000_000 };
  await states.noteGaps(stream, [again]);
  expect((await gapsOf(states, stream)).at(-1)).to.deep.equal(again);
}

export const keepsWhatIsOf = eachText(HOSTILE_NAMES, async ({ states }: Harness, text) => {
  const stream = aStream(text);
  const [id, parent] = [`${text}s`, `${text}p`];
  await states.add(stream, [shard(parent), shard(id, { parent })]);
  const [claimed] = await states.claim(stream, [{ shard: id, epoch: 0 }], text);
  expect(claimed?.lease.owner).to.equal(text);
  expect(await states.renew(stream, [{ shard: id, epoch: 1 }], text)).to.deep.equal([]);
  expect(await states.advance(stream, [{ shard: id, epoch: 1, frontier: '1' }])).to.deep.equal([]);
  const gap: Gap = { shard: id, reason: 'vanished', after: undefined, at: 1 };
  await states.noteGaps(stream, [gap]);
  expect(await states.gaps(stream)).to.deep.equal([gap]);
  await states.closeGaps(stream, [gap]);
  expect(await states.gaps(stream)).to.deep.equal([]);
  await states.forget(stream, [parent, 'other']);
  const lease = { owner: text, epoch: 1, renewals: 1 };
  const found = await states.load(stream);
  expect(found).to.have.deep.members([noted(parent), noted(id, { parent, frontier: '1', lease })]);
});

export async function doesNothingOnceItIsAborted(harness: Harness) {
  const { states } = harness;
  const { stream, held: mine } = await held(harness);
  await states.noteGaps(stream, GAPS);
  const before = await one(states, stream);
  const aborted = AbortSignal.abort();
  for (const call of [
    states.load(stream, aborted),
    states.add(stream, [shard('other')], aborted),
    states.claim(stream, mine, 'you', aborted),
    states.renew(stream, mine, 'me', aborted),
    states.release(stream, mine, 'me', aborted),
    states.advance(stream, [{ shard: 's', epoch: 1, frontier: '9' }], aborted),
    states.forget(stream, ['s'], aborted),
    states.noteGaps(stream, [{ ...GAPS[0]!, shard: 'z' }], aborted),
    states.gaps(stream, aborted),
    states.closeGaps(stream, GAPS, aborted),
  ])
    expect(await isRejected(call)).to.equal(true);
  expect(await one(states, stream)).to.deep.equal(before);
  expect(await gapsOf(states, stream)).to.deep.equal(GAPS);
}

export const keepsWhatIsNotedOnceItIsOpenedAgain = needs('reopening', async (harness: Harness) => {
  const { stream, advance } = await held(harness);
  await harness.states.add(stream, [shard('t', { parent: 's', start: 'latest', first: '7' })]);
  await advance({ frontier: '0012345678901234567890123456789012345678901', complete: true });
  await harness.states.noteGaps(stream, GAPS);
  const again = await harness.reopened!();
  const [s, t] = await load(again, stream);
  // Whoever had the lease had the states to itself.
  const lease = { owner: '', epoch: 1, renewals: 0 };
  const frontier = '0012345678901234567890123456789012345678901';
  expect(s).to.deep.equal(noted('s', { frontier, complete: true, lease }));
  // Its latest record was that of the process that noted it.
  expect(t).to.deep.equal(noted('t', { parent: 's', start: 'beginning', first: '7' }));
  expect(await gapsOf(again, stream)).to.deep.equal(GAPS);
});
