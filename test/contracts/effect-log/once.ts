import { expect } from 'chai';
import { Fault } from '../../../src/domain/fault.ts';
import { describeRow } from '../../../src/domain/row-view.ts';
import { advance, aRow, type Harness, load, loadAll, move, state, succeed } from './harness.ts';
import { each } from '../contract.ts';
import { range } from '../../support/range.ts';
import { unique } from '../../support/unique.ts';

export async function isMadeWithTheNote(harness: Harness) {
  const [row, name] = [aRow(), unique('name')];
  await succeed(harness, move(row, state(1), undefined, harness.addingTo(name)));
  await succeed(harness, move(row, state(2), state(1), harness.addingTo(name)));
  expect(await harness.sum(name)).to.equal(2);
  expect(await load(harness, row)).to.deep.equal(state(2));
}

export async function isNotMadeWhereTheStateHasMoved(harness: Harness) {
  const [row, name] = [aRow(), unique('name')];
  const first = move(row, state(1), undefined, harness.addingTo(name));
  await succeed(harness, first);
  expect(await advance(harness, first)).to.deep.equal(['conflict']);
  expect(await harness.sum(name)).to.equal(1);
}

export async function isMadeOnceHoweverManyTry(harness: Harness) {
  const [row, name] = [aRow(), unique('name')];
  const first = move(row, state(1), undefined, harness.addingTo(name));
  await Promise.all(range(6).map(() => advance(harness, first)));
  for (let times = 1; (await load(harness, row)) === undefined && times < 50; times++)
    await advance(harness, first);
  expect(await harness.sum(name)).to.equal(1);
}

export async function isNotNotedWhereItCannotBeMade(harness: Harness) {
  const [row, name] = [aRow(), unique('name')];
  const [result] = await advance(harness, move(row, state(1), undefined, harness.failingFor(name)));
  if (!Fault.is(result)) expect.fail(`${String(result)} instead of a Fault`);
  expect(result).to.have.property('kind', 'transient');
  expect(result.message).to.contain(`the write of the effect badges for ${describeRow(row.row)}`);
  expect(await load(harness, row)).to.equal(undefined);
  expect(await harness.sum(name)).to.equal(0);
}

export async function isAConflictWhereTheStateHasMovedAndItCouldNotBeMadeEither(harness: Harness) {
  const [row, name] = [aRow(), unique('name')];
  await succeed(harness, move(row, state(1)));
  const late = move(row, state(1), undefined, harness.failingFor(name));
  expect(await advance(harness, late)).to.deep.equal(['conflict']);
}

export async function keepsNoOtherMoveFromBeingMade(harness: Harness) {
  const rows = range(30).map(() => aRow());
  const [name, failed] = [unique('name'), unique('name')];
  const writes = [undefined, harness.addingTo(name), harness.failingFor(failed)];
  const moves = rows.map((row, n) => move(row, state(1), undefined, writes[n % 3]));
  // Writes to one item may be in each other's way.
  let pending = moves;
  for (let times = 1; times <= 50 && pending.length > 0; times++) {
    const results = await advance(harness, ...pending);
    for (const [n, result] of results.entries())
      if (Fault.is(result)) expect(moves.indexOf(pending[n]!) % 3, result.message).to.equal(2);
    pending = pending.filter((_, n) => results[n] === 'conflict');
  }
  expect(pending).to.deep.equal([]);
  expect(await harness.sum(name)).to.equal(10);
  expect(await harness.sum(failed)).to.equal(0);
  expect(await loadAll(harness, rows)).to.deep.equal(
    rows.map((_, n) => (n % 3 === 2 ? undefined : state(1))),
  );
}

export const mustBeOfTheBackendsKind = each(
  Object.entries({ text: 'text', 'a number': 1, 'an object': { Something: {} }, true: true }),
  async (harness: Harness, write) => {
    const row = aRow();
    const [result] = await advance(harness, move(row, state(1), undefined, write));
    if (!Fault.is(result)) expect.fail(`${String(result)} instead of a Fault`);
    expect(result).to.have.property('kind', 'configuration');
    expect(result.message).to.match(/^the effect badges gave once /);
    expect(result.message).to.contain(` for ${describeRow(row.row)}: `);
    expect(result.reason).not.to.contain('row');
    expect(await load(harness, row)).to.equal(undefined);
  },
);
