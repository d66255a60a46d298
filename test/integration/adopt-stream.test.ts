import { expect } from 'chai';
import { GetItemCommand } from '@aws-sdk/client-dynamodb';
import { workerEnvironment } from '../../local/servers/servers.ts';
import { createTable } from '../../local/servers/tables.ts';
import { documentClientOf } from '../../src/adapters/aws/clients.ts';
import { DynamoDbTableGenerations } from '../../src/adapters/aws/electrodb/generations/dynamodb-table-generations.ts';
import { unique } from '../support/unique.ts';
import { BUNDLED_CONTRAIL } from '../support/bundled-contrail.ts';
import { run } from '../support/command-line.ts';
import { describeWithServers, sharedServers } from './shared-servers.ts';

const HERE = 'arn:aws:dynamodb:eu-central-1:123456789012:table/aircraft';
const THERE = 'arn:aws:dynamodb:us-east-1:123456789012:table/aircraft';

const NEXT_STEPS = /1\. .*disabled.*2\. Wait ten seconds.*3\. Enable.*4\. Redeliver/s;

describeWithServers('contrail adopt-stream', () => {
  let stateTable: string;
  let env: Record<string, string>;

  beforeEach(async () => {
    const servers = await sharedServers();
    stateTable = unique('adopted');
    await createTable(servers.clients.dynamodb, stateTable);
    const { TABLE_NAME, TYPESENSE_QUEUE_URL, ...others } = workerEnvironment(servers);
    expect([TABLE_NAME, TYPESENSE_QUEUE_URL], 'which are not needed').not.to.include(undefined);
    env = { ...others, STATE_TABLE_NAME: stateTable };
  });

  const adopt = (...args: string[]) => run([...BUNDLED_CONTRAIL, 'adopt-stream', ...args], '', { env });
  const generations = async () =>
    new DynamoDbTableGenerations(documentClientOf((await sharedServers()).clients.dynamodb), { stateTable });

  it('given the stream of another table, then that is followed from now on, and it is said what to do next', async () => {
    await (await generations()).generationOf(HERE);
    const { status, out, err } = await adopt(`${THERE}/stream/2025-06-01T00:00:00.000`);
    expect({ status, err: err.replace(/\(node:.*/s, '') }).to.deep.equal({ status: 0, err: '' });
    expect(out).to.include(`${THERE}\nis followed from now on, as generation 1`).and.to.include(HERE);
    expect(out).to.match(NEXT_STEPS);
    expect(await (await generations()).generationOf(THERE)).to.deep.equal({
      kind: 'followed',
      generation: 1,
      newest: true,
    });
  });

  it('given the table that is followed already, then nothing changes, and it is said what is next', async () => {
    await (await generations()).generationOf(HERE);
    const { status, out } = await adopt(HERE);
    expect(status).to.equal(0);
    expect(out).to.include('followed already').and.to.include('generation 0').and.to.match(NEXT_STEPS);
  });

  it('given a generation for the table that is followed already, then it is of that one', async () => {
    await (await generations()).generationOf(HERE);
    const { status, out } = await adopt(HERE, '--generation', '12');
    expect(status).to.equal(0);
    expect(out).to.include('followed from now on, as generation 12').and.to.match(NEXT_STEPS);
    expect(await (await generations()).generationOf(HERE)).to.include({ generation: 12, newest: true });
  });

  it('given a generation that is known already, then it is refused, and the newest is named', async () => {
    await adopt(THERE, '--generation', '4');
    const { status, err } = await adopt(HERE, '--generation', '4');
    expect(status).to.equal(2);
    expect(err).to.include('generation 4').and.to.include(THERE);
  });

  it('given the table from before once more, then that is the newest', async () => {
    await (await generations()).generationOf(HERE);
    await adopt(THERE);
    expect((await adopt(HERE)).out).to.include('generation 2');
  });

  it('given what it writes, then that never expires', async () => {
    await adopt(HERE);
    const { Item } = await (
      await sharedServers()
    ).clients.dynamodb.send(
      new GetItemCommand({ TableName: stateTable, Key: { PK: { S: 'TABLES' }, SK: { S: 'GENERATIONS' } } }),
    );
    expect(Item).to.deep.equal({
      PK: { S: 'TABLES' },
      SK: { S: 'GENERATIONS' },
      newest: { S: HERE },
      generations: { M: { [HERE]: { N: '1' } } },
    });
  });

  it('given no state table, then it says which setting to correct, and exits with 2', async () => {
    env['STATE_TABLE_NAME'] = 'nowhere';
    const { status, err } = await adopt(HERE);
    expect(status).to.equal(2);
    expect(err).to.include('STATE_TABLE_NAME').and.to.include('nowhere');
  });
});

describe('contrail adopt-stream, used wrongly', () => {
  const adopt = (env: Record<string, string>, ...args: string[]) =>
    run([...BUNDLED_CONTRAIL, 'adopt-stream', ...args], '', { env });

  for (const arn of ['fleet', `${HERE}/stream/`, `${HERE}/index/x`, 'arn:aws:sqs:eu-central-1:1:queue'])
    it(`given ${arn}, then it is refused`, async () => {
      const { status, err } = await adopt({ STATE_TABLE_NAME: 'states' }, arn);
      expect(status).to.equal(2);
      expect(err).to.include(arn).and.to.include('/stream/LABEL');
    });

  for (const generation of ['0', '-1', '1.5', 'next'])
    it(`given the generation ${generation}, then it is refused`, async () => {
      const { status, err } = await adopt({ STATE_TABLE_NAME: 'states' }, HERE, '--generation', generation);
      expect(status).to.equal(2);
      expect(err).to.include('--generation').and.to.include('integer');
    });

  it('given no state table’s name, then it says what to set', async () => {
    const { status, err } = await adopt({}, HERE);
    expect(status).to.equal(2);
    expect(err).to.include('STATE_TABLE_NAME is not set').and.not.to.include('TYPESENSE_QUEUE_URL');
  });

  it('given BACKEND=memory, then it says that nothing outlives the process, and what to use', async () => {
    const { status, err } = await adopt({ BACKEND: 'memory' }, HERE);
    expect(status).to.equal(2);
    expect(err).to.include('nothing outlives the process').and.to.include('replay --follow');
  });

  it('given --help, then it exits with 0', async () => {
    const { status, out } = await adopt({}, '--help');
    expect(status).to.equal(0);
    for (const line of out.split('\n')) expect(line.length).to.be.at.most(80);
  });
});
