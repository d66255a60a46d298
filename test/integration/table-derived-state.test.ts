import { PutItemCommand } from '@aws-sdk/client-dynamodb';
import { expect } from 'chai';
import { createTable } from '../../local/servers/tables.ts';
import { TableDerivedState } from '../../local/proof/table-derived-state.ts';
import { documentClientOf } from '../../src/adapters/aws/clients.ts';
import { ElectroDbImageRepository } from '../../src/adapters/aws/electrodb/images/electrodb-image-repository.ts';
import { ElectroDbMatcherRepository } from '../../src/adapters/aws/electrodb/matcher/electrodb-matcher-repository.ts';
import { MemorySearchIndex } from '../../src/adapters/memory/memory-search-index.ts';
import { verify } from '../../src/application/verify/verify.ts';
import { unique } from '../support/unique.ts';
import { derivedStateContract, type DerivedStateHarness } from '../contracts/derived-state.contract.ts';
import { attributeValues } from '../support/attribute-value.ts';
import { describeWithServers, sharedServers } from './shared-servers.ts';

/** On tables of its own: everything derived is read by scanning them. */
async function setUp(): Promise<DerivedStateHarness> {
  const { dynamodb } = (await sharedServers()).clients;
  const [table, stateTable] = [unique('rows'), unique('states')];
  await createTable(dynamodb, table);
  await createTable(dynamodb, stateTable);
  const documents = documentClientOf(dynamodb);
  const index = new MemorySearchIndex();
  return {
    state: new TableDerivedState(dynamodb, table, index),
    images: new ElectroDbImageRepository(documents, table),
    matcher: new ElectroDbMatcherRepository(documents, { table, stateTable }),
    index: async (actions) => index.apply(actions),
    putRow: async (keys, attributes) => {
      const Item = attributeValues({ ...attributes, ...keys });
      await dynamodb.send(new PutItemCommand({ TableName: table, Item }));
    },
  };
}

describeWithServers('on DynamoDB', () => {
  derivedStateContract('the derived state of a real table', setUp);

  it('given a table that has only rows whose keys lack a part, when verified, then nothing is to be derived', async () => {
    const harness = await setUp();
    const images = (org: string, id: string) => `IMAGES#ORG#${org}#ENTITY#REGISTRATION#ID#${id}`;
    for (const [PK, SK] of [
      ['AIRCRAFT#REGISTRY#FAA', 'DETAIL#'],
      ['AIRCRAFT#REGISTRY#FOREIGN', 'DETAIL#'],
      [images('SYSTEM', 'N1'), 'IMG#'],
      [images('SYSTEM', ''), 'IMG#1'],
      [images('', 'N1'), 'IMG#1'],
      ['ICAO#AIRCRAFT', 'TYPE#'],
      ['ICAO#MANUFACTURERS', 'MFR#'],
      ['FAA#LINKS', 'MFR_MDL_CODE#1'],
      ['FAA#LINKS', 'MFR_MDL_CODE#1#SN#'],
      ['FAA#LINKS', 'MFR_MDL_CODE##SN#1'],
      ['ICAO#MATCHER#MFR#CESSNA', 'MODEL##TYPE#C172'],
    ] as const)
      await harness.putRow({ PK, SK }, { manufacturer: 'CESSNA', model: '172S', type_designator: 'C172' });
    expect(await verify(harness.state)).to.deep.equal({
      checked: { search: 0, defaultImages: 0, matcher: 0 },
      drift: [],
    });
  });
});
