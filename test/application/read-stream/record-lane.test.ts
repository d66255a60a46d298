import { expect } from 'chai';
import fc from 'fast-check';
import { type HeldRecord, RecordLane } from '../../../src/application/read-stream/record-lane.ts';

function record(item: string, n: number): HeldRecord {
  const source = { sequence: String(n), item, at: undefined, bytes: 1, record: undefined };
  return { source, passing: { sequence: String(n), at: undefined, isDone: false }, item, failures: 0 };
}

const names = (records: readonly HeldRecord[]) =>
  records.map(({ item, source }) => `${item}${source.sequence}`);

describe('RecordLane', () => {
  it('given a record that fails, then its item waits, also what comes later, and others do not', () => {
    const lane = new RecordLane(() => 100);
    const records = [record('a', 1), record('b', 2), record('a', 3), record('c', 4)];
    for (const each of records) lane.add(each);
    const batch = lane.take(2, 0);
    lane.add(record('a', 5));
    lane.settle(batch, [records[0]!], 0);
    lane.add(record('a', 6));
    expect(names(lane.take(9, 99))).to.deep.equal(['c4']);
    lane.settle([records[3]!], [], 99);
    expect([lane.dueAt, lane.failures, lane.blockedItems]).to.deep.equal([100, 1, 1]);
    expect(names(lane.take(9, 100))).to.deep.equal(['a1', 'a3', 'a5', 'a6']);
  });

  it('given tens of thousands of records, then taking one takes no longer for those behind it', () => {
    const lane = new RecordLane(() => 100);
    const start = performance.now();
    for (let n = 0; n < 50_000; n++) lane.add(record('a', n));
    let inOrder = 0;
    for (let n = 0; n < 50_000; n++) {
      const batch = lane.take(1, 0);
      if (batch[0]?.source.sequence === String(n)) inOrder++;
      lane.settle(batch, [], 0);
    }
    expect(inOrder).to.equal(50_000);
    // Some six seconds otherwise, on a slow machine.
    expect(performance.now() - start).to.be.below(1_500);
  });

  it('given any course of things, then each item comes in its order, and nothing gets lost', () => {
    const steps = fc.array(
      fc.record({
        item: fc.constantFrom('a', 'b', 'c'),
        max: fc.integer({ min: 1, max: 4 }),
        fails: fc.nat(5),
      }),
      { minLength: 1, maxLength: 60 },
    );
    fc.assert(
      fc.property(steps, (plan) => {
        const lane = new RecordLane((failures) => failures);
        const done: HeldRecord[] = [];
        const handle = (max: number, now: number, fails: number) => {
          const batch = lane.take(max, now);
          if (batch.length === 0) return;
          const failedItems = new Set<string>();
          const failed = batch.filter(({ item }, index) => {
            if (fails === index) failedItems.add(item);
            return failedItems.has(item);
          });
          done.push(...batch.filter((each) => !failed.includes(each)));
          lane.settle(batch, failed, now);
        };
        for (const [n, { item, max, fails }] of plan.entries()) {
          lane.add(record(item, n));
          if (n % 3 === 0) handle(max, n, fails);
        }
        for (let now = 1_000; !lane.isEmpty; now += 1_000) handle(9, now, -1);
        expect(done).to.have.length(plan.length);
        for (const item of 'abc') {
          const own = done.filter((each) => each.item === item).map(({ source }) => Number(source.sequence));
          expect(own).to.deep.equal(own.toSorted((a, b) => a - b));
        }
      }),
    );
  });
});
