import { expect } from 'chai';
import { transactionSize } from '../../../../src/adapters/aws/electrodb/transaction-size.ts';

describe('transactionSize', () => {
  for (const { items, size, because } of [
    { items: 3, size: 25, because: 'one is enough' },
    { items: 100, size: 25, because: 'four share them' },
    { items: 130, size: 33, because: 'four share them still' },
    { items: 1_000, size: 50, because: 'none may have more' },
  ])
    it(`given ${items} items, 25 at least and 50 at most, then ${size}, as ${because}`, () => {
      expect(transactionSize(items, 25, 50)).to.equal(size);
    });
});
