import { expect } from 'chai';
import type { CountMove, CountState } from '../../../src/domain/count-move.ts';
import type { Tuple } from '../../../src/domain/count.ts';
import { each } from '../contract.ts';
import {
  aLink,
  apply,
  aTuple,
  type Harness,
  inGeneration,
  load,
  loadAll,
  state,
  succeed,
} from './harness.ts';
import { filled, version } from '../../support/factories.ts';
import { range } from '../../support/range.ts';

/** The states that a link had, one after the other, and the move that was decided on another: with tuples of its own. */
type Story = (
  mine: Tuple,
  theirs: Tuple,
) => readonly [states: readonly CountState[], from: CountState | undefined, to: CountState];

const inAnotherStream = (of: CountState) => ({ ...of, version: version(1, '2026-02-01T00:00:00.000') });

const STORIES: Readonly<Record<string, Story>> = {
  'where there was no state': (mine, theirs) => [[state('1', theirs)], undefined, state('2', mine)],
  'where the state is newer': (mine, theirs) => [
    [state('1', mine), state('2', theirs)],
    state('1', mine),
    state('3', mine),
  ],
  'where the link was removed': (mine) => [
    [state('1', mine), state('3', undefined, true)],
    state('1', mine),
    state('2', mine),
  ],
  'where the state is of another stream': (mine) => [
    [inAnotherStream(state('1', mine))],
    state('1', mine),
    state('2', undefined),
  ],
  ...Object.fromEntries(
    [
      [1, 0],
      [0, 1],
      [10, 9],
    ].map(([stored, read]): [string, Story] => [
      `where the state is of generation ${stored} instead of ${read}`,
      (mine) => [
        [inGeneration(stored!, state('1', mine))],
        inGeneration(read!, state('1', mine)),
        inGeneration(11, state('2', undefined)),
      ],
    ]),
  ),
  'where the state was filled since': (mine, theirs) => [
    [state('1', mine), filled(5, state('1', theirs))],
    state('1', mine),
    state('2', undefined),
  ],
  'where another fill of the same came first': (mine, theirs) => [
    [state('1', theirs), filled(5, state('1', theirs))],
    state('1', theirs),
    filled(6, state('1', mine)),
  ],
  'where the state is of another fill': (mine) => [
    [filled(10, state('1', mine))],
    filled(9, state('1', mine)),
    state('2', undefined),
  ],
  'where the change is not filled any more': (mine) => [
    [filled(9, state('1', mine)), state('2', mine)],
    filled(9, state('1', mine)),
    filled(10, state('1', mine)),
  ],
  'where the state was never filled': (mine) => [
    [state('1', mine)],
    filled(1, state('1', mine)),
    state('2', undefined),
  ],
  'where there never was such a state': (mine) => [[], state('1', mine), state('2', undefined)],
  'where the move was applied already': (mine) => [[state('1', mine)], undefined, state('1', mine)],
};

export const conflicts = each(Object.entries(STORIES), async (harness: Harness, story) => {
  const [link, mine, theirs] = [aLink(), aTuple(), aTuple()];
  const [states, from, to] = story(mine, theirs);
  for (const [n, state] of states.entries())
    await succeed(harness, { source: link, from: states[n - 1], to: state });
  expect(await apply(harness, { source: link, from, to })).to.deep.equal(['conflict']);
  const stored = states.at(-1);
  expect(await load(harness, link)).to.deep.equal(stored);
  for (const tuple of [mine, theirs])
    expect(await harness.count(tuple)).to.equal(stored?.contributions[0]?.tuple === tuple ? 1 : undefined);
});

/** Moves a link that nobody else moves, however often others are in the way of its counts. */
async function succeedInTheEnd(harness: Harness, move: CountMove) {
  for (let times = 1; times <= 100; times++) {
    const [result] = await apply(harness, move);
    if (result === 'done') return;
    expect(result, 'nobody else moves it').to.equal('busy');
    expect(await load(harness, move.source), 'while others are at it').to.deep.equal(move.from);
  }
  expect.fail('others were in the way a hundred times');
}

