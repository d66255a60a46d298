import { expect } from 'chai';
import { READER_MUTANTS } from './reader-mutants.ts';
import { violationOf } from './run-seeds.ts';

/** The first of so many seeds from the one on that must show a mistake: some three times as many as it takes. */
const CATCHES: Readonly<Record<string, { readonly from?: number; readonly within: number }>> = {
  'first-page-of-shards': { within: 25 },
  'last-page-dropped': { within: 10 },
  'child-beside-parent': { within: 20 },
  'children-at-latest': { within: 10 },
  'saved-when-read': { within: 10 },
  'highest-acknowledged': { within: 10 },
  'error-completes': { within: 10 },
  'expired-to-latest': { from: 45, within: 60 },
  'expired-for-ever': { from: 41, within: 60 },
  'trimmed-in-silence': { within: 20 },
  'missing-parent-finished': { within: 40 },
  'listed-when-nothing-is-left': { from: 11, within: 60 },
  'listed-once': { within: 15 },
  'after-no-number': { within: 5 },
  'dead-checkpoint-saved': { within: 20 },
  'positions-by-index': { from: 11, within: 100 },
  'numbers-as-texts': { within: 15 },
  'partial-listing-for-whole': { from: 290, within: 40 },
};

describe('ReadStream on a modelled stream', function () {
  this.timeout(120_000);

  it('handles every record at least once, in the order of its item, or notes a gap, whatever happens', async () => {
    for (let seed = 1; seed <= 60; seed++) {
      const violation = await violationOf(seed);
      if (violation !== undefined) expect.fail(`seed ${seed}: ${violation.message}`);
    }
  });

  it('given a record handled by a process that stands still, and trimmed before the next one reads on, takes the gap that is noted for it too (700583)', async () => {
    expect((await violationOf(700_583))?.message).to.equal(undefined);
  });

  it('is tried with every mistake of other readers that there is', () => {
    expect(Object.keys(CATCHES)).to.have.members(Object.keys(READER_MUTANTS));
  });

  for (const [name, { from = 1, within }] of Object.entries(CATCHES))
    it(`catches, within ${within} seeds: ${name}`, async () => {
      for (let seed = from; seed < from + within; seed++)
        if ((await violationOf(seed, READER_MUTANTS[name])) !== undefined) return;
      expect.fail(`no seed from ${from} on shows it`);
    });
});
