import { expect } from 'chai';
import { MemoryEffectLog } from '../../src/adapters/memory/memory-effect-log.ts';
import type { EffectLog } from '../../src/application/ports/effect-log.ts';
import { Sleeper } from '../../src/application/ports/sleeper.ts';
import type { EffectsResult } from '../../src/application/run-effects.ts';
import type { TimeLimit } from '../../src/application/time-limit.ts';
import { type EffectContext, skip } from '../../src/domain/definition/effect.ts';
import { Fault } from '../../src/domain/fault.ts';
import { range } from '../support/range.ts';
import { SourceTable, type StreamRecord } from '../support/stream-records.ts';
import {
  asked,
  type EffectsParts,
  type OrderChange,
  type OrderSpec,
  ScriptedEffectLog,
  someEffects,
  withEffects,
} from './effects.ts';
import { orderRow } from './shop.ts';

/** Some changes of some orders: `a1` is the first change of order a. */
function changesOf(...names: readonly string[]): StreamRecord[] {
  const table = new SourceTable();
  return names.map((name) => table.put(orderRow('anna', name.slice(0, 1), { status: name, total: 1 })));
}

const ROW_A = 'the order row ["CUSTOMER#anna","ORDER#a"]';

const nameOf = ({ after }: OrderChange) => after?.status ?? 'gone';

interface Run extends EffectsResult {
  /** What became of each change, by its name. */
  readonly became: Readonly<Record<string, string>>;
}

/** Runs an effect for changes with these names. */
async function runFor(
  names: readonly string[],
  spec: OrderSpec,
  parts: EffectsParts & { readonly limit?: TimeLimit } = {},
): Promise<Run> {
  const commands = asked(withEffects({ badges: spec }), changesOf(...names));
  const result = await someEffects(parts).effects.execute(commands, parts.limit);
  const became = commands.map(({ change, given }): [string, string] => {
    const fault = result.failed.get(change);
    const word = result.waiting.has(change) ? 'waits' : 'done';
    return [nameOf(given as OrderChange), fault === undefined ? word : `${fault.kind}: ${fault.message}`];
  });
  return { ...result, became: Object.fromEntries(became) };
}

/** Notes which changes it is called for. */
function noting(run: (name: string, context: EffectContext) => unknown = () => undefined) {
  const ran: string[] = [];
  const spec = {
    run: async (change: OrderChange, context: EffectContext) => {
      ran.push(nameOf(change));
      return run(nameOf(change), context);
    },
  };
  return { ran, spec };
}

/** Lets others go on. */
async function someTime(turns: number): Promise<void> {
  for (let turn = 0; turn < turns; turn++) await Promise.resolve();
}

const THE_ROW = (id: string) => `the order row ["CUSTOMER#anna","ORDER#${id}"]`;

