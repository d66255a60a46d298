import { expect } from 'chai';
import { PGLITE, SERVER } from '../../integration/postgres.ts';
import { describeUnless } from '../../support/describe-unless.ts';
import { inWords } from '../in-words.ts';
import { type Plan, planOf } from '../plan.ts';
import { runStress } from '../run-stress.ts';
import type { PostgresPlan } from './postgres-plan.ts';
import { postgresStage } from './postgres-stage.ts';

/** For a second or two: `npm run stress -- --backend postgres` has more. */
const PLAN: Plan = {
  ...planOf(5),
  ...{ rounds: 1, writes: 2, bulk: 30, hot: 0, entities: 3, links: 3, lanes: 4, batchSize: 10 },
  ...{ faults: 0.1, refusals: 0.01, hurried: 0, quarantine: 'FIFO', maxMessageBytes: undefined },
};

/** Of sessions that did not choose it. */
const SERVER_PLAN: PostgresPlan = {
  isolation: 'serializable',
  ...{ terminateEvery: 200, lockEvery: 50, statementTimeout: 1_000 },
};

for (const kind of [PGLITE, SERVER])
  describeUnless(kind.missing, `workers on ${kind.name}, while everything fails`, () => {
    it(`keep everything derived true, and quarantine poison alone (seed ${PLAN.seed})`, async () => {
      const stage = await postgresStage(PLAN, SERVER_PLAN, { ...kind, ...(await kind.own()) });
      const result = await runStress(PLAN, stage);
      expect(result.records).to.be.greaterThan(30);
      expect(result.injected.size).to.be.greaterThan(2);
      if (result.problems.length > 0) expect.fail(inWords(result, kind === PGLITE ? 'pglite' : 'postgres'));
    });
  });
