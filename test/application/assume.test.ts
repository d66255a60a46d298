import { expect } from 'chai';
import type { Result } from '../../src/application/result.ts';
import { type Decision, readDecideWrite } from '../../src/application/read-decide-write.ts';
import { NO_LIMIT } from '../../src/application/time-limit.ts';
import { Fault, type FaultKind } from '../../src/domain/fault.ts';
import { range } from '../support/range.ts';
import { aRetrier } from './doubles.ts';

type Decided = Decision<'written' | 'kept', string> | undefined;

interface Script {
  /** What becomes of a write: it is done unless told otherwise. */
  readonly write?: (write: string) => Result | undefined;
  /** What is decided on a state: to write it, unless told otherwise. */
  readonly decide?: (state: string) => Decided;
  readonly read?: (group: string) => string | Fault;
  /** Why no state can be read. */
  readonly failing?: Fault;
}

/** Groups whose names begin with `a` are assumed. A write says of which group it is, and whether its state was read. */
async function run(groups: readonly string[], { write, decide, read, failing }: Script = {}) {
  const loads: (readonly string[])[] = [];
  const writes: (readonly string[])[] = [];
  const tally = { written: 0, kept: 0 };
  const attempt = readDecideWrite<string, string, string, 'written' | 'kept'>(
    {
      assume: (group) => (group.startsWith('a') ? { state: `assumed ${group}` } : undefined),
      load: async (pending) => {
        loads.push(pending);
        if (failing !== undefined) throw failing;
        return pending.map((group) => read?.(group) ?? `read ${group}`);
      },
      decide: (_, state): Decided =>
        state === undefined ? undefined : decide ? decide(state) : { tally: 'written', write: state },
      write: async (given) => {
        writes.push(given);
        return given.map((one) => (write === undefined ? 'done' : write(one)) as Result);
      },
    },
    tally,
  );
  const faults = await aRetrier().run(groups, attempt, NO_LIMIT);
  const results = Array.from(faults, (fault) => (fault ? `${fault.kind}: ${fault.message}` : 'done'));
  return { loads, writes, tally, results };
}

const faultOf = (kind: FaultKind) => new Fault(kind, 'not taken');
const isAssumed = (write: string) => write.startsWith('assumed');

