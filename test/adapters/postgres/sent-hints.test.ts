import { getEventListeners, once } from 'node:events';
import { setTimeout as wait } from 'node:timers/promises';
import { expect } from 'chai';
import type { Database } from '../../../src/adapters/postgres/client/database.ts';
import { openDatabase } from '../../../src/adapters/postgres/client/open-database.ts';
import { PostgresSearchActionSource } from '../../../src/adapters/postgres/queue/postgres-search-action-source.ts';
import { PostgresSearchQueue } from '../../../src/adapters/postgres/queue/postgres-search-queue.ts';
import { Sleeper } from '../../../src/application/ports/sleeper.ts';
import { SystemSleeper } from '../../../src/adapters/system/system.ts';
import { Clock } from '../../../src/application/ports/clock.ts';
import type { SearchAction } from '../../../src/domain/search-action.ts';
import { PGLITE, SERVER, type TestDatabase } from '../../integration/postgres.ts';
import { describeUnless } from '../../support/describe-unless.ts';
import { unique } from '../../support/unique.ts';

/** In milliseconds: whoever is not woken sleeps for ever. */
const ASLEEP_MS = 30_000;

/** Sleeps until it is woken, and for no other reason, while it is fast asleep. */
class DeepSleeper extends Sleeper {
  isDeep = true;
  readonly #light = new SystemSleeper();

  override async sleep(milliseconds: number, signal: AbortSignal): Promise<void> {
    if (!this.isDeep) await this.#light.sleep(milliseconds, signal);
    else if (!signal.aborted) await once(signal, 'abort');
  }
}

/** The machine's, set forward when it is told to. */
class MovedClock extends Clock {
  ahead = 0;

  override now(): number {
    return Date.now() + this.ahead;
  }
}

const anAction = (): SearchAction => {
  const id = unique('document');
  return {
    key: { collection: 'talks', id },
    version: { generation: 0, epoch: '', sequence: '1' },
    identity: { stream: '', sequence: id },
    document: { id },
  };
};

