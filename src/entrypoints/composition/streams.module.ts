import { DynamoDBStreamsClient } from '@aws-sdk/client-dynamodb-streams';
import { ContainerModule } from 'inversify';
import { createStreamsClient } from '../../adapters/aws/streams/streams-client.ts';
import { SystemMonotonicClock } from '../../adapters/system/system.ts';
import { Metrics } from '../../application/ports/metrics.ts';
import { MonotonicClock } from '../../application/ports/monotonic-clock.ts';

/** What it takes to read streams of DynamoDB directly. The client is closed with the container. */
export const streamsModule = new ContainerModule(({ bind, onDeactivation }) => {
  bind(MonotonicClock).toResolvedValue(() => new SystemMonotonicClock(), []);
  bind(DynamoDBStreamsClient).toResolvedValue((metrics) => createStreamsClient(metrics), [Metrics]);
  onDeactivation(DynamoDBStreamsClient, (client) => client.destroy());
});
