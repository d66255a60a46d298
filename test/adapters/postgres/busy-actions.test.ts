import { expect } from 'chai';
import type { Database } from '../../../src/adapters/postgres/client/database.ts';
import { DatabaseFault } from '../../../src/adapters/postgres/client/database-fault.ts';
import { PostgresSearchActionSource } from '../../../src/adapters/postgres/queue/postgres-search-action-source.ts';
import { namesOf } from '../../../src/adapters/postgres/schema/names.ts';
import { ManualTime } from '../../support/manual-time.ts';

describe('actions that are taken while others are in the way', () => {
  const deadlock = new DatabaseFault('conflict', 'deadlock detected', { sqlState: '40P01' });

  /** A database that ends so many statements because of a deadlock. */
  function source(deadlocks: number) {
    const asked: string[] = [];
    const database: Pick<Database, 'query'> = {
      query: async (text) => {
        if (asked.push(text) <= deadlocks) throw deadlock;
        return [];
      },
    };
    const actions = new PostgresSearchActionSource(database as Database, namesOf(), new ManualTime());
    return { asked, receive: () => actions.receive({ max: 10, waitMs: 0 }) };
  }

  it('are taken by a repeat of the statement that a deadlock has ended', async () => {
    const { asked, receive } = source(2);
    expect(await receive()).to.deep.equal([]);
    expect(asked).to.have.length(3);
  });

  it('are not asked for endlessly', async () => {
    const { asked, receive } = source(Infinity);
    expect(await receive().catch((error: unknown) => error)).to.equal(deadlock);
    expect(asked).to.have.length(10);
  });
});
