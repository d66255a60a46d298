import { expect } from 'chai';
import { untilStopped } from '../../../src/entrypoints/follow/until-stopped.ts';

describe('work that is stopped', () => {
  it('given that it breaks off for that, then it has ended; given any other error, then it is told', async () => {
    const stop = new AbortController();
    const fault = new Error('no space left');
    const failureOf = (error: unknown) =>
      untilStopped(stop.signal, () => Promise.reject(error as Error)).then(
        () => 'ended',
        (failure: unknown) => failure,
      );
    expect(await failureOf(fault)).to.equal(fault);
    stop.abort();
    expect(await failureOf(fault)).to.equal(fault);
    expect(await failureOf(stop.signal.reason)).to.equal('ended');
  });
});
