import { expect } from 'chai';
import type { RowsState } from '../../../src/domain/derived-rows.ts';
import { version } from '../../support/factories.ts';
import { range } from '../../support/range.ts';
import { unique } from '../../support/unique.ts';
import { anOrder, aRow, copied, type Harness, load, loadAll, moveTo, state, succeed } from './harness.ts';

export async function answersNothingWhenAskedNothing(harness: Harness) {
  expect(await loadAll(harness, [])).to.deep.equal([]);
}

export async function findsNothingOfARowThatNothingWasDerivedFrom(harness: Harness) {
  expect(await load(harness, anOrder())).to.equal(undefined);
}

export async function findsVersionKeysAndRemovalAsApplied(harness: Harness) {
  const source = anOrder();
  const elsewhere = { table: harness.audit, key: { id: unique('entry') }, attributes: {} };
  const moves: [version: RowsState['version'], put: ReturnType<typeof aRow>[], removed: boolean][] = [
    [version(99, '2026-01-05T09:00:00.000'), [aRow(), elsewhere], false],
    [version(100, '2026-01-05T09:00:00.000'), [], false],
    [version('49999999999999999999999999999999999999', '2026-01-05T09:00:00.000'), [elsewhere], false],
    [version('050000000000000000000000000000000000000', '2026-01-05T09:00:00.000'), [], true],
    [version(7, '2026-02-01T00:00:00.000'), [aRow(), aRow()], false],
    [version(1, '2026-01-01T00:00:00.000', 1), [], false],
    [version(1, '', 12), [aRow()], false],
  ];
  let from: RowsState | undefined;
  for (const [to, put, removed] of moves) {
    await succeed(harness, moveTo(source, from, 0, put, { version: to, removed }));
    from = await load(harness, source);
    expect(from).to.deep.equal(state(0, put, { version: to, removed }));
  }
}

export async function answersForEachOfManyRows(harness: Harness) {
  const sources = range(130).map(() => anOrder());
  const moves = sources.map((source, n) => moveTo(source, undefined, n + 1, []));
  await succeed(harness, ...moves.filter((_, n) => n % 2 === 0));
  expect(await loadAll(harness, sources)).to.deep.equal(
    moves.map(({ to }, n) => (n % 2 === 0 ? to : undefined)),
  );
}

export async function keepsTwoDerivationsOfARowApart(harness: Harness) {
  const source = anOrder();
  await succeed(harness, moveTo(source, undefined, 1, [aRow()]), moveTo(copied(source), undefined, 2, []));
  const [one, other] = await loadAll(harness, [source, copied(source)]);
  expect(one?.keys).to.have.length(1);
  expect(other).to.deep.equal(state(2));
}

export async function keepsRowsWithLongKeysApart(harness: Harness) {
  const customer = unique('c').padEnd(2_000, 'c');
  const [a, b] = [anOrder('a'.repeat(900), customer), anOrder(`${'a'.repeat(899)}b`, customer)];
  await succeed(harness, moveTo(a, undefined, 1, [aRow()]));
  expect(await load(harness, b)).to.equal(undefined);
  expect((await load(harness, a))?.keys).to.have.length(1);
}
