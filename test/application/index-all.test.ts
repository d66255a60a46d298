import { expect } from 'chai';
import { again, type IndexOutcome, LATE_MS } from '../../src/application/index-outcome.ts';
import { indexAll } from '../../src/application/index-all.ts';
import { MemorySearchActionSource } from '../../src/adapters/memory/memory-search-action-source.ts';
import { MemorySearchQueue } from '../../src/adapters/memory/memory-search-queue.ts';
import type { ReceivedAction, SearchActionSource } from '../../src/application/ports/search-action-source.ts';
import { Fault } from '../../src/domain/fault.ts';
import { ManualTime } from '../support/manual-time.ts';
import { action } from './indexing.ts';

describe('indexAll', () => {
  async function indexing(
    outcomeOf: (message: ReceivedAction, n: number) => IndexOutcome,
    actions = [action('N1', 1), action('N2', 1)],
  ) {
    const queue = new MemorySearchQueue();
    await queue.send(actions);
    const { clock, sleeper } = new ManualTime();
    const options = { clock, sleeper, visibilityMs: 4 * LATE_MS };
    const source: SearchActionSource = new MemorySearchActionSource(queue, options);
    const documents = {
      execute: async (received: readonly ReceivedAction[]) => ({
        outcomes: received.map(outcomeOf),
        unrepaired: [],
      }),
    };
    return { queue, source, clock, run: () => indexAll({ source, documents, sleeper }) };
  }

  const idOf = ({ action: one }: ReceivedAction) => (Fault.is(one) ? one.message : one.key.id);
  const isFirst = (message: ReceivedAction) => idOf(message) === 'FAA:N1';
  const done: IndexOutcome = { status: 'done', as: 'written' };

  it('given what may pass, then it is tried again after its delay, until the queue is empty', async () => {
    const { queue, clock, run } = await indexing((message) =>
      isFirst(message) && message.receives === 1
        ? { status: 'again', fault: new Fault('transient', 'busy'), delayMs: 700 }
        : done,
    );
    const began = clock.now();
    expect(await run()).to.deep.equal([]);
    // As all that is given back: twice as long each time.
    expect(clock.now() - began).to.be.within(2_000, 3_000);
    expect(queue.groups.size).to.equal(0);
  });

  it('given a write that may yet take effect, then nobody else is given its message before that', async () => {
    const { queue, source, clock, run } = await indexing((message) => {
      if (!isFirst(message)) return done;
      tried.push(clock.now());
      return message.receives === 1 ? again(new Fault('transient', 'no answer'), true) : done;
    });
    const tried: number[] = [];
    const others: string[] = [];
    const giveBack = source.giveBack.bind(source);
    source.giveBack = async (...args) => {
      const results = await giveBack(...args);
      // Another process's.
      others.push(...(await source.receive({ max: 10, waitMs: 0 })).map(idOf));
      return results;
    };
    expect(await run()).to.deep.equal([]);
    expect(others).to.deep.equal([]);
    expect(tried[1]! - tried[0]!).to.be.within(LATE_MS, LATE_MS + 2_000);
    expect(queue.groups.size).to.equal(0);
  });

  it('given what is refused for good, then it is taken off the queue, and told', async () => {
    const { queue, run } = await indexing((message) =>
      isFirst(message) ? again(new Fault('permanent', 'no')) : done,
    );
    expect((await run()).map(({ message }) => message)).to.deep.equal(['no']);
    expect(queue.groups.size).to.equal(0);
  });

  it('given a queue that keeps dead letters, when one is refused for good, then it is given that with its reason', async () => {
    const { queue, source, run } = await indexing((message) =>
      isFirst(message) ? again(new Fault('permanent', 'no')) : done,
    );
    const kept: string[] = [];
    source.refuse = async (refused) => {
      kept.push(...refused.map(({ received, fault }) => `${received.message}: ${fault.message}`));
      return source.acknowledge(refused.map(({ received }) => received));
    };
    expect((await run()).map(({ message }) => message)).to.deep.equal(['no']);
    expect(kept).to.deep.equal(['1: no']);
    expect(queue.groups.size).to.equal(0);
  });

  it('given what an operator has to mend, then it ends with that, once the rest of the batch is settled', async () => {
    const unmended = again(new Fault('configuration', 'no collection'));
    const outcomes = [
      unmended,
      again(new Fault('permanent', 'no')),
      done,
      again(new Fault('transient', 'busy')),
    ];
    const { queue, source, run } = await indexing(
      (_, n) => outcomes[n]!,
      outcomes.map((_, n) => action(`N${n + 1}`, 1)),
    );
    const settled: string[] = [];
    source.refuse = async (refused) => {
      settled.push(...refused.map(({ received }) => idOf(received)));
      return source.acknowledge(refused.map(({ received }) => received));
    };
    const ended = await run().catch((error: unknown) => error);
    expect(ended).to.have.property('message', 'no collection');
    expect(settled).to.deep.equal(['FAA:N2']);
    expect(queue.groups.size).to.equal(2);
    expect((await source.receive({ max: 10, waitMs: 0 })).map(idOf)).to.include('FAA:N1');
  });
});
