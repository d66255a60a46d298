import { expect } from 'chai';
import { readSearchMessage } from '../../local/proof/read-search-message.ts';
import type { Decimal } from '../../src/domain/decimal.ts';
import { equalValues } from '../../src/domain/value.ts';
import { decimal } from '../support/factories.ts';

const VERSION = '"version":{"generation":3,"epoch":"2026-01-01","sequence":"12"}';

describe('a search action from its message', () => {
  it('given an upsert, then has the document with every digit', () => {
    const digits = '12345678901234567890123456789012345678';
    const body = `{"action":"upsert","collection":"registry","id":"FAA:N1",${VERSION},"document":{"id":"FAA:N1","n":${digits},"l":[1.50,null,true]}}`;
    const { key, version, document } = readSearchMessage(body);
    expect(key).to.deep.equal({ collection: 'registry', id: 'FAA:N1' });
    expect(version).to.deep.equal({ generation: 3, epoch: '2026-01-01', sequence: '12' });
    expect((document?.['n'] as Decimal).text).to.equal(digits);
    expect(equalValues(document?.['l'], [decimal('1.5'), null, true])).to.equal(true);
  });

  it('given one of before there were generations, then is of generation 0', () => {
    const body =
      '{"action":"delete","collection":"registry","id":"FAA:N1","version":{"epoch":"2026-01-01","sequence":"12"}}';
    expect(readSearchMessage(body).version).to.deep.equal({
      generation: 0,
      epoch: '2026-01-01',
      sequence: '12',
    });
  });

  it('given a delete, then has no document', () => {
    const body = `{"action":"delete","collection":"icao_aircraft","id":"B738",${VERSION}}`;
    expect(readSearchMessage(body).document).to.equal(undefined);
  });

  for (const body of [
    `{"action":"upsert","collection":"registry","id":"1",${VERSION}}`,
    `{"action":"delete","collection":"registry","id":"1",${VERSION},"document":{}}`,
    `{"action":"touch","collection":"registry","id":"1",${VERSION},"document":{}}`,
    `{"action":"delete","collection":"registry",${VERSION}}`,
    `{"action":"delete","collection":"registry","id":"1"}`,
    'null',
  ])
    it(`refuses ${body.replace(VERSION, '…')}`, () => {
      expect(() => readSearchMessage(body)).to.throw('not a search action');
    });
});
