import { expect } from 'chai';
import { BackPressure } from '../../src/application/back-pressure.ts';
import { EnginePace } from '../../src/application/engine-pace.ts';
import { again, type IndexOutcome } from '../../src/application/index-outcome.ts';
import { Fault, type FaultKind } from '../../src/domain/fault.ts';
import { FixedRandom } from './doubles.ts';

const DONE: IndexOutcome = { status: 'done', as: 'written' };
const PRESSED = again(new BackPressure('503', undefined));
const failed = (kind: FaultKind) => again(new Fault(kind, 'failed'));

const aPace = (random = 0.5) => new EnginePace(new FixedRandom(random), 100);

describe('EnginePace', () => {
  it('given nothing yet, then it sends as much as it may, at once', () => {
    const pace = aPace();
    expect([pace.load, pace.pausedUntil, pace.isDown]).to.deep.equal([100, 0, false]);
  });

  it('given back-pressure, then it sends half as much, after a pause that grows', () => {
    const pace = aPace();
    const pauses = [1, 2, 3].map(() => {
      expect(pace.note([DONE, PRESSED], 1_000)).to.equal(true);
      return pace.pausedUntil - 1_000;
    });
    expect(pauses).to.deep.equal([100, 200, 400]);
    expect(pace.load).to.equal(12);
  });

  it('given that it is asked to wait, then it waits for so long, and a random time more', () => {
    const pace = aPace();
    pace.note([again(new BackPressure('503', 5_000)), again(new BackPressure('503', 2_000))], 0);
    expect(pace.pausedUntil).to.equal(5_100);
  });

  it('given a pause of any length by chance, then none is longer than half a minute', () => {
    const pace = aPace(0.999);
    for (let batch = 0; batch < 20; batch++) pace.note([PRESSED], 0);
    expect(pace.pausedUntil).to.be.within(29_000, 30_000);
    expect(pace.load).to.equal(1);
  });

  it('given three batches in a row that could not be written, then it is down, and up again at the first that could', () => {
    const pace = aPace();
    for (const isDown of [false, false, true]) {
      pace.note([failed('transient'), failed('transient')], 0);
      expect(pace.isDown).to.equal(isDown);
    }
    expect(pace.note([DONE, failed('transient')], 0)).to.equal(false);
    expect([pace.isDown, pace.load]).to.deep.equal([false, 24]);
  });

  it('given successes, then it sends twice as much after each, and no more than it may', () => {
    const pace = aPace();
    for (let batch = 0; batch < 3; batch++) pace.note([PRESSED], 0);
    const loads = [1, 2, 3, 4].map(() => {
      pace.note([DONE], 0);
      return pace.load;
    });
    expect(loads).to.deep.equal([24, 48, 96, 100]);
  });

  for (const kind of ['permanent', 'configuration', 'conflict'] as const)
    it(`given a batch of which all is refused (${kind}), then that says nothing of the engine`, () => {
      const pace = aPace();
      pace.note([PRESSED], 0);
      expect(pace.note([failed(kind)], 0)).to.equal(false);
      expect(pace.load).to.equal(50);
    });
});
