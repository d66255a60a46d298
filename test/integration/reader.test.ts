import { PutItemCommand, UpdateTableCommand } from '@aws-sdk/client-dynamodb';
import { expect } from 'chai';
import { createMainTable } from '../../local/servers/tables.ts';
import type { LocalServers } from '../../local/servers/servers.ts';
import { documentClientOf } from '../../src/adapters/aws/clients.ts';
import { DynamoDbShardStates } from '../../src/adapters/aws/electrodb/shards/dynamodb-shard-states.ts';
import type { StreamGap } from '../../src/domain/shard.ts';
import { createReader } from '../../src/entrypoints/library/create-reader.ts';
import { named, shop } from '../entrypoints/library/reader-shop.ts';
import { unique } from '../support/unique.ts';
import { describeWithServers, sharedServers } from './shared-servers.ts';

describeWithServers('a reader, on DynamoDB', () => {
  let servers: LocalServers;
  let table: string;
  let streamArn: string;

  beforeEach(async () => {
    servers = await sharedServers();
    table = unique('orders');
    streamArn = await createMainTable(servers.clients.dynamodb, table);
  });

  const put = (customer: string, total = '1') =>
    servers.clients.dynamodb.send(
      new PutItemCommand({
        TableName: table,
        Item: {
          PK: { S: `CUSTOMER#${customer}` },
          SK: { S: 'ORDER#1' },
          total: { N: total },
          status: { S: 'paid' },
        },
      }),
    );
  const switchStream = (StreamEnabled: boolean) =>
    servers.clients.dynamodb.send(
      new UpdateTableCommand({
        TableName: table,
        StreamSpecification: StreamEnabled
          ? { StreamEnabled, StreamViewType: 'NEW_AND_OLD_IMAGES' }
          : { StreamEnabled },
      }),
    );

  it('given a bookmark, then what is written after it comes, with every digit, and nothing before', async () => {
    await put('before');
    const reader = createReader({ table, clients: servers.clients, from: 'latest' });
    const changes = reader.changes();
    await changes.begun();
    await put('a', '12345678901234567890123456789012345678');
    const { value: change } = await changes.next();
    expect(change).to.deep.include({ operation: 'INSERT', key: { PK: 'CUSTOMER#a', SK: 'ORDER#1' } });
    expect(String((change?.after as { total: unknown }).total)).to.equal(
      '12345678901234567890123456789012345678',
    );
    await changes.return();
  });

  it('given a stream that is switched off and on again, then the changes of both come, and that some are lost is told', async () => {
    const gaps: StreamGap[] = [];
    const read: string[] = [];
    const log = { level: 'silent' } as const;
    const reader = createReader({ table, definition: shop, clients: servers.clients, log })
      .on('insert', (change) => void read.push(named(change)))
      .on('gap', (gap) => void gaps.push(gap));
    await put('a');
    await reader.run({ once: true });
    await put('b');
    await switchStream(false);
    await put('lost');
    await switchStream(true);
    await put('c');
    const result = await reader.run({ once: true });
    expect(read).to.deep.equal(['a1', 'b1', 'c1']);
    expect(gaps.map(({ reason }) => reason)).to.include('new stream');
    expect(result).to.include({ handled: 2, unhandled: 0 });
  });

  it('given states in a table, then another process goes on where one was left', async () => {
    const { clients, stateTable } = servers;
    const states = new DynamoDbShardStates(documentClientOf(clients.dynamodb), { stateTable });
    const name = unique('mirror');
    const aReader = () => createReader({ streamArn, definition: shop, clients, states, name });
    for (const customer of ['a', 'b', 'c']) await put(customer);
    const first: string[] = [];
    for await (const change of aReader().changes()) if (first.push(named(change)) === 2) break;
    const second: string[] = [];
    for await (const change of aReader().changes({ once: true })) second.push(named(change));
    expect([first, second]).to.deep.equal([
      ['a1', 'b1'],
      ['b1', 'c1'],
    ]);
  });
});
