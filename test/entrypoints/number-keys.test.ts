import { expect } from 'chai';
import { verify } from '../../src/application/verify/verify.ts';
import { stateJson } from '../../src/entrypoints/cli/replay/state-json.ts';
import { createMemoryWorker } from '../../src/entrypoints/memory-worker.ts';
import { collect } from '../support/collect.ts';
import { range } from '../support/range.ts';
import { readingsTable, TIMES } from '../support/readings.ts';
import { TableFeed } from '../support/table-feed.ts';

const definition = readingsTable('ledger');

function connect() {
  const { handler, drain, state } = createMemoryWorker({ definition, log: { level: 'silent' } });
  const feed = new TableFeed(definition);
  return {
    feed,
    state,
    deliver: async (records: readonly unknown[]) => {
      const Records = records.filter((record) => record !== undefined);
      expect(await handler({ Records })).to.deep.equal({ batchItemFailures: [] });
      drain();
    },
  };
}

describe('a table whose sort key is a number, in memory', () => {
  it('given readings that come, change and go, then nothing has drifted', async () => {
    const { feed, state, deliver } = connect();
    const records = range(300).map((n) => {
      const key = { device: `D${n % 4}`, at: TIMES[(n * 7) % TIMES.length]! };
      return n % 5 === 4 ? feed.remove(key) : feed.put({ ...key, value: (n * 37) % 100 });
    });
    await deliver(records);
    const { checked, drift } = await verify(state, definition);
    expect(drift).to.deep.equal([]);
    expect(checked.search).to.be.greaterThan(20);
    expect(checked.defaultImages).to.equal(4);
    expect(checked.matcher).to.be.greaterThan(3);
    expect(checked.derivedRows).to.be.greaterThan(10);
  });

  it('given a state, then keys that are numbers are numbers in it, and what points to them has texts', async () => {
    const { feed, state, deliver } = connect();
    await deliver([
      feed.put({ device: 'D', at: 9, value: 70 }),
      feed.put({ device: 'D', at: 10, value: 60 }),
    ]);
    const pieces = stateJson({ state, searchActions: 2, definition, failures: [] });
    const found = JSON.parse((await collect(pieces)).join('')) as Record<string, unknown>;
    expect(found).to.deep.include({
      search: {
        readings: { 'D:10': { id: 'D:10', value: 60 }, 'D:9': { id: 'D:9', value: 70 } },
      },
      counts: {
        per_ten: [
          { key: { ten: '0' }, value: 70 },
          { key: { ten: '1' }, value: 60 },
        ],
      },
      pointers: { last: [{ key: { name: 'D' }, row: { value: 60, time: '10' } }] },
      rows: {
        high: [
          { table: '', key: { device: '#HIGH#D', at: 10 }, attributes: {} },
          { table: '', key: { device: '#HIGH#D', at: 9 }, attributes: {} },
          { table: 'ledger', key: { digest: 'RA==', number: 10 }, attributes: { value: 60 } },
          { table: 'ledger', key: { digest: 'RA==', number: 9 }, attributes: { value: 70 } },
        ],
      },
    });
  });

  it('given what was not derived, then verify finds it', async () => {
    const { feed, state, deliver } = connect();
    await deliver([feed.put({ device: 'D', at: 9, value: 70 })]);
    const other = readingsTable('another ledger');
    const { drift } = await verify(state, other);
    expect(drift.map(({ problem, what }) => `${problem} ${what}`)).to.deep.equal([
      'extra ledger {"digest":{"B":"RA=="},"number":9}',
      'missing another ledger {"digest":{"B":"RA=="},"number":9}',
    ]);
  });
});