describe('an effect', () => {
  it('given changes, then it is called once for each, and each is done', async () => {
    const { ran, spec } = noting();
    const { became, tally } = await runFor(['a1', 'b1', 'a2'], spec);
    expect(ran).to.have.members(['a1', 'a2', 'b1']);
    expect(became).to.deep.equal({ a1: 'done', b1: 'done', a2: 'done' });
    expect(tally).to.deep.equal({ run: 3, skipped: 0, repeated: 0 });
  });

  it('given nothing to run for, then the log is not asked', async () => {
    const log = new ScriptedEffectLog({});
    expect((await runFor([], noting().spec, { log })).tally.run).to.equal(0);
    expect([log.loads, log.advances]).to.deep.equal([[], []]);
  });

  it('given a change, then it is given what the change is, and what its attempt is', async () => {
    let given: unknown;
    const spec: OrderSpec = {
      run: (change, { attempt, signal }) => {
        given = {
          ...{ key: change.key, before: change.before, after: change.after },
          attempt,
          aborted: signal.aborted,
        };
      },
    };
    await runFor(['a1'], spec);
    expect(given).to.deep.equal({
      key: { customer: 'anna', order: 'a' },
      before: undefined,
      after: { ...orderRow('anna', 'a', { status: 'a1', total: 1 }) },
      attempt: 1,
      aborted: false,
    });
  });

  it('given changes of one row, then each begins when the one before it has ended and is noted', async () => {
    const said: string[] = [];
    const log = new MemoryEffectLog();
    const { spec } = noting(async (name) => {
      said.push(`${name} begins`);
      await someTime(5);
      said.push(`${name} ends`);
    });
    const advance: EffectLog['advance'] = (moves) => {
      said.push('noted');
      return log.advance(moves);
    };
    await runFor(['a1', 'a2', 'a3'], spec, { log: new ScriptedEffectLog({ advance }, log) });
    expect(said).to.deep.equal(
      ['a1', 'a2', 'a3'].flatMap((name) => [`${name} begins`, `${name} ends`, 'noted']),
    );
  });

  it('given changes of many rows, then it runs for 24 of them at once, and no more', async () => {
    const names = range(60).map((n) => String.fromCharCode(0x4e00 + n));
    let [running, most] = [0, 0];
    const { spec } = noting(async () => {
      most = Math.max(most, ++running);
      await someTime(20);
      running--;
    });
    const { tally } = await runFor(names, spec);
    expect(tally.run).to.equal(60);
    expect(most).to.equal(24);
  });

  it('given changes of many rows, then they are loaded in one call, and noted in few', async () => {
    const names = range(60).map((n) => String.fromCharCode(0x4e00 + n));
    const log = new ScriptedEffectLog({});
    await runFor(names, noting().spec, { log });
    expect(log.loads).to.deep.equal([60]);
    expect(log.advances.reduce((sum, count) => sum + count)).to.equal(60);
    expect(log.advances.length).to.be.at.most(10);
  });

  it('given on and where, then it runs for the changes that pass both', async () => {
    const { ran, spec } = noting();
    await runFor(['a1', 'b1', 'a2', 'b2'], {
      ...spec,
      on: ['MODIFY'],
      where: ({ after, before }) => after?.status !== 'a2' && before?.status === 'b1',
    });
    expect(ran).to.deep.equal(['b2']);
  });

  it('given that it skips, then the change counts as skipped, says why, and does not come again', async () => {
    const log = new MemoryEffectLog();
    const { ran, spec } = noting((name) => (name === 'a1' ? skip('nothing to do') : undefined));
    const { effects, logger } = someEffects({ log });
    const commands = asked(withEffects({ badges: spec }), changesOf('a1', 'b1'));
    expect((await effects.execute(commands)).tally).to.deep.equal({ run: 1, skipped: 1, repeated: 0 });
    expect(logger.of('effect skipped')).to.deep.equal([
      { effect: 'badges', row: THE_ROW('a'), why: 'nothing to do' },
    ]);
    expect((await effects.execute(commands)).tally).to.deep.equal({ run: 0, skipped: 0, repeated: 2 });
    expect(ran).to.have.length(2);
  });
});

