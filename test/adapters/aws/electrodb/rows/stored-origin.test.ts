import { expect } from 'chai';
import { originIn, storedOrigin } from '../../../../../src/adapters/aws/electrodb/rows/stored-origin.ts';

const ORIGIN = 'copies 10#CUSTOMER#1ORDER 2@3';

describe('what a derived row says it is derived from', () => {
  it('given a row in the table of its source, then is a derivation and a row', () => {
    expect(storedOrigin('orders', undefined, ORIGIN)).to.equal(ORIGIN);
    expect(originIn('orders', undefined, ORIGIN)).to.equal(ORIGIN);
  });

  it('given a row in another table, then is of which table its source is, too', () => {
    const stored = storedOrigin('orders', 'audit', ORIGIN);
    expect(stored).to.equal('copies@orders 10#CUSTOMER#1ORDER 2@3');
    expect(originIn('orders', 'audit', stored)).to.equal(ORIGIN);
  });

  it('given the table by its ARN, then its name stands for it', () => {
    const arn = 'arn:aws:dynamodb:eu-west-1:123456789012:table/orders';
    expect(storedOrigin(arn, 'audit', ORIGIN)).to.equal(storedOrigin('orders', 'audit', ORIGIN));
    expect(originIn(arn, 'audit', storedOrigin('orders', 'audit', ORIGIN))).to.equal(ORIGIN);
  });

  for (const [what, stored] of [
    ['of another table', storedOrigin('invoices', 'audit', ORIGIN)],
    ['that does not say of which table it is', ORIGIN],
    ['of something else', 'whatever'],
  ] as const)
    it(`given a row ${what}, then it is of no row of this one`, () => {
      expect(originIn('orders', 'audit', stored)).to.match(/^(@|copies@)/);
    });
});
