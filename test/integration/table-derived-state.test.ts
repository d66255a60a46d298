import { expect } from 'chai';
import { verify } from '../../src/application/verify/verify.ts';
import { fleet } from '../../src/fleet/definition.ts';
import { aws } from '../contracts/backends/aws.ts';
import { describeWithServers } from './shared-servers.ts';

describeWithServers('the derived state of a table', () => {
  it('given a table of rows whose keys lack a part, when verified, then nothing is to be derived', async () => {
    const harness = await aws.derivedState[0].setUp();
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
    expect(await verify(harness.state, fleet)).to.deep.equal({
      checked: { search: 0, defaultImages: 0, matcher: 0, derivedRows: 0 },
      drift: [],
      uncompared: [],
    });
  });
});
