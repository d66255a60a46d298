import { expect } from 'chai';
import { Fault } from '../../../src/domain/fault.ts';
import { range } from '../../support/range.ts';
import { unique } from '../../support/unique.ts';
import { needs } from '../contract.ts';
import {
  aKey,
  anOrder,
  apply,
  aRow,
  copied,
  type Harness,
  load,
  loadAll,
  moveTo,
  owned,
  readAll,
  state,
  succeed,
} from './harness.ts';

export async function doesNothingWithNothingToDo(harness: Harness) {
  expect(await apply(harness)).to.deep.equal([]);
}

export async function putsTheRowsThatARowGives(harness: Harness) {
  const source = anOrder();
  const put = [aRow({ item: 'tea' }), aRow({})];
  await succeed(harness, moveTo(source, undefined, 1, put));
  expect(await readAll(harness, put)).to.deep.equal([owned(source), owned(source, {})]);
}

export async function replacesARowWhole(harness: Harness) {
  const source = anOrder();
  const key = aKey();
  const first = moveTo(source, undefined, 1, [aRow({ item: 'tea', price: 'low' }, key)]);
  await succeed(harness, first);
  await succeed(harness, moveTo(source, first.to, 2, [aRow({ item: 'milk' }, key)]));
  expect(await harness.read(key)).to.deep.equal(owned(source, { item: 'milk' }));
}

export async function removesWhatIsNoLongerGiven(harness: Harness) {
  const source = anOrder();
  const [stays, goes, comes] = [aRow(), aRow(), aRow()];
  const first = moveTo(source, undefined, 1, [stays, goes]);
  await succeed(harness, first);
  const second = moveTo(source, first.to, 2, [stays, comes]);
  await succeed(harness, second);
  expect(await readAll(harness, [stays, goes, comes])).to.deep.equal([
    owned(source),
    undefined,
    owned(source),
  ]);
  await succeed(harness, moveTo(source, second.to, 3, [], { removed: true }));
  expect(await readAll(harness, [stays, goes, comes])).to.deep.equal([undefined, undefined, undefined]);
  expect(await load(harness, source)).to.deep.equal(state(3, [], { removed: true }));
}

export async function leavesWhatItIsNotToldToRemove(harness: Harness) {
  const source = anOrder();
  const kept = aRow();
  const first = moveTo(source, undefined, 1, [kept]);
  await succeed(harness, first);
  await succeed(harness, { ...moveTo(source, first.to, 2, [], { removed: true }), remove: [] });
  expect(await harness.read(kept)).to.deep.equal(owned(source));
}

export async function putsAKeptRowAgain(harness: Harness) {
  const source = anOrder();
  const key = aKey();
  const first = moveTo(source, undefined, 1, [aRow({}, key)]);
  await succeed(harness, first, { ...moveTo(anOrder(), undefined, 1, []), remove: [] });
  const gone = { ...moveTo(source, first.to, 2, [], { removed: true }), remove: [] };
  await succeed(harness, gone);
  await succeed(harness, moveTo(source, gone.to, 3, [aRow({ item: 'milk' }, key)]));
  expect(await harness.read(key)).to.deep.equal(owned(source, { item: 'milk' }));
}

export async function removesWhatIsGoneAlready(harness: Harness) {
  const source = anOrder();
  const from = state(1, []);
  await succeed(harness, moveTo(source, undefined, 1, []));
  await succeed(harness, { ...moveTo(source, from, 2, []), remove: [aKey()] });
}

export async function putsRowsIntoAnotherTable(harness: Harness) {
  const source = anOrder();
  const elsewhere = { table: harness.audit, key: { id: unique('entry') }, attributes: { by: 'me' } };
  const here = aRow();
  const first = moveTo(source, undefined, 1, [elsewhere, here]);
  await succeed(harness, first);
  expect(await readAll(harness, [elsewhere, here])).to.deep.equal([
    owned(source, { by: 'me' }),
    owned(source),
  ]);
  await succeed(harness, moveTo(source, first.to, 2, []));
  expect(await readAll(harness, [elsewhere, here])).to.deep.equal([undefined, undefined]);
}

