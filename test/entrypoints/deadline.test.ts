import { expect } from 'chai';
import { ContainerModule } from 'inversify';
import { SearchQueue } from '../../src/application/ports/search-queue.ts';
import { ProcessBatch } from '../../src/application/process-batch.ts';
import { Fault } from '../../src/domain/fault.ts';
import type { SearchAction } from '../../src/domain/search-action.ts';
import { compose } from '../../src/entrypoints/composition/container.ts';
import { memoryModule } from '../../src/entrypoints/composition/memory.module.ts';
import { systemModule } from '../../src/entrypoints/composition/system.module.ts';
import { createHandler } from '../../src/entrypoints/lambda/create-handler.ts';
import { faaRow, icaoVariantRow, linkRow, SourceTable } from '../support/stream-records.ts';

/** Answers as told, and counts how often it is asked. */
class ScriptedQueue extends SearchQueue {
  calls = 0;
  signal: AbortSignal | undefined;
  readonly #answer: () => Promise<readonly ('sent' | Fault)[]>;

  constructor(answer: () => Promise<readonly ('sent' | Fault)[]>) {
    super();
    this.#answer = answer;
  }

  override send(_: readonly SearchAction[], signal?: AbortSignal) {
    this.calls++;
    this.signal = signal;
    return this.#answer();
  }
}

const forever = () => new Promise<never>(() => undefined);
const throttled = async () => [new Fault('transient', 'throttled')];

function handlerOn(queue: SearchQueue, options: { deadlineMarginMs?: number; stop?: AbortSignal } = {}) {
  const container = compose(
    memoryModule,
    systemModule(
      { level: 'silent', stream: process.stderr, readable: false },
      { attempts: 100, conflicts: 100, baseMs: 60_000, capMs: 60_000 },
    ),
    new ContainerModule(({ rebind }) => void rebind(SearchQueue).toConstantValue(queue)),
  );
  return createHandler(container.get(ProcessBatch), {
    failureMode: 'report',
    deadlineMarginMs: 100,
    ...options,
  });
}

/** What Lambda says of the time that is left, when there were so many milliseconds at the start. */
function contextWith(milliseconds: number) {
  const end = performance.now() + milliseconds;
  return { getRemainingTimeInMillis: () => end - performance.now() };
}

function records() {
  const table = new SourceTable();
  return [
    table.put(linkRow('1', '2', ['CESSNA', '172', 'C172'])),
    table.put(faaRow('N1')),
    table.put(icaoVariantRow('x')),
  ];
}

async function elapsed<T>(work: () => Promise<T>): Promise<[T, number]> {
  const started = performance.now();
  const result = await work();
  return [result, performance.now() - started];
}

describe('the deadline', () => {
  it('given a port that never answers, when the time runs low, then the rest is reported before it is up', async () => {
    const queue = new ScriptedQueue(forever);
    const handler = handlerOn(queue);
    const [response, took] = await elapsed(() => handler({ Records: records() }, contextWith(300)));
    expect(response).to.deep.equal({ batchItemFailures: [{ itemIdentifier: '2' }] });
    expect(took).to.be.within(150, 300);
    expect(queue.signal?.aborted, 'the adapter is told to stop').to.equal(true);
  });

  it('given a fault that passes, when a pause would not end in time, then it is not begun', async () => {
    const queue = new ScriptedQueue(throttled);
    const [response, took] = await elapsed(() =>
      handlerOn(queue)({ Records: records() }, contextWith(5_000)),
    );
    expect(response.batchItemFailures).to.deep.equal([{ itemIdentifier: '2' }]);
    // Pauses are drawn from up to 60 s, so nearly all would go beyond the deadline.
    expect(took).to.be.below(4_950);
  });

  it('given a deadline already past on entry, then no port is called, and everything with an effect is reported', async () => {
    const queue = new ScriptedQueue(async () => ['sent']);
    const handler = handlerOn(queue);
    for (const left of [100, 50, 0, -5_000]) {
      const context = { getRemainingTimeInMillis: () => left };
      expect(await handler({ Records: records() }, context)).to.deep.equal({
        batchItemFailures: [{ itemIdentifier: '1' }],
      });
    }
    expect(queue.calls).to.equal(0);
  });

  it('given no context, or enough time, then there is no limit', async () => {
    for (const context of [undefined, contextWith(900_000)]) {
      const queue = new ScriptedQueue(async () => ['sent']);
      expect(await handlerOn(queue)({ Records: records() }, context)).to.deep.equal({
        batchItemFailures: [],
      });
      expect(queue.calls).to.equal(1);
    }
  });

  it('given a clock that goes backwards while it waits, then the timer still ends the wait', async () => {
    const times = [200, 900_000, 900_000];
    const context = { getRemainingTimeInMillis: () => times.shift() ?? 900_000 };
    const [response, took] = await elapsed(() =>
      handlerOn(new ScriptedQueue(forever))({ Records: records() }, context),
    );
    expect(response.batchItemFailures).to.have.length(1);
    expect(took).to.be.below(1_000);
  });

  it('given that the process is to stop, then the batch under way is reported at once, and later ones too', async () => {
    const stopping = new AbortController();
    const queue = new ScriptedQueue(forever);
    const handler = handlerOn(queue, { stop: stopping.signal });
    const under = handler({ Records: records() }, contextWith(900_000));
    setTimeout(() => stopping.abort(), 20);
    expect((await under).batchItemFailures).to.deep.equal([{ itemIdentifier: '2' }]);
    expect(await handler({ Records: records() }, contextWith(900_000))).to.deep.equal({
      batchItemFailures: [{ itemIdentifier: '1' }],
    });
    expect(queue.calls).to.equal(1);
  });

  it('leaves nothing behind that keeps the process up or hears the signal', async () => {
    const stopping = new AbortController();
    let listeners = 0;
    const { signal } = stopping;
    const add = signal.addEventListener.bind(signal);
    const remove = signal.removeEventListener.bind(signal);
    signal.addEventListener = (...parts: Parameters<typeof add>) => {
      listeners++;
      add(...parts);
    };
    signal.removeEventListener = (...parts: Parameters<typeof remove>) => {
      listeners--;
      remove(...parts);
    };
    const handler = handlerOn(new ScriptedQueue(async () => ['sent']), { stop: signal });
    await handler({ Records: records() }, contextWith(900_000));
    expect(listeners).to.equal(0);
    expect(process.getActiveResourcesInfo().filter((name) => name === 'Timeout')).to.have.length.below(3);
  });
});
