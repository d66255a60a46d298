import { expect } from 'chai';
import { MonotonicClock } from '../../../src/application/ports/monotonic-clock.ts';
import { Pace, type Rate, unitsPerSecond } from '../../../src/application/scan/pace.ts';
import { Fault } from '../../../src/domain/fault.ts';
import { isRejected } from '../../support/is-rejected.ts';
import { ManualTime } from '../../support/manual-time.ts';

const { signal } = new AbortController();

/** A pace, and how long something takes, in milliseconds. */
function paced(perSecond: number | undefined) {
  const time = new ManualTime();
  const clock = new (class extends MonotonicClock {
    override elapsed = () => time.clock.now();
  })();
  const pace = new Pace({ clock, sleeper: time.sleeper }, perSecond);
  const lasting = async (work: () => Promise<unknown>) => {
    const begin = clock.elapsed();
    await work();
    return clock.elapsed() - begin;
  };
  const take = async (requests: number, units: number) => {
    for (let n = 0; n < requests; n++) {
      await pace.turn(signal);
      pace.took(units);
    }
  };
  return { time, pace, lasting, take };
}

describe('Pace', () => {
  it('given 100 units a second, when 1,000 are taken ten at a time, then it takes nine seconds, as a second is there at first', async () => {
    const { lasting, take } = paced(100);
    expect(await lasting(() => take(101, 10))).to.be.within(9_000, 9_200);
  });

  it('given a request that took more than a second has, then the next waits until that is made up for', async () => {
    const { lasting, take } = paced(100);
    expect(await lasting(() => take(1, 600))).to.equal(0);
    expect(await lasting(() => take(1, 1))).to.be.within(5_000, 5_020);
  });

  it('given a pause, then a second of it is made use of, and no more', async () => {
    const { time, lasting, take } = paced(100);
    await take(20, 10);
    await time.pass(60_000);
    expect(await lasting(() => take(21, 10))).to.be.within(1_000, 1_100);
  });

  it('given many at once, then they share it', async () => {
    const { lasting, take } = paced(100);
    const all = () => Promise.all([take(50, 10), take(50, 10), take(10, 10)]);
    expect(await lasting(all)).to.be.within(9_500, 10_500);
  });

  it('given no bound, then nothing waits', async () => {
    const { lasting, take } = paced(undefined);
    expect(await lasting(() => take(100, 1_000))).to.equal(0);
  });

  it('given a signal that is aborted, then waiting ends', async () => {
    const { pace } = paced(1);
    pace.took(100);
    expect(await isRejected(pace.turn(AbortSignal.abort()))).to.equal(true);
    const stopping = new AbortController();
    const waiting = pace.turn(stopping.signal);
    stopping.abort();
    expect(await isRejected(waiting)).to.equal(true);
  });
});

describe('unitsPerSecond', () => {
  const of = (rate: Rate, readUnitsPerSecond?: number) => unitsPerSecond(rate, { readUnitsPerSecond });

  it('given units, then they are it', () => {
    expect(of({ units: 50 }, 400)).to.equal(50);
  });

  it('given a share, then it is of what is provisioned', () => {
    expect(of({ share: 0.25 }, 400)).to.equal(100);
  });

  it('given nothing, then there is no bound', () => {
    expect(of(undefined, 400)).to.equal(undefined);
  });

  it('given a share of a table on demand, then it is refused, and what to give instead is said', () => {
    expect(() => of({ share: 0.25 }))
      .to.throw(/give the units a second/)
      .that.satisfies((error: unknown) => Fault.is(error) && error.kind === 'configuration');
  });
});
