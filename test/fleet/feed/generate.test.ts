import { createHash } from 'node:crypto';
import { expect } from 'chai';
import { generateEvents, generateRecords } from '../../../src/fleet/feed/generate.ts';
import type { FeedOptions } from '../../../src/fleet/feed/options.ts';

function ndjson(options: FeedOptions): string {
  let text = '';
  for (const record of generateRecords(options)) text += `${JSON.stringify(record)}\n`;
  return text;
}

describe('generated feed', () => {
  it('is the same for the same seed, and another for another', () => {
    expect(ndjson({ seed: 7, records: 1500 })).to.equal(ndjson({ seed: 7, records: 1500 }));
    expect(ndjson({ seed: 7, records: 50 })).not.to.equal(ndjson({ seed: 8, records: 50 }));
  });

  it('is the same on every platform and with every release', () => {
    // A new hash means that everyone's seeds give other feeds: change it knowingly.
    const hash = createHash('sha256')
      .update(ndjson({ seed: 1, records: 2000 }))
      .digest('hex');
    expect(hash).to.equal('91abc77af5f9d3e1c6152cf59f81f66c2973c27fbe53b0134256ab0458f956f2');
  });

  it('begins alike however many records are asked for', () => {
    const more = ndjson({ seed: 3, records: 1200 });
    expect(more.startsWith(ndjson({ seed: 3, records: 700 }))).to.equal(true);
    expect(ndjson({ seed: 3, records: 0 })).to.equal('');
  });

  it('keeps its changes whatever is delivered twice', () => {
    const once = [...generateRecords({ seed: 5, records: 1000, duplicateShare: 0 })];
    const twice = [...new Set(generateRecords({ seed: 5, records: 3000, duplicateShare: 0.5 }))];
    expect(JSON.stringify(twice.slice(0, 1000))).to.equal(JSON.stringify(once));
  });

  it('names the stream it is given, and the region of it', () => {
    const streamArn = 'arn:aws:dynamodb:us-west-2:000000000000:table/t/stream/2026-02-01T00:00:00.000';
    for (const record of generateRecords({ seed: 1, records: 20, streamArn }))
      expect(record).to.include({
        eventSourceARN: streamArn,
        awsRegion: 'us-west-2',
        eventSource: 'aws:dynamodb',
      });
  });

  it('fills its events, all but the last', () => {
    const sizes = (options: FeedOptions) => [...generateEvents(options)].map((event) => event.Records.length);
    expect(sizes({ seed: 1, records: 250 })).to.deep.equal([100, 100, 50]);
    expect(sizes({ seed: 1, records: 60, batchSize: 30 })).to.deep.equal([30, 30]);
    expect([...generateEvents({ seed: 1, records: 250 })].flatMap((event) => event.Records)).to.deep.equal([
      ...generateRecords({ seed: 1, records: 250 }),
    ]);
  });

  it('is small enough to be bundled as a sample: 1,400 records in less than 2 MB', () => {
    for (const seed of [1, 2, 3, 4, 5]) {
      let bytes = 0;
      for (const event of generateEvents({ seed, records: 1400 }))
        bytes += Buffer.byteLength(JSON.stringify(event)) + 1;
      expect(bytes).to.be.within(1_000_000, 1_800_000);
    }
  });

  it('refuses options that make no sense, at once and by name', () => {
    const wrong: [string, Partial<FeedOptions>][] = [
      ['seed', { seed: 1.5 }],
      ['records', { records: -1 }],
      ['batchSize', { batchSize: 0 }],
      ['fleet', { fleet: Number.NaN }],
      ['irrelevantShare', { irrelevantShare: 1.1 }],
      ['duplicateShare', { duplicateShare: -0.1 }],
    ];
    for (const [name, options] of wrong) {
      expect(() => generateRecords({ seed: 1, records: 1, ...options })).to.throw(RangeError, name);
      expect(() => generateEvents({ seed: 1, records: 1, ...options })).to.throw(RangeError, name);
    }
  });
});
