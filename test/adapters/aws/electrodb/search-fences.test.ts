import { expect } from 'chai';
import fc from 'fast-check';
import { fenceKey } from '../../../../src/adapters/aws/electrodb/search/fence-row.ts';
import type { DocumentKey } from '../../../../src/domain/search-document.ts';
import { text } from '../any-value.ts';

const nameOf = ({ collection, id }: DocumentKey) => JSON.stringify([collection, id]);

describe('the key of a fence', () => {
  it('given a document, then its name can be read from it', () => {
    expect(fenceKey({ collection: 'registry', id: 'FAA:N1#2' })).to.deep.equal({
      PK: 'FENCE#registry#FAA:N1#2',
      SK: 'FENCE',
    });
  });

  it('given any two documents, then their keys differ, and DynamoDB takes them', () => {
    const part = fc.oneof(
      text,
      fc.constantFrom('%', '#', 'a#b', 'a', 'b#c', 'x'.repeat(3_000), '\ud800', '\ufffd'),
    );
    const documents = fc.record({ collection: part, id: part });
    fc.assert(
      fc.property(documents, documents, (one, other) => {
        const [a, b] = [fenceKey(one).PK, fenceKey(other).PK];
        expect(Buffer.byteLength(a)).to.be.at.most(2_048);
        expect(a.isWellFormed()).to.equal(true);
        expect(a === b).to.equal(nameOf(one) === nameOf(other));
      }),
      { numRuns: 2_000 },
    );
  });
});
