import { expect } from 'chai';
import fc from 'fast-check';
import {
  compareSequences,
  compareVersions,
  fillVersion,
  FIRST_FILL,
  passesFence,
  sameState,
  type Version,
} from '../../src/domain/version.ts';
import { version } from '../support/factories.ts';

/** The order that versions must have, said in another way. */
function isOlder(a: Version, b: Version): boolean {
  if (a.generation !== b.generation) return a.generation < b.generation;
  if (a.epoch !== b.epoch) return a.epoch < b.epoch;
  const [sequence, other] = [BigInt(a.sequence), BigInt(b.sequence)];
  return sequence === other ? (a.fill ?? 0) < (b.fill ?? 0) : sequence < other;
}

function isSame(a: Version, b: Version): boolean {
  return !isOlder(a, b) && !isOlder(b, a);
}

const digits = fc.string({ unit: fc.constantFrom('0', '1', '8', '9'), minLength: 1, maxLength: 24 });
const versions: fc.Arbitrary<Version> = fc.record(
  {
    generation: fc.constantFrom(0, 1, 9, 10),
    epoch: fc.constantFrom(
      '',
      '2025-12-31T23:59:59.999',
      '2026-01-05T09:00:00.000',
      '2026-01-05T09:00:00.001',
    ),
    sequence: fc.oneof(digits, fc.constantFrom('7', '007', '70')),
    fill: fc.constantFrom(1, 2, 10),
  },
  { requiredKeys: ['generation', 'epoch', 'sequence'] },
);

describe('compareSequences', () => {
  const cases: readonly (readonly [string, string, string])[] = [
    ['numbers of different lengths', '99', '100'],
    ['numbers of the same length', '198', '201'],
    [
      'numbers that differ in the last of many digits',
      '111700000000000000000001',
      '111700000000000000000002',
    ],
    ['numbers beyond 2^64', '18446744073709551615', '18446744073709551617'],
    ['numbers that a double would round to the same', '9007199254740992', '9007199254740993'],
    ['a longer text that is the smaller number', '00099', '100'],
    ['zeros inside', '1009', '1010'],
    ['nought', '000', '1'],
  ];
  for (const [name, smaller, greater] of cases)
    it(`given ${name}, when compared, then the smaller number comes first from either side`, () => {
      expect(compareSequences(smaller, greater)).to.be.below(0);
      expect(compareSequences(greater, smaller)).to.be.above(0);
    });

  it('given leading zeros, when compared, then they mean nothing', () => {
    expect(compareSequences('000123', '123')).to.equal(0);
    expect(compareSequences('0', '000')).to.equal(0);
    expect(compareSequences('0100', '100')).to.equal(0);
  });
});

describe('compareVersions', () => {
  it('given the same epoch, when compared, then the sequence number decides', () => {
    expect(compareVersions(version(9, 'E'), version(10, 'E'))).to.be.below(0);
    expect(compareVersions(version(10, 'E'), version(9, 'E'))).to.be.above(0);
    expect(compareVersions(version('010', 'E'), version(10, 'E'))).to.equal(0);
  });

  it('given a stream that was switched off and on, when compared, then its later label goes before any number', () => {
    const old = version('999999999999999999999999', '2026-01-05T09:00:00.000');
    const young = version('1', '2026-01-06T09:00:00.000');
    expect(compareVersions(old, young)).to.be.below(0);
    expect(compareVersions(young, old)).to.be.above(0);
  });

  it('given a table that follows another, when compared, then it goes before any label and any number', () => {
    const old = version('999', '2026-01-06T09:00:00.000', 9);
    const young = version('1', '2026-01-05T09:00:00.000', 10);
    expect(compareVersions(old, young)).to.be.below(0);
    expect(compareVersions(young, old)).to.be.above(0);
  });

  it('given an unnamed stream, when compared with a named one, then it is the older', () => {
    expect(compareVersions(version(2), version(1, '2026-01-05T09:00:00.000'))).to.be.below(0);
  });

  it('given any two versions, when compared, then the order agrees with integers of any size', () => {
    fc.assert(
      fc.property(versions, versions, (a, b) => {
        const order = compareVersions(a, b);
        expect(order < 0).to.equal(isOlder(a, b));
        expect(order > 0).to.equal(isOlder(b, a));
        expect(order === 0).to.equal(isSame(a, b));
      }),
    );
  });

  it('given any versions, when sorted, then the order is total: every one stands after all that are older', () => {
    fc.assert(
      fc.property(fc.array(versions, { maxLength: 8 }), (list) => {
        const sorted = list.toSorted(compareVersions);
        for (const [index, earlier] of sorted.entries())
          for (const later of sorted.slice(index)) expect(isOlder(later, earlier)).to.equal(false);
      }),
    );
  });
});

describe('passesFence', () => {
  it('given no fence, when asked, then anything passes', () => {
    expect(passesFence(undefined, version(0))).to.equal(true);
  });

  it('given a fence, when asked, then only what is newer passes: the same change again does not', () => {
    const fence = version(100, 'E');
    expect(passesFence(fence, version(101, 'E'))).to.equal(true);
    expect(passesFence(fence, version(100, 'E'))).to.equal(false);
    expect(passesFence(fence, version(99, 'E'))).to.equal(false);
    expect(passesFence(fence, version(1, 'F'))).to.equal(true);
    expect(passesFence(fence, version(1000, 'D'))).to.equal(false);
  });
});

describe('fillVersion', () => {
  it('given nothing that was derived before, then it comes before every change of a stream', () => {
    const fill = fillVersion(undefined, 1_000);
    expect(fill).to.deep.equal({ generation: 0, epoch: '', sequence: '0', fill: 1_000 });
    expect(passesFence(fill, version(1))).to.equal(true);
    expect(passesFence(fill, version(1, '2026-01-05T09:00:00.000'))).to.equal(true);
  });

  it('given a change, then it follows that, and comes before the next', () => {
    const fill = fillVersion(version(100, 'E', 2), 1_000);
    expect(passesFence(version(100, 'E', 2), fill)).to.equal(true);
    expect(passesFence(fill, version(100, 'E', 2))).to.equal(false);
    expect(passesFence(fill, version(101, 'E', 2))).to.equal(true);
  });

  it('given a fill before it, then it follows that, whatever the time', () => {
    const first = fillVersion(version(100, 'E'), 1_000);
    expect(fillVersion(first, 2_000)).to.deep.equal({ ...version(100, 'E'), fill: 2_000 });
    expect(fillVersion(first, 500)).to.deep.equal({ ...version(100, 'E'), fill: 1_001 });
    expect(fillVersion(undefined, 0).fill).to.equal(1);
  });

  it('given any fill of what nothing was derived from, then none comes before the first', () => {
    expect(passesFence(FIRST_FILL, fillVersion(undefined, 0))).to.equal(false);
    expect(passesFence(fillVersion(undefined, 2), FIRST_FILL)).to.equal(false);
  });
});

describe('sameState', () => {
  it('given two fills of one change, then they are two states', () => {
    const change = version(100, 'E');
    const [first, second] = [
      { ...change, fill: 1 },
      { ...change, fill: 2 },
    ].map((one) => ({ version: one }));
    expect(sameState(first, first)).to.equal(true);
    expect(sameState(first, second)).to.equal(false);
    expect(sameState(first, { version: change })).to.equal(false);
  });
});
