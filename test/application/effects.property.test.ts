import { expect } from 'chai';
import fc from 'fast-check';
import { MemoryEffectLog } from '../../src/adapters/memory/memory-effect-log.ts';
import { EffectLog } from '../../src/application/ports/effect-log.ts';
import type { Result } from '../../src/application/result.ts';
import type { EffectMove, EffectRow } from '../../src/domain/effect.ts';
import { Fault } from '../../src/domain/fault.ts';
import { SourceTable, type StreamRecord } from '../support/stream-records.ts';
import { type OrderChange, type OrderSpec, withEffects } from './effects.ts';
import { aWorkerOf, backendOf, orderRow } from './shop.ts';

/** What goes wrong, call by call: decided by a seed, and not for ever. */
class Misfortune {
  readonly #seed: number;
  #calls = 0;

  constructor(seed: number) {
    this.#seed = seed;
  }

  /** Whether something goes wrong here: at most one time in so many. */
  strikes(oneIn: number): boolean {
    if (++this.#calls > 150) return false;
    // A hash: any will do.
    let hash = Math.imul(this.#seed ^ (this.#calls * 0x9e3779b1), 0x85ebca6b);
    hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
    return (hash ^ (hash >>> 16)) >>> 0 < 2 ** 32 / oneIn;
  }
}

/** Each call, and each move of a call, may fail before it, or after it. */
class FaultyLog extends EffectLog {
  readonly #inner: EffectLog;
  readonly #misfortune: Misfortune;

  constructor(inner: EffectLog, misfortune: Misfortune) {
    super();
    this.#inner = inner;
    this.#misfortune = misfortune;
  }

  override async load(rows: readonly EffectRow[], signal?: AbortSignal) {
    await this.#mayThrow();
    const states = await this.#inner.load(rows, signal);
    await this.#mayThrow();
    return states.map((state) => (this.#misfortune.strikes(10) ? new Fault('transient', 'not read') : state));
  }

  override async advance(moves: readonly EffectMove[], signal?: AbortSignal): Promise<readonly Result[]> {
    await this.#mayThrow();
    const results: Result[] = [];
    for (const move of moves) {
      if (this.#misfortune.strikes(6)) results.push(new Fault('transient', 'not made'));
      else {
        const [result] = await this.#inner.advance([move], signal);
        const isLost = this.#misfortune.strikes(6);
        results.push(isLost ? new Fault('transient', 'made, for all one knows') : result!);
      }
    }
    await this.#mayThrow();
    return results;
  }

  async #mayThrow(): Promise<void> {
    // Others get in between.
    await new Promise(setImmediate);
    if (this.#misfortune.strikes(8)) throw new Error('no answer');
  }
}

interface History {
  readonly records: readonly StreamRecord[];
  /** The names of each row's changes, in their order. */
  readonly changes: ReadonlyMap<string, readonly string[]>;
}

/** Changes of few orders, each with a name of its own. */
const history: fc.Arbitrary<History> = fc
  .array(fc.constantFrom('a', 'b', 'c'), { minLength: 1, maxLength: 14 })
  .map((ids) => {
    const table = new SourceTable({ firstSequence: 95n });
    const changes = new Map<string, string[]>();
    const records = ids.map((id, n) => {
      const name = `${id}${n}`;
      changes.set(id, [...(changes.get(id) ?? []), name]);
      return table.put(orderRow('anna', id, { status: name, total: n }));
    });
    return { records, changes };
  });

const story = fc.record({ history, seed: fc.integer(), size: fc.integer({ min: 1, max: 8 }) });

const nameOf = ({ after }: OrderChange) => after?.status ?? 'gone';

/** As Lambda does, by several workers at once: each batch again from the first record that failed, until none fails. */
async function deliverAll(
  records: readonly StreamRecord[],
  size: number,
  workers: readonly ReturnType<typeof aWorkerOf>[],
): Promise<void> {
  for (let from = 0; from < records.length; from += size) {
    const batch = records.slice(from, from + size);
    await Promise.all(
      workers.map(async ({ handle }) => {
        let left = batch;
        for (let times = 0; left.length > 0; times++) {
          if (times > 200) throw new Error('it does not end');
          const { outcomes } = await handle(...left);
          const failed = outcomes.findIndex(({ status }) => status === 'failed');
          left = failed < 0 ? [] : left.slice(failed);
        }
      }),
    );
  }
}

/** Runs a history through workers that share a log, and gives what the effect did, in order. */
async function live(
  { history, seed, size }: { readonly history: History; readonly seed: number; readonly size: number },
  workers: number,
  specOf: (did: string[], misfortune: Misfortune) => OrderSpec,
): Promise<readonly string[]> {
  const did: string[] = [];
  const misfortune = new Misfortune(seed);
  const definition = withEffects({ badges: specOf(did, misfortune) });
  const effects = new FaultyLog(new MemoryEffectLog(), misfortune);
  const backend = backendOf(definition);
  await deliverAll(
    history.records,
    size,
    Array.from({ length: workers }, () =>
      aWorkerOf(definition, { backend, effects, retries: { attempts: 2 } }),
    ),
  );
  return did;
}

/** What was done for a row, without what was done before. */
function firstTimes(did: readonly string[], id: string): string[] {
  return [...new Set(did.filter((name) => name.startsWith(id)))];
}

const RUNS = { numRuns: 150 };

describe('whatever happens to the log of effects', () => {
  const plain = (did: string[], misfortune: Misfortune): OrderSpec => ({
    attempts: 2,
    run: async (change) => {
      await new Promise(setImmediate);
      did.push(nameOf(change));
      if (misfortune.strikes(5)) throw new Error('not now');
    },
  });
  const many = (did: string[], misfortune: Misfortune): OrderSpec => ({
    attempts: 2,
    runBatch: async (changes) => {
      await new Promise(setImmediate);
      did.push(...changes.map(nameOf));
      if (misfortune.strikes(5)) throw new Error('not now');
    },
  });
  const writing = (did: string[], misfortune: Misfortune): OrderSpec => ({
    attempts: 2,
    run: async (change, { once }) => {
      await new Promise(setImmediate);
      once(() => did.push(nameOf(change)));
      if (misfortune.strikes(5)) throw new Error('not now');
    },
  });

  for (const workers of [1, 2]) {
    const by = workers === 1 ? 'one worker' : `${workers} workers at once`;

    for (const [what, spec] of [
      ['an effect', plain],
      ['an effect for many changes', many],
    ] as const)
      it(`given ${what} and ${by}, then it runs at least once for each change, in the order of each row`, async () => {
        await fc.assert(
          fc.asyncProperty(story, async (one) => {
            const did = await live(one, workers, spec);
            for (const [id, names] of one.history.changes) expect(firstTimes(did, id)).to.deep.equal(names);
          }),
          RUNS,
        );
      }).timeout(60_000);

    it(`given writes with once and ${by}, then each is made exactly once, in the order of each row`, async () => {
      await fc.assert(
        fc.asyncProperty(story, async (one) => {
          const did = await live(one, workers, writing);
          for (const [id, names] of one.history.changes)
            expect(did.filter((name) => name.startsWith(id))).to.deep.equal(names);
        }),
        RUNS,
      );
    }).timeout(60_000);
  }
});