describe('an effect that fails', () => {
  const failing = (...names: readonly string[]) =>
    noting((name) => {
      if (names.includes(name)) throw new Error(`no ${name}`);
    });

  it('given an attempt that throws, then it is tried again as often as it says, with pauses that grow', async () => {
    const attempts: number[] = [];
    const { spec } = noting((_, { attempt }) => {
      attempts.push(attempt);
      if (attempt < 4) throw new Error('not yet');
    });
    const { effects, pauses } = someEffects();
    const commands = asked(withEffects({ badges: { ...spec, attempts: 4 } }), changesOf('a1'));
    expect((await effects.execute(commands)).failed.size).to.equal(0);
    expect(attempts).to.deep.equal([1, 2, 3, 4]);
    expect(pauses, 'half of 100, 200, 400').to.deep.equal([50, 100, 200]);
  });

  it('given a backoff of its own, then its pauses are drawn from that, and grow up to its cap', async () => {
    const { spec } = noting((_, { attempt }) => {
      if (attempt < 6) throw new Error('not yet');
    });
    const { effects, pauses } = someEffects();
    const own = { ...spec, attempts: 6, backoff: { baseMs: 20, capMs: 100 } };
    await effects.execute(asked(withEffects({ badges: own }), changesOf('a1')));
    expect(pauses, 'half of 20, 40, 80, 100, 100').to.deep.equal([10, 20, 40, 50, 50]);
  });

  it('given the clock, then each attempt is told its time', async () => {
    const times: number[] = [];
    const { spec } = noting((_, { attempt, now }) => {
      times.push(now());
      if (attempt < 3) throw new Error('not yet');
    });
    await runFor(['a1'], spec);
    expect(times).to.deep.equal([1_000, 2_000, 3_000]);
  });

  it('given two effects, then each counts what became of its changes, retries beside', async () => {
    const log = new MemoryEffectLog();
    const { effects, metrics } = someEffects({ log });
    const badges = noting((name, { attempt }) => {
      if (name === 'a2' || (name === 'b1' && attempt === 1)) throw new Error('no');
      return name === 'c1' ? skip('nothing to do') : undefined;
    }).spec;
    const definition = withEffects({ badges: { ...badges, attempts: 2 }, mails: noting().spec });
    const names = ['a1', 'a2', 'b1', 'c1', 'a3'];
    const figures = (name: string) =>
      (['processed', 'skip', 'duplicate', 'retry', 'dead_letter'] as const).map((heading) =>
        metrics.total(`${name}:${heading}`),
      );
    await effects.execute(asked(definition, changesOf(...names)));
    expect(figures('badges')).to.deep.equal([2, 1, 0, 2, 1]);
    expect(figures('mails')).to.deep.equal([5, 0, 0, 0, 0]);
    await effects.execute(asked(definition, changesOf(...names)));
    expect(figures('badges'), 'once more').to.deep.equal([2, 1, 3, 3, 2]);
    expect(figures('mails')).to.deep.equal([5, 0, 5, 0, 0]);
  });

  it('given states that cannot be loaded, then no effect counts what was never tried', async () => {
    const log = new ScriptedEffectLog({
      load: (rows) => Promise.resolve(rows.map(() => new Fault('configuration', 'not readable'))),
    });
    const { effects, metrics } = someEffects({ log });
    const { ran, spec } = failing('a1');
    const { failed } = await effects.execute(asked(withEffects({ badges: spec }), changesOf('a1')));
    expect([...failed.values()].map(({ message }) => message)).to.deep.equal(['not readable']);
    expect(ran).to.deep.equal([]);
    expect(metrics.total('badges:dead_letter')).to.equal(0);
  });

  it('given that it always throws, then its change fails, the later ones of its row wait, and others go on', async () => {
    const { ran, spec } = failing('a2');
    const { became, tally } = await runFor(['a1', 'a2', 'b1', 'a3', 'b2', 'a4'], { ...spec, attempts: 2 });
    expect(became).to.deep.equal({
      a1: 'done',
      a2: `transient: the effect badges failed for ${THE_ROW('a')}: no a2`,
      a3: 'waits',
      a4: 'waits',
      b1: 'done',
      b2: 'done',
    });
    expect(ran.filter((name) => name.startsWith('a'))).to.deep.equal(['a1', 'a2', 'a2']);
    expect(tally.run).to.equal(3);
  });

  it('given that it failed, when its changes are delivered again, then it runs for what it has not run for', async () => {
    const log = new MemoryEffectLog();
    const first = failing('a2');
    await runFor(['a1', 'a2', 'b1', 'a3'], first.spec, { log });
    const second = failing();
    const { tally } = await runFor(['a1', 'a2', 'b1', 'a3'], second.spec, { log });
    expect(second.ran).to.deep.equal(['a2', 'a3']);
    expect(tally).to.deep.equal({ run: 2, skipped: 0, repeated: 2 });
  });

  for (const [what, thrown, words] of [
    ['a string', 'a bare string', 'a bare string'],
    ['undefined', undefined, 'undefined'],
    ['an object without a prototype', Object.create(null), 'an object'],
    ['null', null, 'null'],
  ] as const)
    it(`given that it throws ${what}, then its change fails in words`, async () => {
      const { spec } = noting(() => {
        throw thrown;
      });
      const { became } = await runFor(['a1'], { ...spec, attempts: 1 });
      expect(became['a1']).to.equal(`transient: the effect badges failed for ${THE_ROW('a')}: ${words}`);
    });

  it('given that it throws before its first await, then it is the same', async () => {
    const spec: OrderSpec = {
      run: () => {
        throw new Error('at once');
      },
      attempts: 1,
    };
    expect((await runFor(['a1'], spec)).became['a1']).to.contain('at once');
  });

  it('given that many fail in words of their own, then they fail for one reason', async () => {
    const { failed } = await runFor(['a1', 'b1'], { ...failing('a1', 'b1').spec, attempts: 1 });
    expect([...failed.values()].map(({ reason }) => reason)).to.deep.equal(
      range(2).map(() => 'the effect badges failed'),
    );
  });

  for (const kind of ['permanent', 'configuration'] as const)
    it(`given that it throws a Fault of kind ${kind}, then it is not tried again, and the later changes wait`, async () => {
      const fault = new Fault(kind, 'as it is');
      const { ran, spec } = noting(() => {
        throw fault;
      });
      const { failed, became } = await runFor(['a1', 'a2'], spec);
      expect([...failed.values()]).to.deep.equal([fault]);
      expect(became['a2']).to.equal('waits');
      expect(ran).to.deep.equal(['a1']);
    });

  it('given two effects that fail for one change, then the fault that may pass is the one', async () => {
    const throwing = (kind: 'permanent' | 'transient'): OrderSpec => ({
      run: () => {
        throw new Fault(kind, kind);
      },
      attempts: 1,
    });
    for (const specs of [
      { one: throwing('permanent'), two: throwing('transient') },
      { one: throwing('transient'), two: throwing('permanent') },
    ]) {
      const { failed } = await someEffects().effects.execute(asked(withEffects(specs), changesOf('a1')));
      expect([...failed.values()].map(({ kind }) => kind)).to.deep.equal(['transient']);
    }
  });
});

