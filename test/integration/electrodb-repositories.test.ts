import {
  type AttributeValue,
  CreateTableCommand,
  GetItemCommand,
  PutItemCommand,
  waitUntilTableExists,
} from '@aws-sdk/client-dynamodb';
import { expect } from 'chai';
import { documentClientOf } from '../../src/adapters/aws/clients.ts';
import { DynamoDbTableGenerations } from '../../src/adapters/aws/electrodb/generations/dynamodb-table-generations.ts';
import { ElectroDbMatcherRepository } from '../../src/adapters/aws/electrodb/matcher/electrodb-matcher-repository.ts';
import { createTable } from '../../local/servers/tables.ts';
import type { CountState } from '../../src/domain/count-move.ts';
import { counts } from '../../src/domain/definition/counts.ts';
import { defineTable } from '../../src/domain/definition/define-table.ts';
import { row } from '../../src/domain/definition/row.ts';
import { Fault } from '../../src/domain/fault.ts';
import { unique } from '../support/unique.ts';
import { aws } from '../contracts/backends/aws.ts';
import { anOrder, counting, SPEND } from '../contracts/matcher-repository/shop.ts';
import { contribution, link, version } from '../support/factories.ts';
import { range } from '../support/range.ts';
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

  /** The state of a link as it was recorded before there were definitions. */
  const former = (serial: string, parts: Readonly<Record<string, AttributeValue>> = {}) => ({
    PK: { S: `FAA#LINKS#MFR_MDL_CODE#old#SN#${serial}` },
    SK: { S: 'STATE' },
    mfr_mdl_code: { S: 'old' },
    serial_number: { S: serial },
    epoch: { S: '2026-01-05T09:00:00.000' },
    sequence: { S: '7' },
    removed: { BOOL: false },
    __edb_e__: { S: 'link-state' },
    __edb_v__: { S: '1' },
    ...parts,
  });

  it('given a link state of before there were generations, then it is of generation 0', async () => {
    const { clients, stateTable } = await sharedServers();
    const { matcher } = await aws.matcherRepository[0].setUp();
    const serial = unique('serial');
    await clients.dynamodb.send(new PutItemCommand({ TableName: stateTable, Item: former(serial) }));
    const source = link(serial, 'old');
    const [from] = await matcher.load([source]);
    const read = { version: version(7, '2026-01-05T09:00:00.000'), contributions: [], removed: false };
    expect(from).to.deep.equal(read);
    const to = { ...read, version: version(8, '2026-01-05T09:00:00.000') };
    const ofAnother = { ...read, version: version(7, '2026-01-05T09:00:00.000', 1) };
    expect(await matcher.apply([{ source, from: ofAnother, to }])).to.deep.equal(['conflict']);
    expect(await matcher.apply([{ source, from: read, to }])).to.deep.equal(['done']);
    expect(await matcher.load([source])).to.deep.equal([to]);
  });

  for (const [what, generation] of [
    ['before there were generations', undefined],
    ['of a generation', 3],
  ] as const)
    it(`given a link that was counted before there were definitions, ${what}, then its count is taken back`, async () => {
      const { clients, table, stateTable } = await sharedServers();
      const { dynamodb } = clients;
      const { matcher, count } = await aws.matcherRepository[0].setUp();
      const [serial, maker] = [unique('serial'), unique('maker')];
      const tuple = { manufacturer: maker, model: '172S', type_designator: 'C172' };
      const parts = { manufacturer: { S: maker }, model: { S: '172S' }, type_designator: { S: 'C172' } };
      const Item = former(serial, {
        ...parts,
        ...(generation === undefined ? {} : { generation: { N: `${generation}` } }),
      });
      await dynamodb.send(new PutItemCommand({ TableName: stateTable, Item }));
      const Keys = { PK: { S: `ICAO#MATCHER#MFR#${maker}` }, SK: { S: 'MODEL#172S#TYPE#C172' } };
      const counted = { ...Keys, ...parts, count: { N: '2' }, __edb_e__: { S: 'matcher-tuple' } };
      await dynamodb.send(new PutItemCommand({ TableName: table, Item: counted }));

      const source = link(serial, 'old');
      const [from] = (await matcher.load([source])) as readonly CountState[];
      expect(from).to.deep.equal({
        version: version(7, '2026-01-05T09:00:00.000', generation ?? 0),
        contributions: [contribution(tuple)],
        removed: false,
      });
      const to = { version: version(8, '2026-01-05T09:00:00.000', 3), contributions: [], removed: false };
      expect(await matcher.apply([{ source, from, to }])).to.deep.equal(['done']);
      expect(await count(tuple)).to.equal(1);
      expect(await matcher.load([source])).to.deep.equal([to]);
    });

  it('given a table of other keys, without a sort key, then its rows are counted, in rows of such keys', async () => {
    const { clients, stateTable } = await sharedServers();
    const { dynamodb: client } = clients;
    const TableName = unique('visits');
    await client.send(
      new CreateTableCommand({
        TableName,
        KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
        AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }],
        BillingMode: 'PAY_PER_REQUEST',
      }),
    );
    await waitUntilTableExists({ client, minDelay: 1, maxDelay: 2, maxWaitTime: 20 }, { TableName });
    const visit = row({ id: 'VISIT#<visit>' }).with<{ readonly page: string; readonly seconds: number }>();
    const { model } = defineTable({
      keys: { partition: 'id' },
      rows: { visit },
      derive: {
        pages: counts(visit, {
          by: ({ attributes }) => ({ page: attributes.page }),
          amount: 'seconds',
          at: { id: 'PAGE#<page>' },
          as: 'seconds spent',
        }),
      },
    });
    const pages = model.counts[0]!;
    const matcher = new ElectroDbMatcherRepository(documentClientOf(client), {
      ...{ table: TableName, keys: model.keys, stateTable },
    });
    const source = { model: pages, row: { model: model.rows[0]!, parts: [unique('visit')] } };
    const [came, went] = [counting(pages, 1, [{ page: '/' }, '2.5']), counting(pages, 2)];
    expect(await matcher.apply([{ source, from: undefined, to: came }])).to.deep.equal(['done']);
    const read = async () => {
      const Key = { id: { S: 'PAGE#/' } };
      return (await client.send(new GetItemCommand({ TableName, Key, ConsistentRead: true }))).Item;
    };
    expect(await read()).to.deep.equal({
      id: { S: 'PAGE#/' },
      page: { S: '/' },
      'seconds spent': { N: '2.5' },
      rows: { N: '1' },
      __edb_e__: { S: 'pages' },
      __edb_v__: { S: '1' },
    });
    const [from] = (await matcher.load([source])) as readonly CountState[];
    expect(from?.contributions[0]).to.deep.include({
      tuple: { page: '/' },
      at: { partition: 'PAGE#/', sort: undefined },
    });
    expect(await matcher.apply([{ source, from, to: went }])).to.deep.equal(['done']);
    expect(await read()).to.equal(undefined);
  });

  for (const [what, id] of [
    ['short', 'a'],
    ['so long that its key would not fit into a state’s', 'x'.repeat(2_000)],
  ] as const)
    it(`given a row whose key is ${what}, then its state is found again, and no other row’s`, async () => {
      const { matcher } = await aws.matcherRepository[0].setUp();
      const orders = range(3).map((n) => anOrder(SPEND, unique('customer'), `${id}${n}`));
      const moves = orders.map((source, n) => ({ source, from: undefined, to: counting(SPEND, n + 1) }));
      expect(await matcher.apply(moves.slice(0, 2))).to.deep.equal(['done', 'done']);
      expect(await matcher.load(orders)).to.deep.equal([moves[0]!.to, moves[1]!.to, undefined]);
    });
});