for (const kind of [PGLITE, SERVER])
  describeUnless(kind.missing, `notifications of what is sent, on ${kind.name}`, () => {
    let own: Awaited<ReturnType<typeof kind.own>>;
    /** Who sends: on a server, over connections of his own. */
    let sender: Database;
    /** Aborted once a test has ended, however it did. */
    let over: AbortController;

    beforeEach(() => {
      over = new AbortController();
    });

    afterEach(() => over.abort());

    before(async () => {
      own = await kind.own();
      sender = kind === SERVER ? await openDatabase({ url: kind.url }) : own.database;
    });

    after(async () => {
      if (kind === SERVER) await sender.close();
      await own.close();
    });

    const send = (action: SearchAction) => new PostgresSearchQueue(sender, own.names).send([action]);

    function receiver(database: Database = own.database) {
      const sleeper = new DeepSleeper();
      const clock = new MovedClock();
      const source = new PostgresSearchActionSource(database, own.names, {
        ...{ clock, sleeper, pollMs: 20, lingerMs: 0 },
      });
      return { source, sleeper, clock };
    }

    /** Receives one, and takes it off the queue. */
    async function received(source: PostgresSearchActionSource): Promise<unknown> {
      const messages = await source.receive({ max: 1, waitMs: 1_000_000, signal: over.signal });
      await source.acknowledge(messages);
      return messages[0]?.action;
    }

    it('wake whoever waits, again and again', async () => {
      const { source } = receiver();
      for (const action of [anAction(), anAction()]) {
        const receiving = received(source);
        await listeners(own, (pids) => pids.length === 1);
        await send(action);
        expect(await receiving).to.have.deep.property('key', action.key);
      }
      await listeners(own, (pids) => pids.length === 0);
    }).timeout(ASLEEP_MS);

    it('wake whoever waits already when it begins to be listened', async () => {
      const { database } = own;
      let begin: () => void = () => undefined;
      const begun = new Promise<void>((resolve) => (begin = resolve));
      const slow: Database = Object.assign(Object.create(database) as Database, {
        query: database.query.bind(database),
        listen: async (...call: Parameters<Database['listen']>) => {
          await begun;
          return database.listen(...call);
        },
      });
      const receiving = received(receiver(slow).source);
      const action = anAction();
      await send(action);
      begin();
      expect(await receiving).to.have.deep.property('key', action.key);
    }).timeout(ASLEEP_MS);

    it('are not needed: what is sent is found at the next look', async () => {
      const { database } = own;
      const deaf: Database = Object.assign(Object.create(database) as Database, {
        query: database.query.bind(database),
        listen: () => Promise.reject(new Error('no notifications here')),
      });
      const { source, sleeper } = receiver(deaf);
      sleeper.isDeep = false;
      const receiving = received(source);
      const action = anAction();
      await send(action);
      expect(await receiving).to.have.deep.property('key', action.key);
    }).timeout(ASLEEP_MS);

    it('are listened to by whoever waits, and by nobody else', async () => {
      const { source } = receiver();
      const stop = new AbortController();
      expect(await source.receive({ max: 1, waitMs: 0 })).to.deep.equal([]);
      await listeners(own, (pids) => pids.length === 0);
      const receiving = [1, 2].map(() => source.receive({ max: 1, waitMs: 60_000, signal: stop.signal }));
      await listeners(own, (pids) => pids.length === 1);
      stop.abort();
      expect(await Promise.all(receiving)).to.deep.equal([[], []]);
      // It lives as long as the process.
      expect(getEventListeners(stop.signal, 'abort')).to.deep.equal([]);
      await listeners(own, (pids) => pids.length === 0);
    }).timeout(ASLEEP_MS);

    if (kind === SERVER)
      it('are listened to again where the connection was lost, and whoever waits goes on', async () => {
        const { source, sleeper, clock } = receiver();
        sleeper.isDeep = false;
        const receiving = received(source);
        for (let round = 0; round < 3; round++) {
          const [pid] = await listeners(own, (pids) => pids.length === 1);
          await own.database.query('select pg_terminate_backend($1::text::integer)', [String(pid)]);
          await listeners(own, (pids) => !pids.includes(pid!));
          clock.ahead += 1_000;
        }
        await listeners(own, (pids) => pids.length === 1);
        sleeper.isDeep = true;
        // The sleep that has begun is a short one.
        await wait(50);
        const action = anAction();
        await send(action);
        expect(await receiving).to.have.deep.property('key', action.key);
        await listeners(own, (pids) => pids.length === 0);
      });

    if (kind === SERVER)
      it('keep no connection once the database is closed', async () => {
        const database = await openDatabase({ url: kind.url });
        const { source } = receiver(database);
        const stop = new AbortController();
        const receiving = source.receive({ max: 1, waitMs: 60_000, signal: stop.signal });
        await listeners(own, (pids) => pids.length === 1);
        await database.close();
        await listeners(own, (pids) => pids.length === 0);
        stop.abort();
        expect(await receiving).to.deep.equal([]);
      });
  });

/** The numbers of the processes that listen, or of the database itself, once they are as they must be. */
async function listeners(
  { database, names }: TestDatabase,
  areSo: (pids: readonly number[]) => boolean,
): Promise<readonly number[]> {
  for (let look = 0; look < 1_000; look++) {
    const rows = await database.query<{ pid: number }>(
      database.name.resource.startsWith('embedded')
        ? 'select 1 as pid from pg_listening_channels() c where c = $1'
        : `select pid from pg_stat_activity where query = format('listen "%s"', $1::text)`,
      [names.channel],
    );
    const pids = rows.map(({ pid }) => pid);
    if (areSo(pids)) return pids;
    await wait(10);
  }
  throw new Error('the listeners are not as they must be');
}