/** A sleeper whose time is always up. */
class HastySleeper extends Sleeper {
  override async sleep(): Promise<void> {}
}

/** A limit that is up when somebody says so. */
function aLimit() {
  const controller = new AbortController();
  const limit: TimeLimit = { signal: controller.signal, remaining: () => Infinity };
  return { limit, end: () => controller.abort() };
}

describe('an effect that takes too long', () => {
  it('given that it never returns, then its attempt is aborted, it is tried again, and its change fails', async () => {
    const signals: AbortSignal[] = [];
    const { spec } = noting((_, { signal }) => {
      signals.push(signal);
      return new Promise(() => undefined);
    });
    const sleeper = new HastySleeper();
    const { became } = await runFor(['a1', 'a2'], { ...spec, attempts: 2, timeoutMs: 30 }, { sleeper });
    expect(became).to.deep.equal({
      a1: `transient: the effect badges failed for ${THE_ROW('a')}: it took longer than 30 ms`,
      a2: 'waits',
    });
    expect(signals.map(({ aborted }) => aborted)).to.deep.equal([true, true]);
  });

  it('given that it fails after its time, then nobody hears of it', async () => {
    let fail: (error: Error) => void = () => undefined;
    const { spec } = noting(() => new Promise((_, reject) => (fail = reject)));
    await runFor(['a1'], { ...spec, attempts: 1 }, { sleeper: new HastySleeper() });
    fail(new Error('too late'));
    await new Promise(setImmediate);
  });

  it('given that it has returned, then its signal is not aborted, and its time no longer runs', async () => {
    let given: AbortSignal | undefined;
    let ended: AbortSignal | undefined;
    const { spec } = noting((_, { signal }) => void (given = signal));
    const sleeper = new (class extends Sleeper {
      override sleep(_: number, signal: AbortSignal): Promise<void> {
        ended = signal;
        return new Promise((resolve) => signal.addEventListener('abort', () => resolve()));
      }
    })();
    await runFor(['a1'], spec, { sleeper });
    await new Promise(setImmediate);
    expect([given?.aborted, ended?.aborted]).to.deep.equal([false, true]);
  });

  it("given that the worker's time is up, then it is left, its signal is aborted, and no other begins", async () => {
    const { limit, end } = aLimit();
    let signal: AbortSignal | undefined;
    const { ran, spec } = noting((_, context) => {
      signal = context.signal;
      setImmediate(end);
      return new Promise(() => undefined);
    });
    const { became } = await runFor(['a1', 'a2'], spec, { limit });
    expect(became['a1']).to.contain(`transient: the effect badges for ${ROW_A}: out of time for this batch`);
    expect(became['a2']).to.equal('waits');
    expect(signal?.aborted).to.equal(true);
    expect(ran).to.deep.equal(['a1']);
  });

  it("given that the worker's time is up, then what ran before is noted already", async () => {
    const { limit, end } = aLimit();
    const log = new MemoryEffectLog();
    const { spec } = noting((name) => {
      if (name !== 'a2') return undefined;
      setImmediate(end);
      return new Promise(() => undefined);
    });
    await runFor(['a1', 'b1', 'a2'], spec, { limit, log });
    const again = noting();
    await runFor(['a1', 'b1', 'a2'], again.spec, { log });
    expect(again.ran).to.deep.equal(['a2']);
  });
});

