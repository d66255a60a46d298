import { expect } from 'chai';
import { ContainerModule } from 'inversify';
import { SearchQueue } from '../../src/application/ports/search-queue.ts';
import type { Done } from '../../src/application/result.ts';
import { Fault } from '../../src/domain/fault.ts';
import type { SearchAction } from '../../src/domain/search-action.ts';
import { createMemoryWorker, type MemoryWorkerOptions } from '../../src/entrypoints/memory-worker.ts';
import { faaRow, icaoVariantRow, linkRow, SourceTable } from '../support/stream-records.ts';

/** Answers as told, and counts how often it is asked. */
class ScriptedQueue extends SearchQueue {
  calls = 0;
  signal: AbortSignal | undefined;
  readonly #answer: () => Promise<readonly Done[]>;

  constructor(answer: () => Promise<readonly Done[]>) {
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

const MANY_LONG_PAUSES = { attempts: 100, conflicts: 100, baseMs: 60_000, capMs: 60_000 };

function handlerOn(
  queue: SearchQueue,
  options: Pick<MemoryWorkerOptions, 'deadlineMarginMs' | 'stop' | 'retries'> = {},
) {
  const module = new ContainerModule(({ rebind }) => void rebind(SearchQueue).toConstantValue(queue));
  return createMemoryWorker({
    log: { level: 'silent' },
    deadlineMarginMs: 100,
    retries: MANY_LONG_PAUSES,
    modules: [module],
    ...options,
  }).handler;
}

/** What Lambda says of the time that is left, when there were so many milliseconds at the start. */
function contextWith(milliseconds: number) {
  const end = performance.now() + milliseconds;
  return { getRemainingTimeInMillis: () => end - performance.now() };
}

function contextSaying(remaining: unknown) {
  return { getRemainingTimeInMillis: () => remaining };
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

async function rejection(promise: Promise<unknown>): Promise<Error> {
  return promise.then(
    () => expect.fail('expected a rejection'),
    (error: unknown) => error as Error,
  );
}

describe('the deadline', () => {
  it('given a port that never answers, when the time runs low, then the rest is reported before it is up', async () => {
    const queue = new ScriptedQueue(forever);
    // A margin in which a machine that is busy comes to its senses.
    const handler = handlerOn(queue, { deadlineMarginMs: 15_000 });
    const [response, took] = await elapsed(() => handler({ Records: records() }, contextWith(16_000)));
    expect(response).to.deep.equal({ batchItemFailures: [{ itemIdentifier: '2' }] });
    expect(took).to.be.within(500, 16_000);
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

  it('given a margin that leaves no time on entry, then a configuration fault says so, and no port is called', async () => {
    const queue = new ScriptedQueue(async () => ['done']);
    const handler = handlerOn(queue);
    for (const left of [100, 50, 0, -5_000]) {
      const fault = await rejection(
        handler({ Records: records() }, { getRemainingTimeInMillis: () => left }),
      );
      expect(fault).to.be.instanceOf(Fault).and.have.property('kind', 'configuration');
      expect(fault.message)
        .to.contain('DEADLINE_MARGIN_MS is 100, ')
        .and.contain(`gave this invocation ${left} ms`)
        .and.match(/set DEADLINE_MARGIN_MS well below the function's timeout/);
    }
    expect(queue.calls).to.equal(0);
  });

  const clockless: readonly (readonly [string, unknown])[] = [
    ['no context', undefined],
    ['null', null],
    ['an empty context', {}],
    ['a clock that is no function', { getRemainingTimeInMillis: 7 }],
    ['a clock that tells NaN', contextSaying(NaN)],
    ['a clock that tells a text', contextSaying('soon')],
    [
      'a clock that throws',
      {
        getRemainingTimeInMillis: () => {
          throw new Error('broken');
        },
      },
    ],
    ['time enough', contextWith(900_000)],
    ['more time than a timer can wait', contextSaying(2 ** 31 + 1_000)],
    ['25 days', contextSaying(25 * 24 * 3_600_000)],
    ['more time than can be counted', contextSaying(Number.MAX_SAFE_INTEGER)],
    ['endless time', contextSaying(Infinity)],
  ];
  for (const [name, context] of clockless)
    it(`given ${name}, then there is no limit, at the start or later`, async () => {
      // The effect waits long enough for a timer that has overflowed, and is tried again: which asks for the time.
      const answers = [new Fault('transient', 'throttled'), 'done' as const];
      const queue = new ScriptedQueue(async () => {
        await new Promise((resolve) => setTimeout(resolve, 20));
        return [answers.shift()!];
      });
      const handler = handlerOn(queue, { retries: { attempts: 2, conflicts: 1, baseMs: 1, capMs: 1 } });
      expect(await handler({ Records: records() }, context as never)).to.deep.equal({
        batchItemFailures: [],
      });
      expect(queue.calls).to.equal(2);
    });

  it('given a clock that goes backwards while it waits, then the timer still ends the wait', async () => {
    const times = [200, 900_000, 900_000];
    const context = { getRemainingTimeInMillis: () => times.shift() ?? 900_000 };
    const [response, took] = await elapsed(() =>
      handlerOn(new ScriptedQueue(forever))({ Records: records() }, context),
    );
    expect(response.batchItemFailures).to.have.length(1);
    expect(took).to.be.below(15_000);
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
    const handler = handlerOn(new ScriptedQueue(async () => ['done']), { stop: signal });
    await handler({ Records: records() }, contextWith(900_000));
    expect(listeners).to.equal(0);
    expect(process.getActiveResourcesInfo().filter((name) => name === 'Timeout')).to.have.length.below(3);
  });
});
