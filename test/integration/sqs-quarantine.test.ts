import { quarantineHarness } from '../adapters/aws/sqs/quarantine-harness.ts';
import { quarantineContract } from '../contracts/quarantine.contract.ts';
import { describeWithServers, sharedServers } from './shared-servers.ts';

describeWithServers('on SQS', () => {
  for (const [kind, fifo] of [
    ['standard', false],
    ['FIFO', true],
  ] as const)
    quarantineContract(`the SQS quarantine on a ${kind} queue`, async () =>
      quarantineHarness((await sharedServers()).sqs.endpoint, fifo),
    );
});
