import { expect } from 'chai';
import { Fault } from '../../../src/domain/fault.ts';
import type { Link } from '../../../src/domain/row.ts';
import type { Tuple } from '../../../src/domain/tuple.ts';
import { eachText, needs } from '../contract.ts';
import { aLink, apply, aTuple, type Harness, load, loadAll, state, succeed } from './harness.ts';
import { HOSTILE_NAMES } from '../../support/hostile.ts';
import { range } from '../../support/range.ts';
import { unique } from '../../support/unique.ts';

export const keeps = eachText(HOSTILE_NAMES, async (harness: Harness, text) => {
  const link = { code: unique(text), serial: text };
  const tuple = { manufacturer: unique(text), model: text, typeDesignator: text };
  await succeed(harness, { link, from: undefined, to: state('1', tuple) });
  expect(await load(harness, link)).to.deep.equal(state('1', tuple));
  expect(await harness.count(tuple)).to.equal(1);
  await succeed(harness, { link, from: await load(harness, link), to: state('2', undefined) });
  expect(await harness.count(tuple)).to.equal(undefined);
});

export const keepsNulCharacters = needs('nulCharacters', async (harness: Harness) => {
  const tuple = { ...aTuple(), model: 'a\u0000b' };
  await succeed(harness, { link: aLink(), from: undefined, to: state('1', tuple) });
  expect(await harness.count(tuple)).to.equal(1);
});

export async function mixesUpNoTwoTuplesThatLookAlike(harness: Harness) {
  const maker = unique('maker');
  const alike: Tuple[] = [
    { manufacturer: maker, model: 'a', typeDesignator: 'bc' },
    { manufacturer: maker, model: 'ab', typeDesignator: 'c' },
    { manufacturer: maker, model: 'A', typeDesignator: 'bc' },
    { manufacturer: maker, model: 'a#', typeDesignator: 'bc' },
    { manufacturer: maker, model: 'a', typeDesignator: '#bc' },
    { manufacturer: maker, model: 'a%23', typeDesignator: 'bc' },
    { manufacturer: maker, model: 'a b', typeDesignator: 'c' },
    { manufacturer: maker, model: 'a  b', typeDesignator: 'c' },
    { manufacturer: `${maker}a`, model: 'a', typeDesignator: 'bc' },
    { manufacturer: maker.toUpperCase(), model: 'a', typeDesignator: 'bc' },
  ];
  for (const [n, tuple] of alike.entries())
    await succeed(
      harness,
      ...range(n + 1).map(() => ({ link: aLink(), from: undefined, to: state('1', tuple) })),
    );
  for (const [n, tuple] of alike.entries()) expect(await harness.count(tuple)).to.equal(n + 1);
}

export async function countsNoTwoTuplesAsOneThoughItMayRefuseBoth(harness: Harness) {
  const manufacturer = unique('maker');
  const parts: [model: string, typeDesignator: string][] = [
    ['A#TYPE', 'B'],
    ['A', 'TYPE#B'],
    ['A#TYPE#B', 'C'],
    ['A', 'B#TYPE#C'],
    ['A#TYPE#', 'B'],
    ['A', '#TYPE#B'],
    ['A', '\ud83d'],
    ['A', '\ud83e'],
  ];
  const tuples = parts.map(([model, typeDesignator]) => ({ manufacturer, model, typeDesignator }));
  const moves = tuples.map((tuple) => ({ link: aLink(), from: undefined, to: state('1', tuple) }));
  const results = await apply(harness, ...moves);
  for (const [n, result] of results.entries())
    if (Fault.is(result)) expect(result.kind).to.equal('permanent');
    else expect(await harness.count(tuples[n]!)).to.equal(1);
}

export async function mixesUpNoTwoLinksThatLookAlike(harness: Harness) {
  const code = unique('code');
  const alike: Link[] = [
    { code, serial: '1' },
    { code, serial: '01' },
    { code, serial: '1 ' },
    { code, serial: '1#' },
    { code: `${code}1`, serial: '1' },
    { code: `${code}#`, serial: '1' },
    { code: code.toUpperCase(), serial: '1' },
    { code, serial: '%31' },
  ];
  await succeed(
    harness,
    ...alike.map((link, n) => ({ link, from: undefined, to: state(`${n + 1}`, undefined) })),
  );
  expect(await loadAll(harness, alike)).to.deep.equal(alike.map((_, n) => state(`${n + 1}`, undefined)));
}
