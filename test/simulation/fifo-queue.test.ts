import { describeContract } from '../contracts/contract.ts';
import * as searchQueue from '../contracts/search-queue.ts';
import type { SearchAction } from '../../src/domain/search-action.ts';
import { FifoQueue } from '../../src/simulation/world/fifo-queue.ts';

describeContract('search queue', { send: searchQueue }, [
  {
    name: "the simulation's queue",
    setUp: () => {
      const queue = new FifoQueue({ now: () => 0 });
      return { queue, receive: async () => receiveAll(queue) };
    },
  },
]);

function receiveAll(queue: FifoQueue): readonly SearchAction[] {
  const delivered: SearchAction[] = [];
  for (;;) {
    const receipts = queue.receive(10);
    if (receipts.length === 0) return delivered;
    for (const receipt of receipts) {
      delivered.push(receipt.action);
      queue.delete(receipt);
    }
  }
}