export async function replacesAsManyRowsAsThereMayBe(harness: Harness) {
  const source = anOrder();
  const [old, next] = [range(40).map(() => aRow()), range(40).map(() => aRow({ item: 'milk' }))];
  const first = moveTo(source, undefined, 1, old);
  await succeed(harness, first);
  expect(await load(harness, source)).to.deep.equal(state(1, old));
  await succeed(harness, moveTo(source, first.to, 2, next));
  expect(await readAll(harness, old)).to.deep.equal(old.map(() => undefined));
  expect(await readAll(harness, next)).to.deep.equal(next.map(() => owned(source, { item: 'milk' })));
}

export async function appliesManyMovesInOneCall(harness: Harness) {
  const moves = range(150).map((n) =>
    moveTo(
      anOrder(),
      undefined,
      n + 1,
      range(n % 4).map(() => aRow()),
    ),
  );
  await succeed(harness, ...moves);
  expect(
    await loadAll(
      harness,
      moves.map(({ source }) => source),
    ),
  ).to.deep.equal(moves.map(({ to }) => to));
  for (const { source, put } of moves)
    expect(await readAll(harness, put)).to.deep.equal(put.map(() => owned(source)));
}

export async function takesLargeRows(harness: Harness) {
  const large = 'x'.repeat(300_000);
  const moves = range(20).map(() => moveTo(anOrder(), undefined, 1, [aRow({ large })]));
  await succeed(harness, ...moves);
}

export async function handsAKeyFromOneRowToAnotherInOneCall(harness: Harness) {
  const [giving, taking] = [anOrder(), anOrder()];
  const key = aKey();
  const first = moveTo(giving, undefined, 1, [aRow({}, key)]);
  await succeed(harness, first);
  await succeed(
    harness,
    moveTo(giving, first.to, 2, []),
    moveTo(taking, undefined, 1, [aRow({ item: 'milk' }, key)]),
  );
  expect(await harness.read(key)).to.deep.equal(owned(taking, { item: 'milk' }));
}

export async function movesTwoDerivationsOfARow(harness: Harness) {
  const source = anOrder();
  const [a, b] = [aRow(), aRow()];
  await succeed(harness, moveTo(source, undefined, 1, [a]), moveTo(copied(source), undefined, 1, [b]));
  expect(await readAll(harness, [a, b])).to.deep.equal([owned(source), owned(copied(source))]);
}

export const namesKeysThatATableDoesNotHave = needs<Harness, 'missingTables'>(
  'missingTables',
  async (harness) => {
    const right = { table: harness.audit, key: { id: unique('entry') }, attributes: {} };
    const wrong = { table: harness.audit, key: { other: unique('entry') }, attributes: {} };
    const [fault, done] = await apply(
      harness,
      moveTo(anOrder(), undefined, 1, [wrong]),
      moveTo(anOrder(), undefined, 1, [right]),
    );
    expect(done).to.equal('done');
    if (!Fault.is(fault)) expect.fail(`the move is ${fault}`);
    expect(fault.kind).to.equal('configuration');
    expect(fault.message).to.contain(
      `lines gives rows whose keys their tables do not have: ${harness.audit} (other S)`,
    );
  },
);

export const namesATableThatIsMissing = needs<Harness, 'missingTables'>('missingTables', async (harness) => {
  const [lost, found] = [anOrder(), anOrder()];
  const elsewhere = { table: 'no-such-table', key: { id: unique('entry') }, attributes: {} };
  const here = aRow();
  const [fault, done] = await apply(
    harness,
    moveTo(lost, undefined, 1, [elsewhere]),
    moveTo(found, undefined, 1, [here]),
  );
  expect(done).to.equal('done');
  if (!Fault.is(fault)) expect.fail(`the move is ${fault}`);
  expect(fault.kind).to.equal('configuration');
  expect(fault.message).to.match(/^table no-such-table or .* does not exist/);
  expect(fault.message).to.contain('the table in lines');
  expect(await loadAll(harness, [lost, found])).to.deep.equal([undefined, state(1, [here])]);
});
