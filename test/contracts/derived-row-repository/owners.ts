import { expect } from 'chai';
import type { Result } from '../../../src/application/result.ts';
import { Fault } from '../../../src/domain/fault.ts';
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
  succeed,
} from './harness.ts';

/** @param origins as derived rows say what they are derived from; a message says it in words. */
function expectTaken(result: Result | undefined, ...origins: string[]) {
  if (!Fault.is(result)) expect.fail(`the move is ${result}`);
  expect(result.kind).to.equal('configuration');
  for (const origin of origins) {
    const [, derivation = '', key = ''] = /^(\S+) \d+#(.*)$/.exec(origin) ?? [undefined, '', origin];
    expect(result.message).to.contain(derivation);
    expect(result.message.replaceAll('","', '')).to.contain(key);
  }
}

export async function namesBothAndDoesNothingOfTheMove(harness: Harness) {
  const [owner, other] = [anOrder(), anOrder()];
  const [taken, free, before] = [aKey(), aRow(), aRow()];
  await succeed(harness, moveTo(owner, undefined, 1, [aRow({ item: 'tea' }, taken)]));
  const first = moveTo(other, undefined, 1, [before]);
  await succeed(harness, first);
  const [result] = await apply(harness, moveTo(other, first.to, 2, [free, aRow({ item: 'milk' }, taken)]));
  expectTaken(result, owned(owner).derived_from, owned(other).derived_from, taken.key['SK'] as string);
  expect(await readAll(harness, [taken, free, before])).to.deep.equal([
    owned(owner),
    undefined,
    owned(other),
  ]);
  expect(await load(harness, other)).to.deep.equal(first.to);
}

export async function doesTheOtherMovesOfTheCall(harness: Harness) {
  const [owner, other, third] = [anOrder(), anOrder(), anOrder()];
  const [taken, free] = [aKey(), aRow()];
  await succeed(harness, moveTo(owner, undefined, 1, [aRow({}, taken)]));
  const results = await apply(
    harness,
    moveTo(other, undefined, 1, [aRow({}, taken)]),
    moveTo(third, undefined, 1, [free]),
  );
  expectTaken(results[0], owned(owner).derived_from);
  expect(results[1]).to.equal('done');
  expect(await harness.read(free)).to.deep.equal(owned(third));
}

export async function tellsTwoOfOneCall(harness: Harness) {
  const [first, second] = [anOrder(), anOrder()];
  const key = aKey();
  const results = await apply(
    harness,
    moveTo(first, undefined, 1, [aRow({ item: 'tea' }, key)]),
    moveTo(second, undefined, 1, [aRow({ item: 'milk' }, key)]),
  );
  expect(results[0]).to.equal('done');
  expectTaken(results[1], owned(first).derived_from, owned(second).derived_from);
  expect(await harness.read(key)).to.deep.equal(owned(first));
  expect(await loadAll(harness, [second])).to.deep.equal([undefined]);
}

export async function tellsTwoDerivationsOfOneRow(harness: Harness) {
  const source = anOrder();
  const key = aKey();
  await succeed(harness, moveTo(source, undefined, 1, [aRow({}, key)]));
  const [result] = await apply(harness, moveTo(copied(source), undefined, 1, [aRow({}, key)]));
  expectTaken(result, owned(source).derived_from, owned(copied(source)).derived_from);
}

export async function tellsThemInAnotherTable(harness: Harness) {
  const [owner, other] = [anOrder(), anOrder()];
  const row = { table: harness.audit, key: { id: unique('entry') }, attributes: {} };
  await succeed(harness, moveTo(owner, undefined, 1, [row]));
  const [result] = await apply(harness, moveTo(other, undefined, 1, [row]));
  expectTaken(result, owned(owner).derived_from, owned(other).derived_from, row.key.id, harness.audit);
}

export const doesNotPutOverARowThatOthersWrote = needs<Harness, 'foreignRows'>(
  'foreignRows',
  async (harness) => {
    const source = anOrder();
    const key = aKey();
    await harness.putForeign(key, { mine: true });
    const [result] = await apply(harness, moveTo(source, undefined, 1, [aRow({}, key)]));
    expectTaken(result, owned(source).derived_from, 'something other than Contrail');
    expect(await harness.read(key)).to.deep.equal({ mine: true });
  },
);

export const doesNotRemoveARowThatOthersWrote = needs<Harness, 'foreignRows'>(
  'foreignRows',
  async (harness) => {
    const source = anOrder();
    const [key, own] = [aKey(), aRow()];
    const first = moveTo(source, undefined, 1, [aRow({}, key), own]);
    await succeed(harness, first);
    await harness.putForeign(key, { mine: true });
    const neighbour = aRow();
    await succeed(harness, moveTo(source, first.to, 2, []), moveTo(anOrder(), undefined, 1, [neighbour]));
    expect(await harness.read(key)).to.deep.equal({ mine: true });
    expect(await harness.read(own)).to.equal(undefined);
    expect(await harness.read(neighbour)).not.to.equal(undefined);
  },
);
