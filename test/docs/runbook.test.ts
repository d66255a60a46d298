import { expect } from 'chai';
import { describeWithServers, sharedServers } from '../integration/shared-servers.ts';
import { range } from '../support/range.ts';
import type { TableRow } from '../support/stream-records.ts';
import { runbook } from './runbook-page.ts';
import { RunbookWorld } from './runbook-world.ts';

interface Says {
  /** What the total adds up. */
  readonly amount?: string;
  readonly isCopied?: boolean;
  /** Which orders are found. */
  readonly where?: string;
}

/** A shop's definition. */
function definition({ amount = 'total', isCopied = false, where = 'true' }: Says = {}): string {
  const copies = `copies: rows(order, {
      of: ({ key, attributes }) => ({
        key: { PK: 'COPIES', SK: key.customer + ' ' + key.order },
        attributes: { status: attributes.status },
      }),
    }),`;
  return `
import { counts, defineTable, documents, pointer, row, rows } from 'contrail';
const order = row({ PK: 'CUSTOMER#<customer>', SK: 'ORDER#<order>' });
export default defineTable({
  keys: { partition: 'PK', sort: 'SK' },
  rows: { order },
  derive: {
    search: documents(order, {
      collection: 'orders',
      where: ({ attributes }) => ${where},
      fields: ['status', 'total'],
      types: { status: 'string', total: 'int64' },
    }),
    spend: counts(order, { by: ['status'], amount: '${amount}', at: { PK: 'SPEND#<status>', SK: 'TOTAL' } }),
    latest: pointer(order, { at: { SK: 'LATEST' }, choose: 'newest', repeat: ['status'] }),
    ${isCopied ? copies : ''}
  },
});
`;
}

const STATUSES = ['open', 'paid', 'sent'] as const;

function orderAt(n: number, version = 0): TableRow {
  return {
    ...{ PK: `CUSTOMER#${n % 3}`, SK: `ORDER#${n}` },
    ...{ status: STATUSES[(n + version) % 3] ?? 'open', total: n + version, fee: 1 },
  };
}

const ORDERS = range(30).map((n) => orderAt(n));

describeWithServers('the runbook of docs/operations.md', () => {
  const procedures = runbook();
  let world: RunbookWorld;

  before(async () => {
    world = await RunbookWorld.open(await sharedServers(), definition());
    await world.put(...ORDERS);
    await world.follow();
  });
  after(() => (world as RunbookWorld | undefined)?.close());

  /** What goes before the commands of each procedure: the table and what is derived are right then, and are to be again. */
  const occasions: Readonly<Record<string, () => Promise<unknown>>> = {
    'First start on a full table': async () => {
      await world.put(orderAt(30));
      await world.handle();
    },
    'A gap that was noted': async () => {
      await world.put(...range(5).map((n) => orderAt(n, 1)));
      await world.remove(orderAt(7));
      await world.lose();
    },
    'A table that was restored from a backup': async () => {
      const backup = await world.backup();
      await world.put(...range(6).map((n) => orderAt(n + 8, 2)), orderAt(40));
      await world.remove(orderAt(20));
      await world.handle();
      await world.moveTo(backup);
    },
    'A failover to another region': async () => {
      const replica = await world.backup();
      // The last moments before it are in the state and not in the replica.
      await world.put(orderAt(12, 5), orderAt(41));
      await world.handle();
      await world.moveTo(replica);
    },
    'A rollback to an earlier definition': async () => {
      await world.define(definition({ amount: 'fee' }));
      await expectEnd(['backfill'], 0);
      await world.put(orderAt(13, 4));
      await world.handle();
      await world.define(definition());
    },
    'A new derivation on an old table': () => world.define(definition({ isCopied: true })),
    'A wrong definition put right': async () => {
      await world.define(definition({ isCopied: true, where: "attributes.status !== 'paid'" }));
      await expectEnd(['backfill'], 0);
      await expectEnd(['verify', '--repair=missing,stale,wrong,extra'], 0);
      await world.define(definition({ isCopied: true }));
    },
  };

  async function expectEnd(args: readonly string[], status: number): Promise<void> {
    const ended = await world.contrail(args);
    expect(ended.status, `contrail ${args.join(' ')}: ${ended.err}${ended.out}`).to.equal(status);
  }

  it('has the procedures that are carried out here, and no others', () => {
    expect([...procedures.keys()]).to.deep.equal(Object.keys(occasions));
  });

  for (const [heading, commands] of procedures)
    it(`${heading}: given its commands one after the other, then each ends as it says, and nothing has drifted`, async () => {
      await occasions[heading]?.();
      for (const { args, status } of commands) {
        await expectEnd(args, status);
        // The worker goes on with what the commands write, and others.
        await world.handle();
      }
      await expectEnd(['verify'], 0);
    }).timeout(240_000);
});
