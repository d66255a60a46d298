import { expect } from 'chai';
import { BackPressure } from '../../src/application/back-pressure.ts';
import { again } from '../../src/application/index-outcome.ts';
import type { ReceivedAction } from '../../src/application/ports/search-action-source.ts';
import { NO_LIMIT } from '../../src/application/time-limit.ts';
import { Fault } from '../../src/domain/fault.ts';
import type { Indexer } from '../../src/entrypoints/composition/indexer.ts';
import { indexEvent } from '../../src/entrypoints/lambda/index-event.ts';
import { RecordingLogger } from '../application/doubles.ts';

type GiveBack = Indexer['source']['giveBack'];

/** Has messages fail so that were received so often, and gives them back. */
async function failing(
  fault: Fault,
  isUnderWay: boolean,
  receives: readonly number[],
  giveBack: GiveBack,
): Promise<RecordingLogger> {
  const [logger, nothing] = [new RecordingLogger(), { add: () => undefined, flush: () => undefined }];
  const indexer = {
    indexDocuments: {
      execute: (received: readonly ReceivedAction[]) =>
        Promise.resolve({ outcomes: received.map(() => again(fault, isUnderWay)), unrepaired: [] }),
    },
    source: { giveBack },
    ...{ metrics: nothing, logger, clock: { now: () => 0 } },
  } as unknown as Indexer;
  const Records = receives.map((count, n) => ({
    ...{ messageId: String(n), receiptHandle: 'r', body: '{}' },
    attributes: { ApproximateReceiveCount: String(count) },
  }));
  const { batchItemFailures } = await indexEvent({ Records }, indexer, NO_LIMIT);
  expect(batchItemFailures).to.have.length(receives.length);
  return logger;
}

/** Seconds for which messages that fail so are hidden, by how often they were received. */
async function delays(fault: Fault, isUnderWay: boolean, ...receives: number[]): Promise<number[]> {
  const hidden = new Map<string, number>();
  const logger = await failing(fault, isUnderWay, receives, (received, delayMs) => {
    for (const { message } of received) hidden.set(message, delayMs / 1_000);
    return Promise.resolve(received.map(() => 'done'));
  });
  expect(logger.of(NOT_GIVEN_BACK)).to.deep.equal([]);
  return receives.map((_, n) => hidden.get(String(n)) ?? NaN);
}

const NOT_GIVEN_BACK = 'messages of the search queue not given back';

describe('how long an event’s messages that failed are hidden', () => {
  it('given a server that asks to slow down, then twice as long each time: an outage of minutes makes no dead letters', async () => {
    const pressure = new BackPressure('busy', undefined);
    expect(await delays(pressure, false, 1, 2, 3, 10)).to.deep.equal([2, 4, 8, 300]);
  });

  it('given a write that may come late, then for as long as it may, at least', async () => {
    expect(await delays(new Fault('transient', 'lost'), true, 1, 6)).to.deep.equal([30, 64]);
  });

  it('given what somebody has to mend, then twice as long each time: there are hours for it', async () => {
    const unknown = new Fault('configuration', 'no such collection');
    expect(await delays(unknown, false, 1, 2, 5, 10)).to.deep.equal([300, 600, 3_600, 3_600]);
  });

  it('given what does not pass, then as long as ever', async () => {
    expect(await delays(new Fault('permanent', 'bad'), false, 1, 9)).to.deep.equal([30, 30]);
  });

  it('given that they cannot be hidden, then they are reported all the same, and a warning says so', async () => {
    const [bad, denied] = [new Fault('permanent', 'bad'), new Fault('configuration', 'access denied')];
    const answers: GiveBack[] = [
      (received) => Promise.resolve(received.map((_, n) => (n === 0 ? 'done' : denied))),
      () => Promise.reject(denied),
    ];
    for (const [n, answer] of answers.entries()) {
      const logger = await failing(bad, false, [1, 1, 1], answer);
      const [warning] = logger.of(NOT_GIVEN_BACK);
      expect(warning).to.deep.include({ count: n === 0 ? 2 : 1, error: denied });
    }
  });
});