describe('readDecideWrite, where states are assumed', () => {
  it('given that all are, when they are written, then nothing is read', async () => {
    expect(await run(['a1', 'a2'])).to.deep.equal({
      loads: [],
      writes: [['assumed a1', 'assumed a2']],
      tally: { written: 2, kept: 0 },
      results: ['done', 'done'],
    });
  });

  it('given that some are, then the others are read in one call, and all are written in one', async () => {
    expect(await run(['b1', 'a1', 'b2', 'a2'])).to.deep.equal({
      loads: [['b1', 'b2']],
      writes: [['read b1', 'assumed a1', 'read b2', 'assumed a2']],
      tally: { written: 4, kept: 0 },
      results: ['done', 'done', 'done', 'done'],
    });
  });

  it('given writes that are too busy, when tried again, then what was assumed or read is not read again', async () => {
    let busy = 4;
    const { loads, writes, results } = await run(['a1', 'b1'], {
      write: () => (busy-- > 0 ? 'busy' : 'done'),
    });
    expect(loads).to.deep.equal([['b1']]);
    expect(writes).to.deep.equal(range(3).map(() => ['assumed a1', 'read b1']));
    expect(results).to.deep.equal(['done', 'done']);
  });

  it('given a reading that fails, then only those that it was for have failed, and what was written is counted once', async () => {
    const { writes, tally, results } = await run(['a1', 'a2', 'b1'], {
      write: (write) => (write === 'assumed a2' ? 'conflict' : 'done'),
      failing: faultOf('configuration'),
    });
    expect(writes).to.deep.equal([['assumed a1', 'assumed a2']]);
    expect(tally).to.deep.equal({ written: 1, kept: 0 });
    expect(results).to.deep.equal(['done', 'configuration: not taken', 'configuration: not taken']);
  });

  it('given one that was too busy, and then meets a conflict, then it is read at once', async () => {
    const answers: Result[] = ['busy', 'conflict', 'done'];
    const { loads, writes } = await run(['b1'], { write: () => answers.shift() });
    expect(loads).to.deep.equal([['b1'], ['b1']]);
    expect(writes).to.have.length(3);
  });

  for (const [what, refusal] of [
    ['a conflict', 'conflict'],
    ['a configuration fault', faultOf('configuration')],
    ['a permanent fault', faultOf('permanent')],
  ] as const)
    it(`given ${what}, then that one alone is read, decided again at once, and counted once`, async () => {
      const { loads, writes, tally, results } = await run(['a1', 'a2', 'a3'], {
        write: (one) => (one === 'assumed a2' ? refusal : 'done'),
      });
      expect(loads).to.deep.equal([['a2']]);
      expect(writes).to.deep.equal([['assumed a1', 'assumed a2', 'assumed a3'], ['read a2']]);
      expect(tally).to.deep.equal({ written: 3, kept: 0 });
      expect(results).to.deep.equal(['done', 'done', 'done']);
    });

  for (const [what, result, message] of [
    ['a transient fault', faultOf('transient'), 'transient: not taken'],
    ['no result', undefined, 'transient: the adapter gave no result for this effect'],
  ] as const)
    it(`given ${what}, then it has nothing to do with what was assumed, and nothing is read`, async () => {
      const { loads, writes, tally, results } = await run(['a1', 'a2'], {
        write: (one) => (one === 'assumed a2' ? result : 'done'),
      });
      expect(loads).to.deep.equal([]);
      expect(writes).to.have.length(1);
      expect(tally.written).to.equal(1);
      expect(results).to.deep.equal(['done', message]);
    });

  it('given a refusal of what was read, then it stays one, and is not read again', async () => {
    const { loads, results } = await run(['b1', 'a1'], {
      write: (one) => (one === 'read b1' ? faultOf('configuration') : 'done'),
    });
    expect(loads).to.deep.equal([['b1']]);
    expect(results).to.deep.equal(['configuration: not taken', 'done']);
  });

  it('given a refusal that reading does not mend, then its fault is that of the second time', async () => {
    const { writes, tally, results } = await run(['a1'], {
      write: (one) => (isAssumed(one) ? faultOf('configuration') : new Fault('permanent', 'really not')),
    });
    expect(writes).to.deep.equal([['assumed a1'], ['read a1']]);
    expect(results).to.deep.equal(['permanent: really not']);
    expect(tally.written).to.equal(0);
  });

  it('given a doubtful one whose state cannot be read, then it has that fault', async () => {
    const { writes, results } = await run(['a1', 'a2'], {
      write: (one) => (one === 'assumed a1' ? 'conflict' : 'done'),
      read: () => faultOf('transient'),
    });
    expect(writes).to.have.length(1);
    expect(results).to.deep.equal(['transient: not taken', 'done']);
  });

  it('given a doubtful one where nothing is left to do, then it is counted as that alone', async () => {
    const { writes, tally, results } = await run(['a1'], {
      write: () => 'conflict',
      decide: (state) =>
        isAssumed(state) ? { tally: 'written', write: state } : { tally: 'kept', write: undefined },
    });
    expect(writes).to.deep.equal([['assumed a1']]);
    expect(tally).to.deep.equal({ written: 0, kept: 1 });
    expect(results).to.deep.equal(['done']);
  });

  it('given conflicts also after reading, then it is never assumed again', async () => {
    let conflicts = 3;
    const { writes, tally } = await run(['a1'], { write: () => (conflicts-- > 0 ? 'conflict' : 'done') });
    expect(writes).to.deep.equal([['assumed a1'], ['read a1'], ['read a1'], ['read a1']]);
    expect(tally.written).to.equal(1);
  });

  it('given any mixture of results, then each group has its own', async () => {
    const answers: Readonly<Record<string, Result>> = {
      'assumed a1': 'conflict',
      'read a1': faultOf('permanent'),
      'read b1': faultOf('transient'),
      'assumed a3': faultOf('configuration'),
      'assumed a4': faultOf('transient'),
    };
    const { loads, writes, tally, results } = await run(['a1', 'b1', 'a2', 'a3', 'b2', 'a4'], {
      write: (one) => answers[one] ?? 'done',
    });
    expect(loads).to.deep.equal([
      ['b1', 'b2'],
      ['a1', 'a3'],
    ]);
    expect(writes[1]).to.deep.equal(['read a1', 'read a3']);
    expect(results).to.deep.equal([
      'permanent: not taken',
      'transient: not taken',
      'done',
      'done',
      'done',
      'transient: not taken',
    ]);
    expect(tally.written).to.equal(3);
  });

  it('given that the time is up once the assumed are written, then no doubtful one is read', async () => {
    const stopping = new AbortController();
    const loads: (readonly string[])[] = [];
    const writes: (readonly string[])[] = [];
    const attempt = readDecideWrite<string, string, string, 'written'>(
      {
        assume: (group) => ({ state: group }),
        load: async (pending) => {
          loads.push(pending);
          return pending;
        },
        decide: (_, state): Decision<'written', string> => ({ tally: 'written', write: state ?? '' }),
        write: async (given) => {
          writes.push(given);
          stopping.abort();
          return given.map(() => 'conflict');
        },
      },
      { written: 0 },
    );
    const limit = { signal: stopping.signal, remaining: () => Infinity };
    const [fault] = await aRetrier().run(['a1'], attempt, limit);
    expect(fault?.message).to.match(/^out of time/);
    await new Promise((done) => setImmediate(done));
    expect(writes).to.deep.equal([['a1']]);
    expect(loads).to.deep.equal([]);
  });
});