export async function answersForEachOfManyWhateverBecomesOfTheOthers(harness: Harness) {
  const shared = aTuple();
  const tuples = range(150).map((n) => (n % 2 === 0 ? shared : aTuple()));
  const moves = tuples.map((tuple) => ({ source: aLink(), from: undefined, to: state('2', tuple) }));
  const overtaken = (n: number) => n % 7 === 3;
  const theirs = aTuple();
  await succeed(
    harness,
    ...moves.filter((_, n) => overtaken(n)).map((move) => ({ ...move, to: state('1', theirs) })),
  );

  const results = await apply(harness, ...moves);

  expect(results).to.deep.equal(moves.map((_, n) => (overtaken(n) ? 'conflict' : 'done')));
  const states = await loadAll(
    harness,
    moves.map(({ source }) => source),
  );
  expect(states).to.deep.equal(moves.map(({ to }, n) => (overtaken(n) ? state('1', theirs) : to)));
  expect(await harness.count(shared)).to.equal(
    tuples.filter((tuple, n) => tuple === shared && !overtaken(n)).length,
  );
  for (const [n, tuple] of tuples.entries())
    if (tuple !== shared) expect(await harness.count(tuple)).to.equal(overtaken(n) ? undefined : 1);
}

export async function addsUpWhatManyCallersCountAtOnce(harness: Harness) {
  const tuple = aTuple();
  const links = range(25).map(() => aLink());
  await Promise.all(
    links.map((link) => succeedInTheEnd(harness, { source: link, from: undefined, to: state('1', tuple) })),
  );
  expect(await harness.count(tuple)).to.equal(25);

  const next = aTuple();
  await Promise.all(
    links.map((link, n) =>
      succeedInTheEnd(harness, {
        source: link,
        from: state('1', tuple),
        to: state('2', n < 10 ? undefined : next),
      }),
    ),
  );
  expect(await harness.count(tuple)).to.equal(undefined);
  expect(await harness.count(next)).to.equal(15);
}

export async function letsOneCallerWinOfManyThatMoveOneLinkAtOnce(harness: Harness) {
  const link = aLink();
  const tuples = range(20).map(() => aTuple());
  const results = await Promise.all(
    tuples.map((tuple, n) => apply(harness, { source: link, from: undefined, to: state(`${n + 1}`, tuple) })),
  );
  const winner = results.findIndex(([result]) => result === 'done');
  expect(results.map(([result]) => result)).to.deep.equal(
    tuples.map((_, n) => (n === winner ? 'done' : 'conflict')),
  );
  for (const [n, tuple] of tuples.entries())
    expect(await harness.count(tuple)).to.equal(n === winner ? 1 : undefined);
  expect(await load(harness, link)).to.deep.equal(state(`${winner + 1}`, tuples[winner]));
}

export async function countsWhatTheStatesSayAfterManyCallersAtOnce(harness: Harness) {
  const links = range(8).map(() => aLink());
  const tuples = range(3).map(() => aTuple());
  const walk = async (caller: number) => {
    for (let step = 1; step <= 12; step++) {
      const link = links[(caller * 3 + step * 5) % links.length]!;
      const from = await load(harness, link);
      const to = state(`${Number(from?.version.sequence ?? 0) + 1}`, tuples[(caller + step * 2) % 4]);
      const [result] = await apply(harness, { source: link, from, to });
      expect(result).to.be.oneOf(['done', 'conflict', 'busy']);
    }
  };
  await Promise.all(range(6).map(walk));
  const states = await loadAll(harness, links);
  for (const tuple of tuples) {
    const counted = states.filter((each) => each?.contributions[0]?.tuple['model'] === tuple['model']).length;
    expect(await harness.count(tuple)).to.equal(counted === 0 ? undefined : counted);
  }
}
