import { expect } from 'chai';
import { Fault } from '../../../src/domain/fault.ts';
import type { Tuple } from '../../../src/domain/count.ts';
import { eachText, needs } from '../contract.ts';
import { aLink, apply, aTuple, type Harness, load, loadAll, state, succeed } from './harness.ts';
import { HOSTILE_NAMES } from '../../support/hostile.ts';
import { range } from '../../support/range.ts';
import { unique } from '../../support/unique.ts';

export const keeps = eachText(HOSTILE_NAMES, async (harness: Harness, text) => {
  const link = aLink(text, unique(text));
  const tuple = { manufacturer: unique(text), model: text, type_designator: text };
  await succeed(harness, { source: link, from: undefined, to: state('1', tuple) });
  expect(await load(harness, link)).to.deep.equal(state('1', tuple));
  expect(await harness.count(tuple)).to.equal(1);
  await succeed(harness, { source: link, from: await load(harness, link), to: state('2', undefined) });
  expect(await harness.count(tuple)).to.equal(undefined);
});

export const keepsNulCharacters = needs('nulCharacters', async (harness: Harness) => {
  const tuple = { ...aTuple(), model: 'a\u0000b' };
  await succeed(harness, { source: aLink(), from: undefined, to: state('1', tuple) });
  expect(await harness.count(tuple)).to.equal(1);
});

export async function mixesUpNoTwoTuplesThatLookAlike(harness: Harness) {
  const maker = unique('maker');
  const alike: Tuple[] = [
    { manufacturer: maker, model: 'a', type_designator: 'bc' },
    { manufacturer: maker, model: 'ab', type_designator: 'c' },
    { manufacturer: maker, model: 'A', type_designator: 'bc' },
    { manufacturer: maker, model: 'a#', type_designator: 'bc' },
    { manufacturer: maker, model: 'a', type_designator: '#bc' },
    { manufacturer: maker, model: 'a%23', type_designator: 'bc' },
    { manufacturer: maker, model: 'a b', type_designator: 'c' },
    { manufacturer: maker, model: 'a  b', type_designator: 'c' },
    { manufacturer: `${maker}a`, model: 'a', type_designator: 'bc' },
    { manufacturer: maker.toUpperCase(), model: 'a', type_designator: 'bc' },
  ];
  for (const [n, tuple] of alike.entries())
    await succeed(
      harness,
      ...range(n + 1).map(() => ({ source: aLink(), from: undefined, to: state('1', tuple) })),
    );
  for (const [n, tuple] of alike.entries()) expect(await harness.count(tuple)).to.equal(n + 1);
}

export async function countsNoTwoTuplesAsOneThoughItMayRefuseBoth(harness: Harness) {
  const manufacturer = unique('maker');
  const parts: [model: string, type_designator: string][] = [
    ['A#TYPE', 'B'],
    ['A', 'TYPE#B'],
    ['A#TYPE#B', 'C'],
    ['A', 'B#TYPE#C'],
    ['A#TYPE#', 'B'],
    ['A', '#TYPE#B'],
    ['A', '\ud83d'],
    ['A', '\ud83e'],
  ];
  const tuples = parts.map(([model, type_designator]) => ({ manufacturer, model, type_designator }));
  const moves = tuples.map((tuple) => ({ source: aLink(), from: undefined, to: state('1', tuple) }));
  const results = await apply(harness, ...moves);
  for (const [n, result] of results.entries())
    if (Fault.is(result)) expect(result.kind).to.equal('permanent');
    else expect(await harness.count(tuples[n]!)).to.equal(1);
}

export async function mixesUpNoTwoLinksThatLookAlike(harness: Harness) {
  const code = unique('code');
  const alike = [
    aLink('1', code),
    aLink('01', code),
    aLink('1 ', code),
    aLink('1#', code),
    aLink('1', `${code}1`),
    aLink('1', `${code}#`),
    aLink('1', code.toUpperCase()),
    aLink('%31', code),
  ];
  await succeed(
    harness,
    ...alike.map((link, n) => ({ source: link, from: undefined, to: state(`${n + 1}`, undefined) })),
  );
  expect(await loadAll(harness, alike)).to.deep.equal(alike.map((_, n) => state(`${n + 1}`, undefined)));
}