describe('an effect that runs for many changes', () => {
  type Calls = string[][];
  const inCalls = (
    calls: Calls,
    run: (names: readonly string[], attempt: number) => unknown = () => undefined,
  ) => {
    const spec: OrderSpec = {
      runBatch: async (changes, { attempt }) => {
        calls.push(changes.map(nameOf));
        return run(changes.map(nameOf), attempt);
      },
    };
    return spec;
  };

  it('given the changes of many rows, then each row is once in a call, and the next call has its next', async () => {
    const calls: Calls = [];
    const { tally } = await runFor(['a1', 'b1', 'a2', 'c1', 'b2', 'a3'], inCalls(calls));
    expect(calls).to.deep.equal([['a1', 'b1', 'c1'], ['a2', 'b2'], ['a3']]);
    expect(tally.run).to.equal(6);
  });

  it('given that some is noted already, then the calls are without that', async () => {
    const log = new MemoryEffectLog();
    await runFor(['a1', 'b1'], inCalls([]), { log });
    const calls: Calls = [];
    const { tally } = await runFor(['a1', 'b1', 'a2', 'c1', 'a3'], inCalls(calls), { log });
    expect(calls).to.deep.equal([['a2', 'c1'], ['a3']]);
    expect(tally).to.deep.equal({ run: 3, skipped: 0, repeated: 2 });
  });

  it('given that a call throws, then it is tried again with the same, and all of it fails in the end', async () => {
    const calls: Calls = [];
    const spec = inCalls(calls, () => {
      throw new Error('the whole of it');
    });
    const { became } = await runFor(['a1', 'b1', 'a2'], { ...spec, attempts: 2 });
    expect(calls).to.deep.equal([
      ['a1', 'b1'],
      ['a1', 'b1'],
    ]);
    const words = `transient: the effect badges failed for ${THE_ROW('a')} and 1 more: the whole of it`;
    expect(became).to.deep.equal({ a1: words, b1: words, a2: 'waits' });
  });

  it('given a call that can never be handled, then what it holds is tried one by one, to find which', async () => {
    const calls: Calls = [];
    const spec = inCalls(calls, (names) => {
      if (names.includes('b1')) throw new Fault('permanent', 'never b1');
    });
    const { became } = await runFor(['a1', 'b1', 'c1', 'b2', 'c2'], spec);
    expect(calls).to.deep.equal([['a1', 'b1', 'c1'], ['a1'], ['b1'], ['c1'], ['c2']]);
    expect(became).to.deep.equal({
      a1: 'done',
      b1: 'permanent: never b1',
      c1: 'done',
      b2: 'waits',
      c2: 'done',
    });
  });

  it('given that a call skips, then all of it counts as skipped', async () => {
    const { tally } = await runFor(
      ['a1', 'b1'],
      inCalls([], () => skip('all of it')),
    );
    expect(tally).to.deep.equal({ run: 0, skipped: 2, repeated: 0 });
  });

  it('given another effect beside it, then both run', async () => {
    const [calls, { ran, spec }]: [Calls, ReturnType<typeof noting>] = [[], noting()];
    const definition = withEffects({ many: inCalls(calls), single: spec });
    await someEffects().effects.execute(asked(definition, changesOf('a1', 'b1')));
    expect([calls, ran]).to.deep.equal([[['a1', 'b1']], ['a1', 'b1']]);
  });
});

