import { expect } from 'chai';
import { describeWithServers, sharedServers } from '../integration/shared-servers.ts';
import { awsStage } from './aws-stage.ts';
import { inWords } from './in-words.ts';
import { type Plan, planOf } from './plan.ts';
import { runStress, type StressResult } from './run-stress.ts';

const CALM = { refusals: 0, bulk: 0, hot: 0, quarantine: 'none', maxMessageBytes: undefined } as const;

/** Many refusals and some poison in calls of many requests, for a short time. */
const REFUSED = {
  lanes: 2,
  batchSize: 100,
  rounds: 1,
  writes: 2,
  bulk: 45,
  hot: 0,
  faults: 0,
  hurried: 0,
  refusals: 0.1,
  quarantine: 'FIFO',
  maxMessageBytes: 262_144,
} as const;

/** Batches of more links of one tuple than fit a transaction, some of them twice at a time. */
const HOT = {
  lanes: 2,
  batchSize: 1_000,
  rounds: 2,
  entities: 1,
  hot: 250,
  strays: 2,
  faults: 0.1,
  hurried: 0.1,
} as const;

/** Few: each takes seconds. `npm run stress` has more. */
const PLANS: Readonly<Record<string, Plan>> = {
  'reads of different moments': { ...planOf(3), ...CALM },
  'reads of different moments, and faults': { ...planOf(8), ...CALM },
  'a hot tuple, and faults': { ...planOf(8), ...CALM, ...HOT },
  'refusals, and poison': { ...planOf(2), ...REFUSED },
  'more refusals, and poison': { ...planOf(7), ...REFUSED },
};

describeWithServers('the worker on AWS, with an application that writes and a network that fails', () => {
  let running: ReadonlyMap<string, Promise<StressResult>>;

  // All at once, as they wait for their network nearly all the time.
  before(async () => {
    const servers = await sharedServers();
    running = new Map(
      Object.entries(PLANS).map(([name, plan]) => [
        name,
        awsStage(plan, servers).then((stage) => runStress(plan, stage)),
      ]),
    );
    await Promise.allSettled(running.values());
  });

  for (const [name, { seed }] of Object.entries(PLANS))
    it(`keeps everything derived true, and quarantines poison alone: ${name} (seed ${seed})`, async () => {
      const result = await running.get(name)!;
      expect(result.records).to.be.greaterThan(5);
      if (result.problems.length > 0) expect.fail(inWords(result));
    });
});
