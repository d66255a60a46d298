import { expect } from 'chai';
import { filled, version } from '../../support/factories.ts';
import { range } from '../../support/range.ts';
import { each } from '../contract.ts';
import {
  anOrder,
  apply,
  aRow,
  type Harness,
  load,
  loadAll,
  moveTo,
  owned,
  readAll,
  state,
  succeed,
} from './harness.ts';

const ANOTHER_STREAM = { version: version(1, '2026-02-01T00:00:00.000') };
const NEXT_GENERATION = { version: version(1, '2026-01-05T09:00:00.000', 1) };

export const doesNothing = each(
  [
    ['where there was no state', { stored: state(1), read: undefined }],
    ['where the state is newer', { stored: state(2), read: state(1) }],
    ['where the row was removed', { stored: state(2, [], { removed: true }), read: state(1) }],
    ['where the state is of another stream', { stored: state(1, [], ANOTHER_STREAM), read: state(1) }],
    ['where the state is of another generation', { stored: state(1, [], NEXT_GENERATION), read: state(1) }],
    [
      'where the state is of an earlier generation',
      { stored: state(1), read: state(1, [], NEXT_GENERATION) },
    ],
    ['where the state was filled since', { stored: filled(9, state(1)), read: state(1) }],
    ['where the state is of another fill', { stored: filled(10, state(1)), read: filled(9, state(1)) }],
    ['where the state was never filled', { stored: state(1), read: filled(1, state(1)) }],
    ['where there never was such a state', { stored: undefined, read: state(1) }],
  ],
  async (harness: Harness, { stored, read }) => {
    const source = anOrder();
    const put = aRow();
    if (stored !== undefined)
      await succeed(harness, { source, from: undefined, to: stored, put: [], remove: [] });
    expect(await apply(harness, moveTo(source, read, 9, [put]))).to.deep.equal(['conflict']);
    expect(await harness.read(put)).to.equal(undefined);
    expect(await load(harness, source)).to.deep.equal(stored);
  },
);

export async function doesTheOtherMovesOfTheCall(harness: Harness) {
  const [moved, free] = [anOrder(), anOrder()];
  const [a, b] = [aRow(), aRow()];
  await succeed(harness, moveTo(moved, undefined, 1, []));
  expect(
    await apply(harness, moveTo(moved, undefined, 2, [a]), moveTo(free, undefined, 1, [b])),
  ).to.deep.equal(['conflict', 'done']);
  expect(await readAll(harness, [a, b])).to.deep.equal([undefined, owned(free)]);
}

export async function movesOnFromAFill(harness: Harness) {
  const source = anOrder();
  const put = aRow();
  const [first, second] = [filled(9, state(0)), filled(10, state(0, [put]))];
  await succeed(harness, { source, from: undefined, to: first, put: [], remove: [] });
  expect(await load(harness, source)).to.deep.equal(first);
  await succeed(harness, { source, from: first, to: second, put: [put], remove: [] });
  expect(await load(harness, source)).to.deep.equal(second);
  await succeed(harness, moveTo(source, second, 1, []));
  expect(await load(harness, source)).to.deep.equal(state(1));
  expect(await harness.read(put)).to.equal(undefined);
}

export async function appliesAMoveOnce(harness: Harness) {
  const source = anOrder();
  const put = aRow();
  const move = moveTo(source, undefined, 1, [put]);
  await succeed(harness, move);
  expect(await apply(harness, move)).to.deep.equal(['conflict']);
  expect(await harness.read(put)).to.deep.equal(owned(source));
  expect(await load(harness, source)).to.deep.equal(move.to);
}

export async function letsOneOfManyAtOnceWin(harness: Harness) {
  const sources = range(5).map(() => anOrder());
  const attempts = range(4).map((n) => sources.map((source) => ({ source, row: aRow({ writer: `${n}` }) })));
  const results = await Promise.all(
    attempts.map((moves, n) =>
      apply(harness, ...moves.map(({ source, row }) => moveTo(source, undefined, n + 1, [row]))),
    ),
  );
  const states = await loadAll(harness, sources);
  for (const [index, source] of sources.entries()) {
    const done = results.flatMap((result, n) => (result[index] === 'done' ? [n] : []));
    // All may have been in each other's way.
    expect(done).to.have.length.at.most(1);
    for (const [n, moves] of attempts.entries())
      expect(await harness.read(moves[index]!.row)).to.deep.equal(
        done[0] === n ? owned(source, { writer: `${n}` }) : undefined,
      );
    expect(states[index]?.version.sequence).to.equal(done[0] === undefined ? undefined : `${done[0] + 1}`);
  }
}
