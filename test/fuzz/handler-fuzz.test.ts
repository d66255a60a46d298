import { expect } from 'chai';
import { fuzz } from './fuzz.ts';

describe('the Lambda handler under malformed and altered records', () => {
  it('given thousands of them among good ones, when batch after batch is handled, then every record is handled or reported', async () => {
    const met = new Set<string>();
    for (const seed of [1, 2]) {
      const { tally, finding } = await fuzz({ seed, records: 6_000, round: 1_500 });
      expect(finding).to.equal(undefined);
      expect(tally.altered).to.be.greaterThan(2_500);
      for (const name of [...Object.keys(tally.outcomes), ...Object.keys(tally.answers)]) met.add(name);
    }
    // What never happens cannot go wrong: the runs must have met all that they are about.
    expect(met).to.include.all.keys(
      'applied',
      'ignored',
      'duplicate',
      'quarantined',
      'failed (permanent)',
      'failed (configuration)',
      'held back',
      'nothing to report',
      'one identifier reported',
      'thrown back',
      'event refused',
    );
  }).timeout(180_000);
});
