import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DynamoDBClient, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { expect } from 'chai';
import { LOCAL_SDK } from '../../../local/servers/local-credentials.ts';
import { workerEnvironment } from '../../../local/servers/servers.ts';
import { createMainTable, createStateTable } from '../../../local/servers/tables.ts';
import { documentClientOf } from '../../../src/adapters/aws/clients.ts';
import { DynamoDbShardStates } from '../../../src/adapters/aws/electrodb/shards/dynamodb-shard-states.ts';
import { consumePolicyOf } from '../../../src/entrypoints/deployment/consume-policy.ts';
import { policyOf } from '../../../src/entrypoints/deployment/policy.ts';
import { fleet } from '../../../src/fleet/definition.ts';
import { CallRecorder } from '../../deploy/support/call-recorder.ts';
import { type Permission, permissionsOf } from '../../deploy/support/permissions.ts';
import { covers, type Grant, grantsOf } from '../../deploy/support/policy.ts';
import type { Part } from '../../deploy/support/template.ts';
import { describeWithServers, sharedServers } from '../../integration/shared-servers.ts';
import { BUNDLED_CONTRAIL } from '../../support/bundled-contrail.ts';
import { run } from '../../support/command-line.ts';
import { unique } from '../../support/unique.ts';

const TABLE = 'arn:aws:dynamodb:eu-central-1:111122223333:table/orders';
const RESOURCES = {
  table: TABLE,
  stream: undefined,
  stateTable: '<StateTable.Arn>',
  searchQueue: '<SearchQueue.Arn>',
  quarantineQueue: '<QuarantineQueue.Arn>',
};
/** What a worker needs beside its stream has tests of its own. */
const READER = ['ReadStream', 'FindStream', 'KeepShards'];

const DEFINITION = `
import { counts, defineTable, row } from '${new URL('../../../dist/index.js', import.meta.url).href}';
const item = row({ PK: 'ITEM#<id>', SK: 'ITEM' });
export default defineTable({
  keys: { partition: 'PK', sort: 'SK' },
  rows: { item },
  derive: { kinds: counts(item, { by: ['kind'], at: { PK: 'KIND#<kind>', SK: 'COUNT' } }) },
});
`;

const grants = (resources: Parameters<typeof consumePolicyOf>[1] = RESOURCES): readonly Grant[] =>
  grantsOf(consumePolicyOf(fleet.model, resources) as unknown as Part);
const textOf = ({ action, resource, leadingKeys = 'all' }: Grant) => `${action} ${resource} ${leadingKeys}`;

describe('the policy of contrail consume', () => {
  it('given a definition, then it has all that the worker itself needs, and nothing of what Lambda does', () => {
    const stream = `${TABLE}/stream/2026-01-05T09:00:00.000`;
    const worker = grantsOf(policyOf(fleet.model, { ...RESOURCES, stream }) as unknown as Part);
    const own = worker.filter(({ sid }) => !READER.includes(sid));
    const reader = grants({ ...RESOURCES, stream });
    expect(reader.filter(({ sid }) => !READER.includes(sid)).map(textOf)).to.deep.equal(own.map(textOf));
    const onStream = reader.filter(({ resource }) => resource.includes('/stream/'));
    expect(onStream.map(textOf)).to.have.members(
      ['DescribeStream', 'GetRecords', 'GetShardIterator'].map((one) => `dynamodb:${one} ${stream} all`),
    );
    expect(reader.some(({ sid }) => sid === 'FindStream')).to.equal(false);
  });
});

describeWithServers('the requests of contrail consume', () => {
  let folder: string;
  let recorder: CallRecorder;
  let needed: readonly Permission[];
  const arns = new Map<string, string>();

  before(async () => {
    const servers = await sharedServers();
    const { dynamodb } = servers.clients;
    const [table, stateTable] = [unique('items'), unique('states')];
    const stream = await createMainTable(dynamodb, table);
    await createStateTable(dynamodb, stateTable);
    const Item = { PK: { S: 'ITEM#1' }, SK: { S: 'ITEM' }, kind: { S: 'a' } };
    await dynamodb.send(new PutItemCommand({ TableName: table, Item }));
    folder = await mkdtemp(join(tmpdir(), 'contrail-'));
    const definition = join(folder, 'items.config.mjs');
    await writeFile(definition, DEFINITION);
    recorder = await CallRecorder.before(servers.dynamodb.endpoint);
    const environment: Record<string, string> = { ...workerEnvironment(servers) };
    delete environment['AWS_ENDPOINT_URL_DYNAMODB'];
    const { status, err } = await run(
      [...BUNDLED_CONTRAIL, 'consume', '--definition', definition, '--table', table, '--once'],
      '',
      {
        env: {
          ...environment,
          BACKEND: 'aws',
          STATE_TABLE_NAME: stateTable,
          AWS_ENDPOINT_URL: recorder.endpoint,
        },
      },
    );
    expect(status, err).to.equal(0);
    // Shards that have left the stream are forgotten, which takes it a day.
    const client = new DynamoDBClient({ ...LOCAL_SDK, endpoint: recorder.endpoint });
    const states = new DynamoDbShardStates(documentClientOf(client), { stateTable });
    await states.forget(
      stream,
      (await states.load(stream)).map(({ id }) => id),
    );
    client.destroy();
    arns.set(table, TABLE).set(stateTable, RESOURCES.stateTable).set(stream, `${TABLE}/stream/*`);
    needed = recorder.calls.flatMap(permissionsOf);
  });
  after(async () => {
    await recorder.stop();
    await rm(folder, { recursive: true });
  });

  const arnOf = ({ on }: Permission) => arns.get(on) ?? `unknown: ${on}`;

  it('given a run, then every request is allowed', () => {
    // The table of this definition has other partitions than the fleet's.
    const asked = needed.filter(({ on, action }) => arns.get(on) !== TABLE || action.endsWith('Table'));
    const refused = asked.filter((each) => !grants().some((grant) => covers(grant, each, arnOf(each))));
    expect(refused).to.deep.equal([]);
    expect(asked.length).to.be.above(8);
  });

  it('given a run, then nothing is allowed for reading that no request needs', () => {
    const own = grants().filter(({ sid }) => READER.includes(sid));
    expect(own).to.have.length(8);
    expect(own.filter((grant) => !needed.some((each) => covers(grant, each, arnOf(each))))).to.deep.equal([]);
  });
});
