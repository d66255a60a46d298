import { expect } from 'chai';
import { PGLITE, SERVER } from '../../integration/postgres.ts';
import { describeUnless } from '../../support/describe-unless.ts';
import { inWords } from '../in-words.ts';
import { type Plan, planOf } from '../plan.ts';
import { runStress, type StressResult } from '../run-stress.ts';
import { type PostgresPlan, postgresPlanOf } from './postgres-plan.ts';
import { postgresStage } from './postgres-stage.ts';

/** For a short time. */
const SHORT = { rounds: 1, writes: 2, bulk: 30, entities: 3, links: 3, quarantine: 'FIFO' } as const;
const DISTURBED = { terminateEvery: 20, lockEvery: 20, statementTimeout: 150 } as const;

/** Few: each takes a second or two. `npm run stress -- --backend postgres` has more. */
const PLANS: Readonly<Record<string, readonly [Plan, Partial<PostgresPlan>]>> = {
  faults: [{ ...planOf(5), ...SHORT, faults: 0.2, refusals: 0.02 }, { isolation: 'read committed' }],
  'faults, in serializable sessions': [
    { ...planOf(8), ...SHORT, faults: 0.1, refusals: 0.05 },
    { isolation: 'serializable' },
  ],
};

for (const kind of [PGLITE, SERVER])
  describeUnless(kind.missing, `workers on ${kind.name}, while everything fails`, () => {
    let running: ReadonlyMap<string, Promise<StressResult>>;

    // All at once, as they wait nearly all the time.
    before(async () => {
      running = new Map(
        Object.entries(PLANS).map(([name, [plan, disturbed]]) => [
          name,
          kind.own().then(async (own) => {
            const server = { ...postgresPlanOf(plan.seed), ...DISTURBED, ...disturbed };
            return runStress(plan, await postgresStage(plan, server, { ...kind, ...own }));
          }),
        ]),
      );
      await Promise.allSettled(running.values());
    });

    for (const [name, [{ seed }]] of Object.entries(PLANS))
      it(`keep everything derived true, and quarantine poison alone: ${name} (seed ${seed})`, async () => {
        const result = await running.get(name)!;
        expect(result.records).to.be.greaterThan(30);
        expect(result.injected.size).to.be.greaterThan(5);
        if (result.problems.length > 0) expect.fail(inWords(result, kind === PGLITE ? 'pglite' : 'postgres'));
      });
  });