describe('the log of an effect', () => {
  it('given that it cannot be read, then the changes fail, and nothing runs', async () => {
    const log = new ScriptedEffectLog({ load: () => Promise.reject(new Error('no answer')) });
    const { ran, spec } = noting();
    const { became } = await runFor(['a1', 'a2'], spec, { log });
    expect(became).to.deep.equal({ a1: 'transient: no answer', a2: 'waits' });
    expect(ran).to.deep.equal([]);
  });

  it('given that one row cannot be read, then the others go on', async () => {
    const inner = new MemoryEffectLog();
    const load: EffectLog['load'] = async (rows) => {
      const states = await inner.load(rows);
      return states.map((state, n) => (n === 0 ? new Fault('transient', 'unread') : state));
    };
    const { became } = await runFor(['a1', 'b1'], noting().spec, {
      log: new ScriptedEffectLog({ load }, inner),
    });
    expect(became).to.deep.equal({ a1: 'transient: unread', b1: 'done' });
  });

  it('given that a note fails, then the note is tried again, and the effect does not run again', async () => {
    const inner = new MemoryEffectLog();
    let times = 0;
    const advance: EffectLog['advance'] = (moves) =>
      ++times < 3 ? Promise.reject(new Error('no answer')) : inner.advance(moves);
    const { ran, spec } = noting();
    const { became } = await runFor(['a1'], spec, {
      log: new ScriptedEffectLog({ advance }, inner),
      retries: { attempts: 3 },
    });
    expect(became).to.deep.equal({ a1: 'done' });
    expect(ran).to.deep.equal(['a1']);
  });

  it('given that it cannot be noted, then the change fails, the later ones wait, and it runs again when delivered again', async () => {
    const inner = new MemoryEffectLog();
    const log = new ScriptedEffectLog({ advance: async () => [new Fault('transient', 'not noted')] }, inner);
    const { ran, spec } = noting();
    const { became } = await runFor(['a1', 'a2'], spec, { log });
    expect(became).to.deep.equal({ a1: 'transient: not noted', a2: 'waits' });
    await runFor(['a1', 'a2'], spec, { log: inner });
    expect(ran).to.deep.equal(['a1', 'a1', 'a2']);
  });

  it('given that it gives no result, then the change fails', async () => {
    const log = new ScriptedEffectLog({ advance: async () => [] });
    expect((await runFor(['a1'], noting().spec, { log })).became['a1']).to.contain('gave no result');
  });

  it("given that a note's answer is lost, then what is noted decides", async () => {
    const inner = new MemoryEffectLog();
    const advance: EffectLog['advance'] = async (moves) => {
      await inner.advance(moves);
      return [new Fault('transient', 'the answer is lost')];
    };
    const { ran, spec } = noting();
    const { became } = await runFor(['a1', 'a2'], spec, { log: new ScriptedEffectLog({ advance }, inner) });
    expect(became).to.deep.equal({ a1: 'done', a2: 'done' });
    expect(ran).to.deep.equal(['a1', 'a2']);
  });

  it('given that another worker notes a later change meanwhile, then what it has run for is not run for', async () => {
    const log = new MemoryEffectLog();
    const { ran, spec } = noting(async (name) => {
      if (name === 'a1') await runFor(['a1', 'a2'], noting().spec, { log });
    });
    const { became, tally } = await runFor(['a1', 'a2', 'a3'], spec, { log });
    expect(became).to.deep.equal({ a1: 'done', a2: 'done', a3: 'done' });
    expect(ran).to.deep.equal(['a1', 'a3']);
    expect(tally).to.deep.equal({ run: 2, skipped: 0, repeated: 1 });
  });

  it('given a change that is older than what is noted, then it counts as repeated', async () => {
    const log = new MemoryEffectLog();
    const commands = asked(withEffects({ badges: noting().spec }), changesOf('a1', 'a2'));
    const { effects } = someEffects({ log });
    await effects.execute(commands.slice(1));
    expect((await effects.execute(commands.slice(0, 1))).tally).to.deep.equal({
      run: 0,
      skipped: 0,
      repeated: 1,
    });
  });
});

