import { mock } from 'node:test';
import { expect } from 'chai';
import { everyMinute } from '../../../src/entrypoints/cli/consume/every-minute.ts';

describe('what is done every minute', () => {
  beforeEach(() => mock.timers.enable({ apis: ['setInterval'] }));
  afterEach(() => mock.timers.reset());

  it('given some minutes, then it is done at the end of each, and, when it ends, for the last time', () => {
    let count = 0;
    const { end } = everyMinute(() => count++);
    expect(count).to.equal(0);
    mock.timers.tick(59_999);
    expect(count).to.equal(0);
    mock.timers.tick(60_001);
    expect(count).to.equal(2);
    end();
    mock.timers.tick(120_000);
    expect(count).to.equal(3);
  });
});
