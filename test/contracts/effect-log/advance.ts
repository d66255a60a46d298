import { expect } from 'chai';
import {
  advance as advanceSome,
  aRow,
  type Harness,
  load,
  loadAll,
  move,
  state,
  succeed,
} from './harness.ts';
import { each } from '../contract.ts';
import { filled } from '../../support/factories.ts';
import { range } from '../../support/range.ts';

export async function doesNothingForNoMoves(harness: Harness) {
  expect(await advanceSome(harness)).to.deep.equal([]);
}

export const keepsAState = each(
  Object.entries({
    'of the first change': state(1),
    'of a long sequence number': state('9'.repeat(40)),
    'of a stream without a name': state(1, { epoch: '' }),
    'of a later generation': state(1, { generation: 12 }),
    'of a fill': filled(1_767_603_600_999, state(1)),
    'of a row that was removed': state(1, { removed: true }),
  }),
  async (harness: Harness, to) => {
    const row = aRow();
    await succeed(harness, move(row, to));
    expect(await load(harness, row)).to.deep.equal(to);
  },
);

export async function movesOnFromWhatWasRead(harness: Harness) {
  const row = aRow();
  const states = [
    state(1),
    state(2, { removed: true }),
    state(3),
    state(1, { epoch: '2026-02-01T00:00:00.000' }),
    state(1, { generation: 1 }),
    filled(9, state(1, { generation: 1 })),
    filled(10, state(1, { generation: 1 })),
    state(2, { generation: 1 }),
  ];
  for (const [n, to] of states.entries()) {
    await succeed(harness, move(row, to, states[n - 1]));
    expect(await load(harness, row)).to.deep.equal(to);
  }
}

export async function movesManyAtOnce(harness: Harness) {
  const rows = range(250).map(() => aRow());
  await succeed(harness, ...rows.map((row, n) => move(row, state(n))));
  expect(await loadAll(harness, rows)).to.deep.equal(rows.map((_, n) => state(n)));
}

/** What the state was, what it was read as, and where it was to go. */
const CONFLICTS = {
  'where there was none, and now is one': [state(1), undefined, state(2)],
  'where it has moved on': [state(2), state(1), state(3)],
  'where there never was one': [undefined, state(1), state(2)],
  'where it was moved just so already': [state(2), undefined, state(2)],
  'where it is of another stream': [state(1, { epoch: '' }), state(1), state(2)],
  'where it is of another generation': [state(1, { generation: 1 }), state(1), state(2)],
  'where it is of the first generation': [state(1), state(1, { generation: 1 }), state(2, { generation: 2 })],
  'where it was filled since': [filled(9, state(1)), state(1), state(2)],
  'where it is of another fill': [filled(10, state(1)), filled(9, state(1)), state(2)],
  'where it was never filled': [state(1), filled(1, state(1)), state(2)],
  'where the row is gone': [state(1, { removed: true }), undefined, state(2)],
} as const;

export const isAConflict = each(Object.entries(CONFLICTS), async (harness: Harness, [stored, from, to]) => {
  const row = aRow();
  if (stored !== undefined) await succeed(harness, move(row, stored));
  expect(await advanceSome(harness, move(row, to, from))).to.deep.equal(['conflict']);
  expect(await load(harness, row)).to.deep.equal(stored);
});

export async function answersForEachOfManyWhateverBecomesOfTheOthers(harness: Harness) {
  const rows = range(250).map(() => aRow());
  const isOvertaken = (n: number) => n % 7 === 3;
  await succeed(harness, ...rows.filter((_, n) => isOvertaken(n)).map((row) => move(row, state(5))));
  const results = await advanceSome(harness, ...rows.map((row) => move(row, state(7))));
  expect(results).to.deep.equal(rows.map((_, n) => (isOvertaken(n) ? 'conflict' : 'done')));
  expect(await loadAll(harness, rows)).to.deep.equal(rows.map((_, n) => state(isOvertaken(n) ? 5 : 7)));
}

export async function letsOneOfManyThrough(harness: Harness) {
  const row = aRow();
  const results = await Promise.all(range(6).map((n) => advanceSome(harness, move(row, state(n + 1)))));
  const done = results.flat().filter((result) => result === 'done');
  expect(done).to.have.length(1);
  expect(await load(harness, row)).to.deep.equal(state(results.flat().indexOf('done') + 1));
}
