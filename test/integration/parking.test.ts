import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { GetItemCommand, PutItemCommand, QueryCommand } from '@aws-sdk/client-dynamodb';
import { marshall, unmarshall } from '@aws-sdk/util-dynamodb';
import { expect } from 'chai';
import { workerEnvironment } from '../../local/servers/servers.ts';
import { createStateTable, createTable } from '../../local/servers/tables.ts';
import { ParkedItems } from '../../src/application/ports/parked-items.ts';
import { verify } from '../../src/application/verify/verify.ts';
import { counts } from '../../src/domain/definition/counts.ts';
import { defineTable } from '../../src/domain/definition/define-table.ts';
import { effect } from '../../src/domain/definition/effect.ts';
import { row } from '../../src/domain/definition/row.ts';
import { readFrom } from '../../src/entrypoints/cli/redrive/from.ts';
import { openRedriven } from '../../src/entrypoints/cli/redrive/redriven.ts';
import { createHandler } from '../../src/entrypoints/library/create-handler.ts';
import { createPostgresWorker } from '../../src/entrypoints/postgres-worker.ts';
import { SourceTable, type TableRow } from '../support/stream-records.ts';
import { unique } from '../support/unique.ts';
import { PGLITE } from './postgres.ts';
import { describeWithServers, sharedServers } from './shared-servers.ts';

interface Order {
  readonly status: string;
  readonly total: number;
}

const order = row({ PK: 'CUSTOMER#<customer>', SK: 'ORDER#<order>' }).with<Order>();

const ran: unknown[] = [];
let isMailDown = false;

const shop = defineTable({
  keys: { partition: 'PK', sort: 'SK' },
  rows: { order },
  derive: {
    revenue: counts(order, { by: ['status'], amount: 'total', at: { PK: 'STATUS#<status>', SK: 'REVENUE' } }),
    mail: effect(order, {
      attempts: 1,
      run: ({ key, after }) => {
        if (isMailDown && key.order === '2') throw new Error('the mail is down');
        ran.push(`${key.order} ${after?.total ?? 'gone'}`);
      },
    }),
  },
});

function orderRow(id: number, total: number | string): TableRow {
  return { PK: 'CUSTOMER#c', SK: `ORDER#${id}`, status: 'open', total };
}

/** What the command does, in this process. */
async function redrive(environment: Readonly<Record<string, string>>, isDry = false) {
  const failures: string[] = [];
  const opened = await openRedriven({
    ...{ definition: shop, environment, isDry, streamArn: undefined },
    from: readFrom(['parked']),
    log: { stream: process.stderr, readable: false },
  });
  try {
    const { messages, done, failed, records } = await opened.redrive(
      { rate: undefined, skipRefused: false },
      ({ place, why }) => failures.push(`${place}: ${why}`),
      new AbortController().signal,
    );
    return { messages, done, failed, records, failures };
  } finally {
    await opened.close();
  }
}

const ITEM_1 = 'PK "CUSTOMER#c" SK "ORDER#1"';

