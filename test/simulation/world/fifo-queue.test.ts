import { searchQueueContract, type SearchQueueHarness } from '../../contracts/search-queue.contract.ts';
import type { SearchAction } from '../../../src/domain/search-action.ts';
import { FifoQueue } from './fifo-queue.ts';

const setUp = async (): Promise<SearchQueueHarness> => {
  const queue = new FifoQueue({ now: () => 0 });
  const receive = async () => {
    const delivered: SearchAction[] = [];
    for (;;) {
      const receipts = queue.receive(10);
      if (receipts.length === 0) return delivered;
      for (const receipt of receipts) {
        delivered.push(receipt.action);
        queue.delete(receipt);
      }
    }
  };
  return { queue, receive };
};

searchQueueContract('the modelled queue', setUp, {
  deliversOlderActions: 'yes',
  nulCharacters: 'yes',
  largestDocument: 400_000,
});
