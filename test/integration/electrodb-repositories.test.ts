import { type AttributeValue, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { expect } from 'chai';
import { documentClientOf } from '../../src/adapters/aws/clients.ts';
import { DynamoDbTableGenerations } from '../../src/adapters/aws/electrodb/generations/dynamodb-table-generations.ts';
import { createTable } from '../../local/servers/tables.ts';
import { Fault } from '../../src/domain/fault.ts';
import { unique } from '../support/unique.ts';
import { aws } from '../contracts/backends/aws.ts';
import { version } from '../support/factories.ts';
import { describeWithServers, sharedServers } from './shared-servers.ts';

describeWithServers('on DynamoDB', () => {
  it('given a record that names no stream, when asked for its generation, then that is refused', async () => {
    const { generations } = await aws.tableGenerations[0].setUp();
    for (const work of [generations.generationOf(''), generations.adopt('')]) {
      const fault: unknown = await work.catch((error: unknown) => error);
      expect(fault).to.be.instanceOf(Fault).and.to.include({ kind: 'configuration' });
      expect((fault as Fault).message).to.include('eventSourceARN');
    }
  });

  it('given no state table, when asked for a generation, then the fault names the setting', async () => {
    const { clients } = await sharedServers();
    const generations = new DynamoDbTableGenerations(documentClientOf(clients.dynamodb), {
      stateTable: unique('nowhere'),
    });
    const fault: unknown = await generations.generationOf('arn').catch((error: unknown) => error);
    expect(fault).to.be.instanceOf(Fault).and.to.include({ kind: 'configuration' });
    expect((fault as Fault).message).to.include('STATE_TABLE_NAME');
  });

  const [ONE, TWO] = ['arn:one', 'arn:two'];
  const followed = (generations: AttributeValue, newest: AttributeValue = { S: ONE }) => ({
    newest,
    generations,
  });
  for (const [what, row, says] of [
    ['without what is newest', { generations: { M: {} } }, 'newest is not a string'],
    ['whose newest is a number', followed({ M: {} }, { N: '1' }), 'newest is not a string'],
    ['without generations', { newest: { S: ONE } }, 'generations is not a map'],
    ['whose generations are a list', followed({ L: [{ N: '0' }] }), 'generations is not a map'],
    ['whose newest has no generation', followed({ M: { [TWO]: { N: '0' } } }), `newest is ${ONE}`],
    ['with a text for a generation', followed({ M: { [ONE]: { S: '1' } } }), '"1"'],
    ['with NULL for a generation', followed({ M: { [ONE]: { NULL: true } } }), 'null'],
    ['with a negative generation', followed({ M: { [ONE]: { N: '-1' } } }), '-1'],
    ['with a part of a generation', followed({ M: { [ONE]: { N: '0' }, [TWO]: { N: '0.5' } } }), '0.5'],
    [
      'with more digits than count',
      followed({ M: { [ONE]: { N: '9007199254740993' } } }),
      '9007199254740993',
    ],
    [
      'whose newest is not the highest',
      followed({ M: { [ONE]: { N: '1' }, [TWO]: { N: '1' } } }),
      `${TWO} has generation 1`,
    ],
  ] as const)
    it(`given a row of followed tables ${what}, then the fault names what is wrong`, async () => {
      const { clients } = await sharedServers();
      const stateTable = unique('damaged');
      await createTable(clients.dynamodb, stateTable);
      const Item: Record<string, AttributeValue> = { PK: { S: 'TABLES' }, SK: { S: 'GENERATIONS' }, ...row };
      await clients.dynamodb.send(new PutItemCommand({ TableName: stateTable, Item }));
      const generations = new DynamoDbTableGenerations(documentClientOf(clients.dynamodb), { stateTable });
      for (const work of [
        () => generations.generationOf(ONE),
        () => generations.adopt(TWO, { generation: 7 }),
      ]) {
        const fault: unknown = await work().catch((error: unknown) => error);
        expect(fault).to.be.instanceOf(Fault).and.to.include({ kind: 'configuration' });
        expect((fault as Fault).message)
          .to.include(`TABLES, GENERATIONS of table ${stateTable}`)
          .and.to.include(says)
          .and.to.include('--generation');
      }
    });

  it('given a link state of before there were generations, then it is of generation 0', async () => {
    const { clients, stateTable } = await sharedServers();
    const { matcher } = await aws.matcherRepository[0].setUp();
    const Item = {
      PK: { S: 'FAA#LINKS#MFR_MDL_CODE#old#SN#1' },
      SK: { S: 'STATE' },
      mfr_mdl_code: { S: 'old' },
      serial_number: { S: '1' },
      epoch: { S: '2026-01-05T09:00:00.000' },
      sequence: { S: '7' },
      removed: { BOOL: false },
    };
    await clients.dynamodb.send(new PutItemCommand({ TableName: stateTable, Item }));
    const link = { code: 'old', serial: '1' };
    const [from] = await matcher.load([link]);
    const read = { version: version(7, '2026-01-05T09:00:00.000'), tuple: undefined, removed: false };
    expect(from).to.deep.equal(read);
    const to = { ...read, version: version(8, '2026-01-05T09:00:00.000') };
    const ofAnother = { ...read, version: version(7, '2026-01-05T09:00:00.000', 1) };
    expect(await matcher.apply([{ link, from: ofAnother, to }])).to.deep.equal(['conflict']);
    expect(await matcher.apply([{ link, from: read, to }])).to.deep.equal(['done']);
    expect(await matcher.load([link])).to.deep.equal([to]);
  });
});
