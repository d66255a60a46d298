import { expect } from 'chai';
import { aRow, type Harness, load, move, state } from './harness.ts';
import { isRejected } from '../../support/is-rejected.ts';
import { unique } from '../../support/unique.ts';

export async function readsNothing({ log }: Harness) {
  expect(await isRejected(log.load([aRow()], AbortSignal.abort()))).to.equal(true);
}

export async function notesAndWritesNothing(harness: Harness) {
  const [row, other, name] = [aRow(), aRow(), unique('name')];
  const moves = [move(row, state(1)), move(other, state(1), undefined, harness.addingTo(name))];
  expect(await isRejected(harness.log.advance(moves, AbortSignal.abort()))).to.equal(true);
  expect(await load(harness, row)).to.equal(undefined);
  expect(await load(harness, other)).to.equal(undefined);
  expect(await harness.sum(name)).to.equal(0);
}
