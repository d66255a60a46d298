import { expect } from 'chai';
import { whileTimeRemains } from '../../src/application/while-time-remains.ts';
import { ManualTime } from '../support/manual-time.ts';

describe('whileTimeRemains', () => {
  /** Work that takes until its signal is aborted, or so many milliseconds; what it gives is whether it was. */
  const working = async (tookMs: number, until: (now: number) => number) => {
    const { clock, sleeper } = new ManualTime();
    const from = clock.now();
    const elapsed = () => clock.now() - from;
    const wasCut = await whileTimeRemains(
      () => until(elapsed()) - elapsed(),
      { sleeper, stepMs: 1_000 },
      async (signal) => {
        while (!signal.aborted && elapsed() < tookMs) await sleeper.sleep(100, signal);
        return signal.aborted;
      },
    );
    return { wasCut, elapsed: elapsed() };
  };

  it('given work that ends in time, then nobody stops it', async () => {
    expect((await working(3_000, () => 10_000)).wasCut).to.equal(false);
  });

  it('given work that takes longer, then its signal is aborted as no time remains', async () => {
    expect(await working(60_000, () => 10_000)).to.deep.equal({ wasCut: true, elapsed: 10_000 });
  });

  it('given time that is prolonged meanwhile, then it goes on', async () => {
    const until = (now: number) => (now < 5_000 ? 10_000 : 70_000);
    expect((await working(60_000, until)).wasCut).to.equal(false);
  });

  it('given no time from the start, then the work does what takes none, until it has some, and that is over', async () => {
    expect((await working(3_000, () => 0)).wasCut).to.equal(false);
    const until = (now: number) => (now < 2_000 ? 0 : 10_000);
    expect(await working(60_000, until)).to.deep.equal({ wasCut: true, elapsed: 10_000 });
  });

  it('given work that fails, then so does it', async () => {
    const { sleeper } = new ManualTime();
    const failing = whileTimeRemains(
      () => 1_000,
      { sleeper, stepMs: 1_000 },
      () => Promise.reject(new Error('failed')),
    );
    expect(await failing.catch((error: unknown) => error)).to.have.property('message', 'failed');
  });
});
