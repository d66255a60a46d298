import { mock } from 'node:test';
import { setImmediate as othersHaveRun } from 'node:timers/promises';
import { expect } from 'chai';
import { NO_LIMIT } from '../../src/application/time-limit.ts';
import { Fault } from '../../src/domain/fault.ts';
import { Draining } from '../../src/entrypoints/cli/consume/draining.ts';
import { RecordingLogger } from '../application/doubles.ts';

describe('what contrail consume does with the search queue', () => {
  /** Each draining that was begun: whether it was to stop, and what ends it. */
  function drainings() {
    const begun: { readonly stop: AbortSignal; readonly end: (result?: unknown) => void }[] = [];
    let underWay = 0;
    let most = 0;
    const logger = new RecordingLogger();
    const stop = new AbortController();
    const draining = new Draining(
      (signal) => {
        most = Math.max(most, ++underWay);
        return new Promise((resolve) => {
          begun.push({
            stop: signal,
            end: (result) => {
              underWay--;
              resolve(result);
            },
          });
        });
      },
      logger,
      stop.signal,
    );
    return { draining, begun, logger, stop, most: () => most };
  }

  beforeEach(() => mock.timers.enable({ apis: ['setInterval'] }));
  afterEach(() => mock.timers.reset());

  it('given a start, then it is drained at once, and again every 30 seconds, whether there is a batch or not', async () => {
    const { draining, begun } = drainings();
    draining.start();
    expect(begun).to.have.length(1);
    begun[0]!.end();
    await othersHaveRun();
    mock.timers.tick(30_000);
    expect(begun).to.have.length(2);
    begun[1]!.end();
    await draining.end();
    mock.timers.tick(60_000);
    expect(begun).to.have.length(2);
  });

  it('given batches while it is drained, then it is drained once more after that for all of them', async () => {
    const { draining, begun, most } = drainings();
    const handle = draining.after(async () => ['done']);
    for (let batch = 0; batch < 3; batch++) expect(await handle([{}], NO_LIMIT)).to.deep.equal(['done']);
    expect(begun).to.have.length(1);
    begun[0]!.end();
    await othersHaveRun();
    expect(begun).to.have.length(2);
    begun[1]!.end();
    await draining.end();
    expect([begun.length, most()]).to.deep.equal([2, 1]);
  });

  it('given the end while it is drained, then the last draining begins after that, and is waited for', async () => {
    const { draining, begun, logger, most } = drainings();
    draining.start();
    let isOver = false;
    const finished = draining.finish(new AbortController().signal).then(() => (isOver = true));
    await othersHaveRun();
    expect([begun.length, begun[0]!.stop.aborted]).to.deep.equal([1, true]);
    begun[0]!.end();
    await othersHaveRun();
    expect([begun.length, begun[1]!.stop.aborted, isOver]).to.deep.equal([2, false, false]);
    begun[1]!.end([new Fault('permanent', 'too large')]);
    await finished;
    expect(most()).to.equal(1);
    expect(logger.lines.map(({ message }) => message)).to.deep.equal(['a document was refused for good']);
  });

  it('given that its time is over before all is done, then it says so', async () => {
    const { draining, begun, logger } = drainings();
    const finished = draining.finish(AbortSignal.abort());
    await othersHaveRun();
    begun[0]!.end();
    await finished;
    expect(logger.lines.map(({ message }) => message)).to.deep.equal([
      'documents may be left in the search queue: the next start goes on with them',
    ]);
  });
});
