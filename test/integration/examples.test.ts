import {
  CreateTableCommand,
  DynamoDBClient,
  type StreamViewType,
  waitUntilTableExists,
} from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient, PutCommand, ScanCommand } from '@aws-sdk/lib-dynamodb';
import { expect } from 'chai';
// As users have it: the examples import it by its name, and there must be one of it.
import { createHandler, Metrics, type TableDefinition } from 'contrail';
import { ContainerModule } from 'contrail/adapters';
import { MemoryMetrics } from 'contrail/testing';
import keysOnly from '../../examples/audit-log/keys-only.config.ts';
import audit from '../../examples/audit-log/contrail.config.ts';
import { gameTable } from '../../examples/badges/game-table.ts';
import { DynamoDbGames } from '../../examples/badges/games.ts';
import permissions from '../../examples/badges/own-permissions.json' with { type: 'json' };
import { EventSource } from '../../local/lambda/event-source.ts';
import { StreamReader } from '../../local/lambda/stream-reader.ts';
import { LOCAL_SDK } from '../../local/servers/local-credentials.ts';
import { workerEnvironment } from '../../local/servers/servers.ts';
import { createStateTable } from '../../local/servers/tables.ts';
import { range } from '../support/range.ts';
import { unique } from '../support/unique.ts';
import { createAuditTable, describeWithServers, sharedServers } from './shared-servers.ts';

