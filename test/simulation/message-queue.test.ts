import { describeContract } from '../contracts/contract.ts';
import * as searchQueue from '../contracts/search-queue.ts';
import type { SearchAction } from '../../src/domain/search-action.ts';
import { MessageQueue } from '../../src/simulation/world/message-queue.ts';

describeContract('search queue', { send: searchQueue }, [
  {
    name: "the simulation's queue",
    setUp: () => {
      const queue = new MessageQueue({ now: () => 0 });
      return { queue, receive: async () => receiveAll(queue) };
    },
  },
]);

function receiveAll(queue: MessageQueue): readonly SearchAction[] {
  const delivered: SearchAction[] = [];
  for (;;) {
    const received = queue.receive({ max: 10, visibleFrom: 1 });
    if (received.length === 0) return delivered;
    for (const { body, receipt } of received) {
      delivered.push(body);
      queue.groups.end(receipt, 0);
    }
  }
}
