import { expect } from 'chai';
import { describeWithServers, sharedServers } from '../integration/shared-servers.ts';
import { inWords } from './in-words.ts';
import { runStress } from './run-stress.ts';

/** Few: each takes seconds. `npm run stress` has more. Those of 3 and 8 found what `contradictsItself` is there for. */
const SEEDS = [3, 4, 8];

describeWithServers('the worker on AWS, with an application that writes and a network that fails', () => {
  for (const seed of SEEDS)
    it(`keeps everything derived true: seed ${seed}`, async () => {
      const result = await runStress(seed, await sharedServers());
      expect(result.records).to.be.greaterThan(5);
      if (result.problems.length > 0) expect.fail(inWords(result));
    });
});
