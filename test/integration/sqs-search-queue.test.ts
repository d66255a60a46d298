import { searchQueueContract } from '../contracts/search-queue.contract.ts';
import { SQS_FEATURES, sqsHarness } from '../adapters/aws/sqs/harness.ts';
import { describeWithServers, sharedServers } from './shared-servers.ts';

describeWithServers('on SQS', () => {
  searchQueueContract(
    'the SQS search queue',
    async () => sqsHarness((await sharedServers()).sqs.endpoint),
    SQS_FEATURES,
  );
});
