import { expect } from 'chai';
import fc from 'fast-check';
import { MemoryMetrics } from '../../src/adapters/memory/memory-metrics.ts';
import { Random } from '../../src/application/ports/random.ts';
import type { Result } from '../../src/application/result.ts';
import { DEFAULT_RETRIES, Retrier, type RetryPolicy } from '../../src/application/retry.ts';
import { NO_LIMIT, type TimeLimit } from '../../src/application/time-limit.ts';
import { Fault } from '../../src/domain/fault.ts';
import { FixedRandom, RecordingSleeper } from './doubles.ts';

const throttled = new Fault('transient', 'throttled');
const refused = new Fault('permanent', 'refused');
const POLICY: RetryPolicy = { attempts: 4, conflicts: 6, baseMs: 100, capMs: 300 };

function retrying(policy: Partial<RetryPolicy> = {}, random: Random = new FixedRandom(0.5)) {
  const sleeper = new RecordingSleeper();
  const metrics = new MemoryMetrics();
  return { retrier: new Retrier(sleeper, random, metrics, { ...POLICY, ...policy }), sleeper, metrics };
}

/** Answers each item with the next of its own results, and notes what it is asked. */
function scripted(script: Readonly<Record<string, readonly (Result | undefined)[]>>) {
  const asked: string[][] = [];
  const attempt = async (pending: readonly string[]): Promise<readonly (Result | undefined)[]> => {
    const round = asked.push([...pending]);
    const before = (item: string) => asked.slice(0, round - 1).filter((items) => items.includes(item)).length;
    return pending.map((item) => script[item]?.[before(item)]);
  };
  return { asked, attempt };
}

function limit(controller: AbortController, remaining = Infinity): TimeLimit {
  return { signal: controller.signal, remaining: () => remaining };
}