describeWithServers('parking, on DynamoDB', () => {
  const before = { ...process.env };

  afterEach(() => {
    for (const name of Object.keys(process.env))
      if (!(name in before)) Reflect.deleteProperty(process.env, name);
    Object.assign(process.env, before);
  });

  it('given poison and an effect that fails, then the shard goes on, and redriven, all is exact', async function () {
    this.timeout(180_000);
    const servers = await sharedServers();
    const { dynamodb } = servers.clients;
    const [TableName, stateTable] = [unique('parked'), unique('parked-state')];
    await createTable(dynamodb, TableName);
    await createStateTable(dynamodb, stateTable);
    const environment = {
      ...workerEnvironment(servers),
      ...{ TABLE_NAME: TableName, STATE_TABLE_NAME: stateTable, LOG_LEVEL: 'silent' },
      ...{ POISON: 'park', PARK_AFTER: '2', RETRY_ATTEMPTS: '1' },
    };
    // The SDK finds the servers by it.
    Object.assign(process.env, environment);
    const streamArn = `arn:aws:dynamodb:eu-west-1:000000000000:table/${TableName}/stream/2026-01-05T09:00:00.000`;
    const table = new SourceTable({ streamArn });
    const handle = createHandler(shop, { environment });
    const put = async (one: TableRow) => {
      await dynamodb.send(new PutItemCommand({ TableName, Item: marshall(one) }));
      return table.put(one);
    };
    const handled = async (...Records: unknown[]) => (await handle({ Records })).batchItemFailures;
    const revenue = async () => {
      const Key = marshall({ PK: 'STATUS#open', SK: 'REVENUE' });
      const { Item } = await dynamodb.send(new GetItemCommand({ TableName, Key, ConsistentRead: true }));
      return Item && (unmarshall(Item)['count'] as unknown);
    };
    const marks = async () => {
      const { Count } = await dynamodb.send(
        new QueryCommand({
          TableName: stateTable,
          ConsistentRead: true,
          KeyConditionExpression: 'PK = :partition',
          ExpressionAttributeValues: { ':partition': { S: `PARKED#${TableName}` } },
        }),
      );
      return Count;
    };
    ran.splice(0);
    expect(await handled(await put(orderRow(1, 1)), await put(orderRow(2, 10)))).to.deep.equal([]);
    isMailDown = true;
    const poison = await put(orderRow(1, 'none'));
    const failing = await put(orderRow(2, 20));
    const other = await put(orderRow(3, 100));
    const again = { itemIdentifier: failing.dynamodb['SequenceNumber'] };
    expect(await handled(poison, failing, other)).to.deep.equal([again]);
    expect(await handled(failing, other)).to.deep.equal([]);
    const later = [await put(orderRow(1, 2)), await put(orderRow(2, 30)), await put(orderRow(1, 3))];
    expect(await handled(...later)).to.deep.equal([]);
    expect(ran).to.deep.equal(['1 1', '2 10', '3 100']);
    expect(await revenue()).to.equal(1 + 20 + 100);
    expect(await marks()).to.equal(2);

    const first = await redrive(environment, true);
    expect(first).to.deep.include({ messages: 2, done: 2, records: 5 });
    expect(await marks()).to.equal(2);
    const second = await redrive(environment);
    expect(second).to.deep.include({ messages: 2, done: 1, failed: 1 });
    expect(second.failures.join()).to.match(/^PK "CUSTOMER#c" SK "ORDER#2": the effect mail failed/);
    isMailDown = false;
    expect(await redrive(environment)).to.deep.include({ messages: 1, done: 1, failed: 0, records: 2 });
    expect(ran.slice(3)).to.deep.equal(['1 none', '1 2', '1 3', '2 20', '2 30']);
    expect(await revenue()).to.equal(3 + 30 + 100);
    expect(await marks()).to.equal(0);
    // What came late is nothing new, and the next change is derived as any.
    expect(await handled(later[0], await put(orderRow(1, 4)))).to.deep.equal([]);
    expect(await revenue()).to.equal(4 + 30 + 100);
  });
});

describe('parking, on PGlite', () => {
  it('given poison, then the copy of the table goes on, and redriven, all is exact', async function () {
    this.timeout(180_000);
    if (PGLITE.missing !== undefined) this.skip();
    const folder = await mkdtemp(join(tmpdir(), 'contrail-parking-'));
    const url = `pglite:${join(folder, 'database')}`;
    const environment = { BACKEND: 'postgres', DATABASE_URL: url, LOG_LEVEL: 'silent' };
    const open = () =>
      createPostgresWorker({ url, definition: shop, log: { level: 'silent' }, poison: 'park' });
    const table = new SourceTable();
    ran.splice(0);
    const worker = open();
    const handled = async (...Records: unknown[]) => (await worker.handler({ Records })).batchItemFailures;
    await handled(table.put(orderRow(1, 1)), table.put(orderRow(3, 100)));
    expect(await handled(table.put(orderRow(1, 'none')), table.put(orderRow(3, 200)))).to.deep.equal([]);
    expect(await handled(table.put(orderRow(1, 2)))).to.deep.equal([]);
    expect((await worker.container.get(ParkedItems).look([])).parked).to.equal(1);
    await worker.close();

    const done = await redrive(environment);
    expect(done).to.deep.equal({ messages: 1, done: 1, failed: 0, records: 2, failures: [] });
    expect(ran).to.deep.equal(['1 1', '3 100', '3 200', '1 none', '1 2']);
    expect(await redrive(environment)).to.include({ messages: 0 });
    const last = open();
    await last.open();
    expect((await verify(last.state, shop)).drift).to.deep.equal([]);
    await last.close();
    await rm(folder, { recursive: true });
  });

  it('given a record that nobody can read, then its item stays parked, and says what needs it', async function () {
    this.timeout(180_000);
    if (PGLITE.missing !== undefined) this.skip();
    const folder = await mkdtemp(join(tmpdir(), 'contrail-parking-'));
    const url = `pglite:${join(folder, 'database')}`;
    const environment = { BACKEND: 'postgres', DATABASE_URL: url, LOG_LEVEL: 'silent' };
    const handle = async (...Records: unknown[]) => {
      const log = { level: 'silent' } as const;
      const worker = createPostgresWorker({ url, definition: shop, log, poison: 'park' });
      const { batchItemFailures } = await worker.handler({ Records });
      await worker.close();
      return batchItemFailures;
    };
    const table = new SourceTable();
    const unreadable = table.put(orderRow(1, 1));
    Object.assign(unreadable.dynamodb, { NewImage: 7 });
    expect(await handle(unreadable)).to.deep.equal([]);
    const first = await redrive(environment);
    expect(first.failures).to.deep.equal([
      `${ITEM_1}: the record is needed by the copy of the table: NewImage is 7, not an object`,
    ]);
    await rm(folder, { recursive: true });
  });
});
