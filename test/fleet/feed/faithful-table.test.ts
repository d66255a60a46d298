import { expect } from 'chai';
import fc from 'fast-check';
import { generateRecords } from '../../../src/fleet/feed/generate.ts';
import { changesOf, read, replay } from './replay.ts';

const seed = fc.integer();

describe('generated feed as the stream of a table', () => {
  it('holds every change with the image that the one before it left, duplicates being identical', () => {
    const options = fc.record({
      seed,
      fleet: fc.integer({ min: 1, max: 600 }),
      irrelevantShare: fc.double({ min: 0, max: 1, noNaN: true }),
      duplicateShare: fc.double({ min: 0, max: 1, noNaN: true }),
    });
    fc.assert(
      fc.property(options, (given) => {
        replay(changesOf(generateRecords({ ...given, records: 1500 })));
      }),
      { numRuns: 25 },
    );
  });

  it('numbers its changes in order, with a digit more within 1,000 records', () => {
    fc.assert(
      fc.property(seed, (given) => {
        const lengths = new Set<number>();
        let last = 0n;
        for (const { sequence } of changesOf(generateRecords({ seed: given, records: 1000 }))) {
          expect(sequence > last).to.equal(true);
          last = sequence;
          lengths.add(String(sequence).length);
        }
        expect([...lengths]).to.deep.equal([21, 22]);
      }),
      { numRuns: 20 },
    );
  });

  it('delivers late duplicates after later changes of the same item', () => {
    const newest = new Map<string, bigint>();
    let late = 0;
    for (const { item, sequence } of [...generateRecords({ seed: 1, records: 5000 })].map(read)) {
      const known = newest.get(item) ?? 0n;
      if (sequence < known) late += 1;
      else newest.set(item, sequence);
    }
    expect(late).to.be.greaterThan(5);
  });

  it('keeps time: never backwards, image ids rising with it, items living at least as long as they should', () => {
    let second = 0;
    let newest = '';
    const uploaded = new Set<string>();
    for (const change of changesOf(generateRecords({ seed: 2, records: 5000 }))) {
      const now = change.record.dynamodb!.ApproximateCreationDateTime!;
      expect(now).to.satisfy(Number.isInteger).and.to.be.at.least(second);
      second = now;
      if (change.byTimeToLive) expect(Number(change.before!['ttl']!.N)).to.be.at.most(now);
      if (change.operation === 'INSERT' && change.pk.startsWith('IMAGES#') && !uploaded.has(change.item)) {
        expect(change.sk > newest, change.sk).to.equal(true);
        newest = change.sk;
        uploaded.add(change.item);
      }
    }
  });

  it('keeps the table as small as the fleet', () => {
    const most = (fleet: number) => {
      const live = new Set<string>();
      let size = 0;
      for (const record of generateRecords({ seed: 1, records: 50_000, fleet, duplicateShare: 0 })) {
        const { operation, item } = read(record);
        if (operation === 'REMOVE') live.delete(item);
        else live.add(item);
        size = Math.max(size, live.size);
      }
      return size;
    };
    expect(most(50)).to.be.within(150, 350);
    expect(most(500)).to.be.within(1300, 1900);
  });

  it('keeps to the shares it is given', () => {
    const shares = (irrelevantShare: number, duplicateShare: number) => {
      const records = [...generateRecords({ seed: 1, records: 10_000, irrelevantShare, duplicateShare })].map(
        read,
      );
      const changes = new Set(records.map(({ sequence }) => sequence)).size;
      const irrelevant = records.filter(({ pk }) => /^(USER|FLIGHT)#/.test(pk)).length;
      return { irrelevant: irrelevant / records.length, repeated: (records.length - changes) / changes };
    };
    expect(shares(0, 0)).to.deep.equal({ irrelevant: 0, repeated: 0 });
    expect(shares(1, 0).irrelevant).to.equal(1);
    expect(shares(0.1, 0.03).irrelevant).to.be.closeTo(0.1, 0.02);
    expect(shares(0.1, 0.03).repeated).to.be.closeTo(0.03, 0.01);
    expect(shares(0.5, 0.5).irrelevant).to.be.closeTo(0.5, 0.05);
    expect(shares(0.5, 0.5).repeated).to.be.closeTo(0.5, 0.05);
  });
});
