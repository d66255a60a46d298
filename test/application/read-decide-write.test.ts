import { expect } from 'chai';
import type { Result } from '../../src/application/result.ts';
import { type Decision, readDecideWrite } from '../../src/application/read-decide-write.ts';
import { NO_LIMIT, type TimeLimit } from '../../src/application/time-limit.ts';
import { Fault } from '../../src/domain/fault.ts';
import { aRetrier } from './doubles.ts';

const throttled = new Fault('transient', 'throttled');
const NO_RESULT = 'the adapter gave no result for this effect';

type Decided = Decision<'written' | 'kept', string> | 'conflict' | undefined;

interface Script {
  /** What is read for a group: itself unless told otherwise. */
  readonly read?: (group: string) => string | Fault;
  /** How many groups have a result of the reading. */
  readonly reads?: number;
  /** What is decided on a state: to write it, unless told otherwise. */
  readonly decide?: (state: string, reading: number) => Decided;
  /** What becomes of a write: it is done unless told otherwise. */
  readonly write?: (write: string, writing: number) => Result | undefined;
}

/** Tries groups, each named like its state and its write, and says what became of them. */
async function run(groups: readonly string[], script: Script, limit: TimeLimit = NO_LIMIT) {
  const read = (group: string) => script.read?.(group) ?? group;
  const decide = script.decide ?? ((state: string): Decided => ({ tally: 'written', write: state }));
  const loads: (readonly string[])[] = [];
  const writes: (readonly string[])[] = [];
  const tally = { written: 0, kept: 0 };
  const attempt = readDecideWrite<string, string, string, 'written' | 'kept'>(
    {
      load: async (pending) => {
        loads.push(pending);
        return pending.map(read).slice(0, script.reads);
      },
      decide: (_, state): Decided => (state === undefined ? undefined : decide(state, loads.length)),
      write: async (given) => {
        writes.push(given);
        return given
          .map((one) => (script.write === undefined ? 'done' : script.write(one, writes.length)))
          .filter((result) => result !== undefined);
      },
    },
    tally,
  );
  const faults = await aRetrier().run(groups, attempt, limit);
  const words = Array.from(faults, (fault) => (fault ? `${fault.kind}: ${fault.message}` : 'done'));
  return { loads, writes, tally, faults: words };
}

const CONTENDED = 'conflict: another writer got in between at each of 8 attempts';

describe('readDecideWrite', () => {
  it('given no groups, then it reads and writes nothing', async () => {
    expect(await run([], {})).to.deep.equal({
      loads: [],
      writes: [],
      tally: { written: 0, kept: 0 },
      faults: [],
    });
  });

  it('given groups, then all are read in one call, and what is decided to be written in another', async () => {
    const decide = (state: string): Decided =>
      state === 'b' ? { tally: 'kept', write: undefined } : { tally: 'written', write: `new ${state}` };
    expect(await run(['a', 'b', 'c'], { decide })).to.deep.equal({
      loads: [['a', 'b', 'c']],
      writes: [['new a', 'new c']],
      tally: { written: 2, kept: 1 },
      faults: ['done', 'done', 'done'],
    });
  });

  it('given conflicts of one, then only that one is read and decided again', async () => {
    const { loads, tally } = await run(['a', 'b'], {
      write: (write, writing) => (write === 'a' && writing < 3 ? 'conflict' : 'done'),
    });
    expect(loads).to.deep.equal([['a', 'b'], ['a'], ['a']]);
    expect(tally.written).to.equal(2);
  });

  for (const [conflicts, fault] of [
    [7, 'done'],
    [8, CONTENDED],
  ] as const)
    it(`given ${conflicts} conflicts where 8 attempts are made, then it is ${fault}`, async () => {
      const { writes, tally, faults } = await run(['a'], {
        write: (_, writing) => (writing <= conflicts ? 'conflict' : 'done'),
      });
      expect(writes).to.have.length(8);
      expect(faults).to.deep.equal([fault]);
      expect(tally.written).to.equal(fault === 'done' ? 1 : 0);
    });

  it('given a state that nothing can be decided on, then it writes nothing, and reads again', async () => {
    const decide = (_: string, reading: number): Decided =>
      reading === 1 ? 'conflict' : { tally: 'kept', write: undefined };
    const { loads, writes, tally } = await run(['a'], { decide });
    expect([loads.length, writes.length, tally.kept]).to.deep.equal([2, 0, 1]);
    expect((await run(['a'], { decide: () => 'conflict' })).faults).to.deep.equal([CONTENDED]);
  });

  const failures: readonly (readonly [what: string, script: Script, a: string])[] = [
    ['a fault to read it', { read: (group) => (group === 'a' ? throttled : group) }, 'transient: throttled'],
    [
      'a fault to write it',
      { write: (write) => (write === 'a' ? throttled : 'done') },
      'transient: throttled',
    ],
    ['no result of its reading', { reads: 1 }, `transient: ${NO_RESULT}`],
    [
      'no result of its writing',
      { write: (w) => (w === 'a' ? undefined : 'done') },
      `transient: ${NO_RESULT}`,
    ],
  ];
  for (const [what, script, fault] of failures)
    it(`given ${what}, then that one has failed, is not tried again, and no other has failed`, async () => {
      const { writes, tally, faults } = await run(['b', 'a'], script);
      expect(faults).to.deep.equal(['done', fault]);
      expect(writes).to.have.length(1);
      expect(tally.written).to.equal(1);
    });

  it('given a reading that throws, then all have failed', async () => {
    const read = (): never => {
      throw throttled;
    };
    expect((await run(['a', 'b'], { read })).faults).to.deep.equal([
      'transient: throttled',
      'transient: throttled',
    ]);
  });

  it('given that the time is up as it reads, then nothing is written, and all have failed', async () => {
    const stopping = new AbortController();
    const read = (group: string) => {
      // At once, before anything could be abandoned: the reading still gives its results.
      stopping.abort();
      return group;
    };
    const limit: TimeLimit = { signal: stopping.signal, remaining: () => Infinity };
    const { writes, tally, faults } = await run(['a'], { read }, limit);
    expect(writes).to.deep.equal([]);
    expect(faults[0]).to.match(/^transient: out of time/);
    expect(tally.written).to.equal(0);
  });
});
