import { readSearchMessage } from '../../../../local/proof/read-search-message.ts';
import { SqsSearchQueue } from '../../../../src/adapters/aws/sqs/sqs-search-queue.ts';
import type { SearchQueueFeatures, SearchQueueHarness } from '../../../contracts/search-queue.contract.ts';
import { ownQueue } from './own-queue.ts';

export const SQS_FEATURES: SearchQueueFeatures = {
  deliversOlderActions: 'yes',
  nulCharacters: 'yes',
  largestDocument: 400_000,
};

/** A search queue on a FIFO queue of its own. */
export async function sqsHarness(endpoint: string): Promise<SearchQueueHarness> {
  const { client, queueUrl, bodies, close } = await ownQueue(endpoint, 'search', true);
  return {
    queue: new SqsSearchQueue(client, { queueUrl }),
    receive: async () => (await bodies()).map(readSearchMessage),
    close,
  };
}
