import { expect } from 'chai';
import { Wake } from '../../../src/application/read-stream/wake.ts';
import { RecordingSleeper } from '../doubles.ts';

describe('Wake', () => {
  it('given a call while nobody waits, then the next wait is over at once, and only that', async () => {
    const sleeper = new RecordingSleeper();
    const wake = new Wake(sleeper);
    wake.call();
    await wake.wait(1_000);
    expect(sleeper.pauses).to.deep.equal([]);
    await wake.wait(1_000);
    expect(sleeper.pauses).to.deep.equal([1_000]);
  });
});
