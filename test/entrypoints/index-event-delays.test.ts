import { expect } from 'chai';
import { BackPressure } from '../../src/application/back-pressure.ts';
import { again } from '../../src/application/index-outcome.ts';
import type { ReceivedAction } from '../../src/application/ports/search-action-source.ts';
import { NO_LIMIT } from '../../src/application/time-limit.ts';
import { Fault } from '../../src/domain/fault.ts';
import type { Indexer } from '../../src/entrypoints/composition/indexer.ts';
import { indexEvent } from '../../src/entrypoints/lambda/index-event.ts';

/** Seconds for which messages that fail so are hidden, by how often they were received. */
async function delays(fault: Fault, isUnderWay: boolean, ...receives: number[]): Promise<number[]> {
  const hidden = new Map<string, number>();
  const nothing = { add: () => undefined, flush: () => undefined, log: () => undefined };
  const indexer = {
    indexDocuments: {
      execute: (received: readonly ReceivedAction[]) =>
        Promise.resolve({ outcomes: received.map(() => again(fault, isUnderWay)), unrepaired: [] }),
    },
    source: {
      giveBack: (received: readonly ReceivedAction[], delayMs: number) => {
        for (const { message } of received) hidden.set(message, delayMs / 1_000);
        return Promise.resolve(received.map(() => 'done'));
      },
    },
    ...{ metrics: nothing, logger: nothing, clock: { now: () => 0 } },
  } as unknown as Indexer;
  const Records = receives.map((count, n) => ({
    ...{ messageId: String(n), receiptHandle: 'r', body: '{}' },
    attributes: { ApproximateReceiveCount: String(count) },
  }));
  await indexEvent({ Records }, indexer, NO_LIMIT);
  return receives.map((_, n) => hidden.get(String(n)) ?? NaN);
}

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
});
