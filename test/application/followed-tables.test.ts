import { expect } from 'chai';
import { MemoryTableGenerations } from '../../src/adapters/memory/memory-table-generations.ts';
import { FollowedTables } from '../../src/application/followed-tables.ts';
import { Clock } from '../../src/application/ports/clock.ts';
import {
  type Adoption,
  type AdoptionOptions,
  type Following,
  TableGenerations,
} from '../../src/application/ports/table-generations.ts';
import { NO_LIMIT } from '../../src/application/time-limit.ts';
import { Fault } from '../../src/domain/fault.ts';
import { aRetrier } from './doubles.ts';

const [A, B] = ['arn:a', 'arn:b'];

class SetClock extends Clock {
  time = 1_000_000;

  override now(): number {
    return this.time;
  }
}

/** Counts what it is asked, and fails as often as it is told. */
class WatchedGenerations extends TableGenerations {
  readonly inner = new MemoryTableGenerations();
  readonly asked: string[] = [];
  failures: Error[] = [];

  override async generationOf(tableArn: string): Promise<Following> {
    this.asked.push(tableArn);
    const failure = this.failures.shift();
    if (failure !== undefined) throw failure;
    return this.inner.generationOf(tableArn);
  }

  override adopt(tableArn: string, options?: AdoptionOptions): Promise<Adoption> {
    return this.inner.adopt(tableArn, options);
  }
}

describe('FollowedTables', () => {
  let store: WatchedGenerations;
  let clock: SetClock;
  let tables: FollowedTables;

  beforeEach(() => {
    store = new WatchedGenerations();
    clock = new SetClock();
    tables = new FollowedTables(store, aRetrier({ attempts: 3 }), clock);
  });

  const ask = async (...arns: string[]) => {
    const found = await tables.generationsOf(new Set(arns), NO_LIMIT);
    return arns.map((arn) => {
      const answer = found.get(arn);
      return Fault.is(answer) ? `${answer.kind}: ${answer.message}` : answer;
    });
  };

  it('given the first table, when asked for, then it is generation 0', async () => {
    expect(await ask(A)).to.deep.equal([0]);
  });

  it('given no tables, when asked, then the store is not', async () => {
    expect(await ask()).to.deep.equal([]);
    expect(store.asked).to.deep.equal([]);
  });

  it('given a table that is not followed, when asked for, then the fault names both, and what to run', async () => {
    await ask(A);
    const [refused] = await ask(B);
    expect(refused).to.match(/^configuration: .*arn:b.*arn:a.*contrail adopt-stream arn:b/);
  });

  it('given an unnamed stream beside a named one, when asked for, then the fault says so', async () => {
    await ask(A);
    expect((await ask(''))[0]).to.match(/^configuration: .*an unnamed stream.*arn:a/);
  });

  it('given several tables, when asked for, then each has its own answer', async () => {
    await ask(A);
    await store.adopt(B);
    expect(await ask(A, B)).to.deep.equal([0, 1]);
  });

  describe('given that an answer is known,', () => {
    beforeEach(() => ask(A));

    it('when asked again within ten seconds, then the store is not', async () => {
      clock.time += 9_999;
      expect(await ask(A)).to.deep.equal([0]);
      expect(store.asked).to.have.length(1);
    });

    it('when asked again after ten seconds, then the store is too', async () => {
      clock.time += 10_000;
      await ask(A);
      expect(store.asked).to.have.length(2);
    });

    it('when the clock has gone backwards, then the store is asked', async () => {
      clock.time -= 1;
      await ask(A);
      expect(store.asked).to.have.length(2);
    });

    it('when the store fails after ten seconds, then the old answer is not taken for the new one', async () => {
      clock.time += 10_000;
      store.failures = [1, 2, 3].map(() => new Fault('transient', 'throttled'));
      expect(await ask(A)).to.deep.equal(['transient: throttled']);
    });
  });

  it('given a refusal, when the table is adopted, then the next answer is its generation', async () => {
    await ask(A);
    expect((await ask(B))[0]).to.match(/^configuration/);
    await store.adopt(B);
    expect(await ask(B)).to.deep.equal([1]);
  });

  it('given an older table, when it is adopted again, then that is noticed at once', async () => {
    await ask(A);
    await store.adopt(B);
    clock.time += 10_000;
    expect(await ask(A)).to.deep.equal([0]);
    await store.adopt(A);
    expect(await ask(A)).to.deep.equal([2]);
  });

  it('given a store that fails for a moment, when asked, then it is asked again', async () => {
    store.failures = [new Error('socket hang up'), new Fault('transient', 'throttled')];
    expect(await ask(A)).to.deep.equal([0]);
    expect(store.asked).to.have.length(3);
  });

  it('given a store that goes on failing, when asked, then nothing is guessed', async () => {
    store.failures = [1, 2, 3].map(() => new Error('socket hang up'));
    expect(await ask(A)).to.deep.equal(['transient: socket hang up']);
  });

  it('given a store that refuses the question for good, when asked, then the records are not to blame', async () => {
    store.failures = [new Fault('permanent', 'ValidationException')];
    expect((await ask(A))[0]).to.match(/^configuration: .*ValidationException/);
  });

  it('given that the time is up, when asked, then the store is not, and the fault is transient', async () => {
    const limit = { signal: AbortSignal.abort(), remaining: () => 0 };
    const found = await tables.generationsOf(new Set([A]), limit);
    expect(found.get(A)).to.be.instanceOf(Fault).and.to.have.property('kind', 'transient');
    expect(store.asked).to.deep.equal([]);
  });
});