describe('an effect that writes with once', () => {
  /** Writes the names of the changes that it runs for. */
  const writing = (before: (name: string, context: EffectContext) => void = () => undefined) => {
    const written: string[] = [];
    const { ran, spec } = noting((name, context) => {
      before(name, context);
      context.once(() => written.push(name));
    });
    return { ran, spec, written };
  };

  it('given changes, then each is written once, in order, also when they are delivered again', async () => {
    const log = new MemoryEffectLog();
    const { spec, written } = writing();
    await runFor(['a1', 'a2'], spec, { log });
    await runFor(['a1', 'a2'], spec, { log });
    expect(written).to.deep.equal(['a1', 'a2']);
  });

  it('given an attempt that throws after it, then only what the last attempt gave is written', async () => {
    const written: string[] = [];
    const { spec } = noting((name, { once, attempt }) => {
      once(() => written.push(`${name} at attempt ${attempt}`));
      if (attempt < 3) throw new Error('not yet');
    });
    await runFor(['a1'], spec);
    expect(written).to.deep.equal(['a1 at attempt 3']);
  });

  it('given that it is called twice in an attempt, then that fails, and nothing is written', async () => {
    const { spec, written } = writing((_, { once }) => once(() => written.push('first')));
    const { became } = await runFor(['a1'], { ...spec, attempts: 1 });
    expect(became['a1']).to.contain('once was called twice in an attempt');
    expect(written).to.deep.equal([]);
  });

  for (const [what, nothing] of [
    ['undefined', undefined],
    ['null', null],
  ])
    it(`given ${what} to write, then that fails`, async () => {
      const { spec } = noting((_, { once }) => once(nothing));
      expect((await runFor(['a1'], { ...spec, attempts: 1 })).became['a1']).to.contain(
        `once was given ${what}`,
      );
    });

  it('given that it is called after its attempt has ended, then it throws, and nothing is written', async () => {
    let late: EffectContext['once'] = () => undefined;
    const { spec } = noting((_, { once }) => void (late = once));
    await runFor(['a1'], spec);
    expect(() => late(() => expect.fail('written'))).to.throw('after the attempt had ended');
  });

  it('given a write that fails, then the effect is tried again, and the change fails in the end', async () => {
    const { ran, spec } = noting((_, { once }) =>
      once(() => {
        throw new Error('no room');
      }),
    );
    const { became } = await runFor(['a1', 'a2'], { ...spec, attempts: 2 });
    expect(became).to.deep.equal({
      a1: `transient: the write of the effect badges for ${ROW_A} failed: no room`,
      a2: 'waits',
    });
    expect(ran).to.deep.equal(['a1', 'a1']);
  });

  it("given a write that is not of the backend's kind, then that is a configuration fault", async () => {
    const { ran, spec } = noting((_, { once }) => once({ Put: {} }));
    const { became } = await runFor(['a1'], spec);
    expect(became['a1']).to.contain(
      `configuration: the effect badges gave once an object for ${ROW_A}: in memory`,
    );
    expect(ran).to.deep.equal(['a1']);
  });

  it('given that the answer is lost, then it is written once, and the effect does not run again', async () => {
    const inner = new MemoryEffectLog();
    const advance: EffectLog['advance'] = async (moves) => {
      await inner.advance(moves);
      throw new Error('the answer is lost');
    };
    const { ran, spec, written } = writing();
    const { became } = await runFor(['a1'], spec, { log: new ScriptedEffectLog({ advance }, inner) });
    expect(became['a1']).to.equal('done');
    await runFor(['a1'], spec, { log: inner });
    expect(written).to.deep.equal(['a1']);
    expect(ran).to.deep.equal(['a1']);
  });

  it('given that another worker is quicker, then only one of them writes', async () => {
    const log = new MemoryEffectLog();
    const theirs = writing();
    const written: string[] = [];
    const { spec } = noting(async (name, { once }) => {
      await runFor(['a1', 'a2'], theirs.spec, { log });
      once(() => written.push(name));
    });
    const { became } = await runFor(['a1', 'a2'], spec, { log });
    expect(became).to.deep.equal({ a1: 'done', a2: 'done' });
    expect(theirs.written).to.deep.equal(['a1', 'a2']);
    expect(written).to.deep.equal([]);
  });

  it('given that another worker is quicker with an earlier change, then it runs again on what is there now', async () => {
    const log = new MemoryEffectLog();
    const theirs = writing();
    let times = 0;
    const { ran, spec, written } = writing();
    const definition = withEffects({ badges: spec });
    const [first, second] = asked(definition, changesOf('a1', 'a2'));
    const slow: OrderSpec = {
      run: async (change, context) => {
        if (++times === 1)
          await someEffects({ log }).effects.execute(
            asked(withEffects({ badges: theirs.spec }), changesOf('a1')),
          );
        await spec.run(change, context);
      },
    };
    const commands = asked(withEffects({ badges: slow }), changesOf('a1', 'a2')).slice(1);
    const { failed } = await someEffects({ log }).effects.execute(commands);
    expect([first, second, failed.size]).to.have.length(3);
    expect(theirs.written).to.deep.equal(['a1']);
    expect([ran, written]).to.deep.equal([['a2', 'a2'], ['a2']]);
  });
});