describe('Retrier', () => {
  it('given effects that are done at once, then nothing is tried twice, and nothing waits', async () => {
    const { retrier, sleeper } = retrying();
    const { asked, attempt } = scripted({ a: ['done'], b: ['done'] });
    expect(await retrier.run(['a', 'b'], attempt, NO_LIMIT)).to.deep.equal([undefined, undefined]);
    expect(asked).to.deep.equal([['a', 'b']]);
    expect(sleeper.pauses).to.deep.equal([]);
  });

  it('given no effects, then nothing is tried', async () => {
    const { asked, attempt } = scripted({});
    expect(await retrying().retrier.run([], attempt, NO_LIMIT)).to.deep.equal([]);
    expect(asked).to.deep.equal([]);
  });

  it('given transient faults, then only the effects that met them are tried again, after a pause', async () => {
    const { retrier, sleeper, metrics } = retrying();
    const { asked, attempt } = scripted({
      a: [throttled, throttled, 'done'],
      b: ['done'],
      c: [throttled, 'done'],
    });
    expect(await retrier.run(['a', 'b', 'c'], attempt, NO_LIMIT)).to.deep.equal([
      undefined,
      undefined,
      undefined,
    ]);
    expect(asked).to.deep.equal([['a', 'b', 'c'], ['a', 'c'], ['a']]);
    expect(sleeper.pauses).to.deep.equal([50, 100]);
    expect(metrics.total('Retries')).to.equal(3);
    expect(metrics.total('Conflicts')).to.equal(0);
  });

  it('given a fault that stays, then it is given back after the last attempt', async () => {
    const { retrier, sleeper } = retrying();
    const { asked, attempt } = scripted({ a: [throttled, throttled, throttled, throttled, 'done'] });
    expect(await retrier.run(['a'], attempt, NO_LIMIT)).to.deep.equal([throttled]);
    expect(asked).to.have.length(4);
    expect(sleeper.pauses, 'bounds double up to the cap').to.deep.equal([50, 100, 150]);
  });

  for (const fault of [refused, new Fault('configuration', 'no such table')])
    it(`given a ${fault.kind} fault, then it is not tried again`, async () => {
      const { retrier } = retrying();
      const { asked, attempt } = scripted({ a: [fault, 'done'], b: [throttled, 'done'] });
      expect(await retrier.run(['a', 'b'], attempt, NO_LIMIT)).to.deep.equal([fault, undefined]);
      expect(asked).to.deep.equal([['a', 'b'], ['b']]);
    });

  it('given conflicts, then they have a number of attempts of their own, and are counted apart', async () => {
    const { retrier, metrics } = retrying();
    const { attempt, asked } = scripted({
      a: ['conflict', 'busy', throttled, 'conflict', throttled, 'done'],
      b: ['conflict', 'conflict', 'conflict', 'conflict', 'conflict', 'conflict', 'done'],
    });
    const [a, b] = await retrier.run(['a', 'b'], attempt, NO_LIMIT);
    expect(a).to.equal(undefined);
    expect(b).to.include({
      kind: 'conflict',
      message: 'another writer got in between at each of 6 attempts',
    });
    expect(asked).to.have.length(6);
    expect(metrics.total('Retries')).to.equal(2);
    expect(metrics.total('Conflicts')).to.equal(3 + 5);
  });

  it('given a fault of kind conflict, then it is tried like a conflict', async () => {
    const { retrier, metrics } = retrying({ attempts: 1 });
    const { attempt } = scripted({ a: [new Fault('conflict', 'locked'), 'done'] });
    expect(await retrier.run(['a'], attempt, NO_LIMIT)).to.deep.equal([undefined]);
    expect(metrics.total('Conflicts')).to.equal(1);
  });

  it('given an adapter that answers too little, then what it left out has failed, and is tried again', async () => {
    const { retrier } = retrying({ attempts: 2 });
    const { attempt } = scripted({ a: ['done'], b: [undefined, undefined] });
    const [a, b] = await retrier.run(['a', 'b'], attempt, NO_LIMIT);
    expect(a).to.equal(undefined);
    expect(b).to.include({ kind: 'transient', message: 'the adapter gave no result for this effect' });
  });

  it('given an attempt that throws, then all of it has failed, with the error as cause', async () => {
    const { retrier } = retrying({ attempts: 1 });
    const failure = new TypeError('socket hang up');
    const faults = await retrier.run(['a', 'b'], () => Promise.reject(failure), NO_LIMIT);
    for (const fault of faults) expect(fault).to.include({ kind: 'transient', cause: failure });
    expect(faults).to.have.length(2);
  });

  it('draws each pause from nothing up to its bound', async () => {
    await fc.assert(
      fc.asyncProperty(fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }), async (drawn) => {
        const { retrier, sleeper } = retrying({}, new FixedRandom(drawn));
        await retrier.run(['a'], async () => [throttled], NO_LIMIT);
        expect(sleeper.pauses).to.deep.equal([100, 200, 300].map((bound) => drawn * bound));
      }),
    );
  });

  describe('given a time limit', () => {
    it('that is past before the first attempt, then nothing is tried, and all has failed', async () => {
      const { retrier } = retrying();
      const { asked, attempt } = scripted({ a: ['done'] });
      const [fault] = await retrier.run(['a'], attempt, limit(abortedController()));
      expect(fault).to.include({ kind: 'transient' });
      expect(fault?.message).to.match(/out of time.*not attempted/);
      expect(asked).to.deep.equal([]);
    });

    it('that a pause would not end before, then it is not begun, and the fault is the effect’s own', async () => {
      const { retrier, sleeper } = retrying();
      const { asked, attempt } = scripted({ a: [throttled, 'done'] });
      expect(await retrier.run(['a'], attempt, limit(new AbortController(), 50))).to.deep.equal([throttled]);
      expect(sleeper.pauses).to.deep.equal([]);
      expect(asked).to.have.length(1);

      const longer = retrying();
      const again = scripted({ a: [throttled, 'done'] });
      expect(await longer.retrier.run(['a'], again.attempt, limit(new AbortController(), 51))).to.deep.equal([
        undefined,
      ]);
    });

    it('that passes during a pause, then nothing more is tried', async () => {
      const controller = new AbortController();
      const sleeper = new RecordingSleeper();
      sleeper.sleep = async () => controller.abort();
      const retrier = new Retrier(sleeper, new FixedRandom(0), new MemoryMetrics(), POLICY);
      const { asked, attempt } = scripted({ a: [throttled, 'done'] });
      expect(await retrier.run(['a'], attempt, limit(controller))).to.deep.equal([throttled]);
      expect(asked).to.have.length(1);
    });

    it('that passes during an attempt, then it returns at once, and leaves what it waits for', async () => {
      const controller = new AbortController();
      const { retrier } = retrying();
      let seen: AbortSignal | undefined;
      const forever = (_: readonly string[], signal: AbortSignal) => {
        seen = signal;
        return new Promise<never>(() => undefined);
      };
      const settled = retrier.run(['a', 'b'], forever, limit(controller));
      controller.abort();
      const [a, b] = await settled;
      expect(a?.message).to.match(/may or may not/);
      expect(b?.kind).to.equal('transient');
      expect(seen).to.equal(controller.signal);
    });

    it('that passes while an attempt fails late, then no rejection is left unhandled', async () => {
      const controller = new AbortController();
      const unhandled: unknown[] = [];
      const note = (reason: unknown) => unhandled.push(reason);
      process.on('unhandledRejection', note);
      const late = () =>
        new Promise<never>((_resolve, reject) => setTimeout(() => reject(new Error('too late')), 5));
      const settled = retrying().retrier.run(['a'], late, limit(controller));
      controller.abort();
      await settled;
      await new Promise((resolve) => setTimeout(resolve, 20));
      process.off('unhandledRejection', note);
      expect(unhandled).to.deep.equal([]);
    });
  });

  it('by default tries four times, within two seconds of pauses each', () => {
    expect(DEFAULT_RETRIES).to.deep.equal({ attempts: 4, conflicts: 16, baseMs: 50, capMs: 2_000 });
  });
});

function abortedController(): AbortController {
  const controller = new AbortController();
  controller.abort();
  return controller;
}
