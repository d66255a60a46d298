import { expect } from 'chai';
import { readRecorded } from '../../../src/adapters/recorded/read-recorded.ts';
import { ROWS } from '../../../src/adapters/recorded/rows.ts';
import { registrationRecord } from '../../support/stream-records.ts';

const ITEM = { PK: { S: 'a' }, Records: { L: [] }, payload: { M: { Items: { L: [] } } } };

async function read(text: string) {
  const chunks = async function* () {
    // Byte by byte: no form may depend on how a file is cut.
    for (const byte of Buffer.from(text)) yield Uint8Array.of(byte);
  };
  const found = [];
  for await (const some of readRecorded('x.json', chunks(), ROWS)) found.push(...some);
  return found.map((one) => (one.kind === 'record' ? one.record : `${one.place} ${one.message}`));
}

describe('files of rows', () => {
  const forms: Record<string, [unknown, number]> = {
    'an export': [{ Item: ITEM }, 1],
    'a scan': [{ Items: [ITEM, ITEM], Count: 2, ScannedCount: 2, ConsumedCapacity: null }, 2],
    'a scan that is empty': [{ Items: [], Count: 0 }, 0],
    'a row by itself': [ITEM, 1],
    'an array of rows': [[ITEM, ITEM], 2],
  };
  for (const [form, [value, count]] of Object.entries(forms))
    for (const space of [undefined, 2])
      it(`given ${form}, ${space === undefined ? 'on one line' : 'on several'}, then its rows come out`, async () => {
        const found = await read(JSON.stringify(value, undefined, space));
        expect(found).to.deep.equal(Array.from({ length: count }, () => ({ Item: ITEM })));
      });

  it('given stream records and an incremental export, then they come out as they are', async () => {
    const record = registrationRecord('N1');
    const line = { Metadata: { WriteTimestampMicros: { N: '1' } }, Keys: { PK: { S: 'a' } }, NewImage: ITEM };
    const text = [{ Records: [record] }, record, line].map((one) => JSON.stringify(one)).join('\n');
    expect(await read(text)).to.deep.equal([record, record, line]);
  });

  it('given what is no row, then its line and the names in it are said, but no value', async () => {
    const found = await read(`{"Item":{"PK":{"S":"a"}}}\n{"name":"secret"}\n{"Items":[{"PK":"secret"}]}\n`);
    expect(found).to.have.lengthOf(3);
    expect(found[1]).to.match(
      /^x\.json:2 neither a row nor a stream record: an object with "name"; expected /,
    );
    expect(found[2]).to.match(/^x\.json:3 neither a row nor a stream record: an object with "PK"; expected /);
    expect(JSON.stringify(found)).not.to.contain('secret');
  });

  it('given the manifest of an export, then it says what to name instead', async () => {
    const found = await read('{"itemCount":8,"dataFileS3Key":"AWSDynamoDB/01/data/a.json.gz"}');
    expect(found).to.deep.equal([
      'x.json:1 a manifest of an export: name the data files themselves, or the folder data',
    ]);
  });
});
