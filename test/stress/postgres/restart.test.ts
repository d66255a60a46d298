import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'chai';
import { openDatabase } from '../../../src/adapters/postgres/client/open-database.ts';
import { migrate } from '../../../src/adapters/postgres/schema/migrate.ts';
import { namesOf } from '../../../src/adapters/postgres/schema/names.ts';
import type { Counts } from '../../../src/simulation/world/counts.ts';
import { OWN_SERVER_MISSING, type OwnServer, ownServer, type Stop } from '../../integration/own-server.ts';
import { describeUnless } from '../../support/describe-unless.ts';
import { inWords } from '../in-words.ts';
import { type Plan, planOf } from '../plan.ts';
import { runStress } from '../run-stress.ts';
import { CALM } from './postgres-plan.ts';
import { type Ground, postgresStage } from './postgres-stage.ts';

/** A server that is never there for long keeps everybody waiting. */
const RESTARTS = 6;

/** Several workers with batches of their own, and nothing that fails but the server. */
const PLAN: Plan = {
  ...planOf(5),
  ...{
    lanes: 4,
    batchSize: 10,
    rounds: 1,
    writes: 5,
    entities: 4,
    links: 6,
    registrations: 2,
    bulk: 60,
    hot: 0,
  },
  ...{ strays: 2, faults: 0, refusals: 0, hurried: 0, quarantine: 'FIFO', maxMessageBytes: undefined },
};

describeUnless(
  OWN_SERVER_MISSING,
  'workers on a server of PostgreSQL that is restarted again and again',
  () => {
    let server: OwnServer;

    before(async () => {
      server = await ownServer(['fsync = off']);
    });

    after(() => server.remove());

    async function groundOn(how: Stop): Promise<Ground> {
      const url = server.url();
      const database = await openDatabase({ url });
      const names = namesOf({ schema: how });
      await migrate(database, names);
      const restart = async (over: AbortSignal, counts: Counts) => {
        for (let n = 1; n <= RESTARTS && !over.aborted; n++) {
          await sleep(100);
          await server.stop(how);
          await server.start();
          counts.add('restarted');
        }
      };
      return { name: 'PostgreSQL', url, database, names, beside: restart, close: () => database.close() };
    }

    for (const [how, what] of [
      ['fast', 'closes their connections'],
      ['immediate', 'is as after a loss of power'],
    ] as const)
      it(`lose nothing, and do nothing twice, where it ${what}`, async () => {
        const result = await runStress(PLAN, await postgresStage(PLAN, CALM, await groundOn(how)));
        expect(result.injected.get('restarted')).to.be.greaterThan(3);
        expect(result.records).to.be.greaterThan(100);
        if (result.problems.length > 0) expect.fail(inWords(result, 'postgres'));
      });
  },
);