describeWithServers('the examples on DynamoDB, through a stream', () => {
  const before = { ...process.env };
  let own: DynamoDBDocumentClient | undefined;

  afterEach(() => {
    own?.destroy();
    for (const name of Object.keys(process.env))
      if (!(name in before)) Reflect.deleteProperty(process.env, name);
    Object.assign(process.env, before);
  });

  /** Creates a table with keys that are strings; returns its name, and the ARN of its stream. */
  async function createTable(name: string, keys: readonly string[], StreamViewType?: StreamViewType) {
    const { dynamodb } = (await sharedServers()).clients;
    const { TableDescription } = await dynamodb.send(
      new CreateTableCommand({
        TableName: name,
        KeySchema: keys.map((key, n) => ({ AttributeName: key, KeyType: n === 0 ? 'HASH' : 'RANGE' })),
        AttributeDefinitions: keys.map((key) => ({ AttributeName: key, AttributeType: 'S' })),
        BillingMode: 'PAY_PER_REQUEST',
        ...(StreamViewType && { StreamSpecification: { StreamEnabled: true, StreamViewType } }),
      }),
    );
    await waitUntilTableExists(
      { client: dynamodb, minDelay: 1, maxDelay: 2, maxWaitTime: 20 },
      { TableName: name },
    );
    return { name, stream: TableDescription?.LatestStreamArn ?? '' };
  }

  /** A function's handler, and the server's clients. */
  async function deployed(definition: TableDefinition, table: string) {
    const servers = await sharedServers();
    const stateTable = unique('state');
    await createStateTable(servers.clients.dynamodb, stateTable);
    const settings = { TABLE_NAME: table, STATE_TABLE_NAME: stateTable, LOG_LEVEL: 'silent' };
    const environment = { ...workerEnvironment(servers), ...settings };
    // The SDK finds the servers by it.
    Object.assign(process.env, environment);
    const quiet = new ContainerModule(
      ({ rebind }) => void rebind(Metrics).toConstantValue(new MemoryMetrics()),
    );
    return () => createHandler(definition, { environment, modules: [quiet] });
  }

  async function rowsOf(client: DynamoDBDocumentClient, TableName: string) {
    const { Items = [] } = await client.send(new ScanCommand({ TableName, ConsistentRead: true }));
    return Items;
  }

  it('given badges, when plays come to two workers at once and again, then each badge is stored once, by what its role allows', async () => {
    const { clients, dynamodb } = await sharedServers();
    const client = DynamoDBDocumentClient.from(clients.dynamodb);
    const plays = await createTable(unique('plays'), ['PK', 'SK'], 'KEYS_ONLY');
    const badges = await createTable(unique('badges'), ['player', 'badge']);
    const asked = new Set<string>();
    // A client of its own, whose requests are those of the effect's code.
    own = DynamoDBDocumentClient.from(new DynamoDBClient({ ...LOCAL_SDK, endpoint: dynamodb.endpoint }));
    own.middlewareStack.add((next, { commandName = '' }) => async (args) => {
      const { TableName = '' } = args.input as { readonly TableName?: string };
      asked.add(`${commandName.replace('Command', '')} ${TableName}`);
      return next(args);
    });
    const games = new DynamoDbGames(own, { plays: plays.name, badges: badges.name });
    const handler = await deployed(gameTable(games), plays.name);

    const days = range(10).map((n) => `2026-01-${String(n + 1).padStart(2, '0')}`);
    const played = (player: string, game: string, day: string) =>
      client.send(
        new PutCommand({
          TableName: plays.name,
          Item: { PK: `PLAYER#${player}`, SK: `PLAY#${day}-${game}`, game, day },
        }),
      );
    for (const day of days) await played('anna', 'chess', day);
    for (const day of days.slice(1)) await played('bert', 'chess', day);
    await played('anna', 'go', '2026-01-10');

    const sources = range(2).map(() => new EventSource(handler(), { batchSize: 4 }));
    for (const stream of [plays.stream, plays.stream])
      await new StreamReader(clients.streams, stream).read((records) =>
        Promise.all(sources.map((source) => source.deliver(records))),
      );
    for (const source of sources) expect(source.givenUp).to.deep.equal([]);

    const found = await rowsOf(client, badges.name);
    expect(found.map(({ player, badge }) => `${player} ${badge}`)).to.have.members([
      ...['anna FIRST#chess', 'anna FIRST#go', 'anna TEN_DAYS#chess', 'bert FIRST#chess'],
    ]);
    // What it writes is written by the worker, in a transaction of which IAM asks for the parts.
    const [item] = games.adding([{ player: 'p', badge: 'b', earned_at: 0 }]) as readonly object[];
    expect(Object.keys(item ?? {})).to.deep.equal(['Put']);
    const used = [...asked, `PutItem ${badges.name}`].map((one) => one.replace(/-[^ ]*$/, '')).sort();
    const allowed = permissions.flatMap(({ Action, Resource }) =>
      [Action].flat().map((action) => `${action.replace('dynamodb:', '')} ${Resource.split('/').at(-1)}`),
    );
    expect(used).to.deep.equal(allowed.sort());
  }).timeout(120_000);

  for (const view of ['KEYS_ONLY', 'NEW_IMAGE', 'OLD_IMAGE', 'NEW_AND_OLD_IMAGES'] as const)
    it(`given the audit log of keys, and a stream with ${view}, then each insertion has one entry`, async () => {
      const { clients } = await sharedServers();
      const client = DynamoDBDocumentClient.from(clients.dynamodb);
      const documents = await createTable(unique('documents'), ['PK', 'SK'], view);
      const log = await createTable(unique('log'), ['id']);
      const handler = await deployed(keysOnly, documents.name);
      process.env['AUDIT_TABLE'] = log.name;
      for (const [revision, title] of [
        ['001', 'Plan'],
        ['002', 'Menu'],
        ['001', 'The plan'],
      ])
        await client.send(
          new PutCommand({ TableName: documents.name, Item: { PK: 'DOC#d', SK: `REV#${revision}`, title } }),
        );
      const source = new EventSource(handler(), { batchSize: 50 });
      for (const stream of [documents.stream, documents.stream])
        await new StreamReader(clients.streams, stream).read((records) => source.deliver(records));
      expect(source.givenUp).to.deep.equal([]);
      const entries = await rowsOf(client, log.name);
      expect(entries.map(({ document, revision }) => `${document}/${revision}`)).to.have.members([
        ...['d/001', 'd/002'],
      ]);
    }).timeout(120_000);

  for (const [view, isRight] of [
    ['KEYS_ONLY', false],
    ['NEW_IMAGE', true],
    ['OLD_IMAGE', false],
    ['NEW_AND_OLD_IMAGES', true],
  ] as const)
    it(`given the audit log of rows, and a stream with ${view}, then an insertion ${isRight ? 'has its entry' : 'fails'}`, async () => {
      const { clients } = await sharedServers();
      const client = DynamoDBDocumentClient.from(clients.dynamodb);
      await createAuditTable();
      const documents = await createTable(unique('documents'), ['PK', 'SK'], view);
      const handler = (await deployed(audit, documents.name))();
      const document = unique('document');
      const Item = { PK: `DOC#${document}`, SK: 'REV#001', author: 'anna', title: 'Plan' };
      await client.send(new PutCommand({ TableName: documents.name, Item }));
      const failed: boolean[] = [];
      await new StreamReader(clients.streams, documents.stream).read(async (records) => {
        const { batchItemFailures } = await handler({ Records: records });
        failed.push(batchItemFailures.length > 0);
      });
      expect(failed).to.deep.equal([!isRight]);
      const entries = (await rowsOf(client, 'audit')).filter(({ id }) => id === `${document}/001`);
      expect(entries.map(({ title }) => String(title))).to.deep.equal(isRight ? ['Plan'] : []);
    }).timeout(120_000);
});
