import { getEventListeners } from 'node:events';
import { expect } from 'chai';
import sinon from 'sinon';
import { SystemSleeper } from '../../../src/adapters/system/system.ts';

describe('SystemSleeper', () => {
  const sleeper = new SystemSleeper();
  let clock: sinon.SinonFakeTimers;

  beforeEach(() => {
    clock = sinon.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  });

  afterEach(() => clock.restore());

  it('given a signal that is aborted, then it does not wait', async () => {
    const sleeping = sleeper.sleep(1_000, AbortSignal.abort());
    expect(clock.countTimers()).to.equal(0);
    await sleeping;
  });

  it('given a signal that is aborted while it waits, then it resolves, and nothing is left of it', async () => {
    const controller = new AbortController();
    const sleeping = sleeper.sleep(1_000, controller.signal);
    controller.abort(new Error('stop'));
    expect(clock.countTimers()).to.equal(0);
    expect(getEventListeners(controller.signal, 'abort')).to.deep.equal([]);
    await sleeping;
  });

  it('given no more than its time, then it waits for that, and listens no more', async () => {
    const { signal } = new AbortController();
    const isOver = sinon.spy();
    const sleeping = sleeper.sleep(1_000, signal).then(isOver);
    await clock.tickAsync(999);
    expect(isOver.called).to.equal(false);
    clock.tick(1);
    await sleeping;
    expect(getEventListeners(signal, 'abort')).to.deep.equal([]);
  });
});
