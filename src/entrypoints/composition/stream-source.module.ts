import { DynamoDBStreamsClient } from '@aws-sdk/client-dynamodb-streams';
import { ContainerModule } from 'inversify';
import { DynamoDbStreamSource } from '../../adapters/aws/streams/dynamodb-stream-source.ts';
import { createStreamsClient } from '../../adapters/aws/streams/streams-client.ts';
import { SystemMonotonicClock } from '../../adapters/system/system.ts';
import { Metrics } from '../../application/ports/metrics.ts';
import { MonotonicClock } from '../../application/ports/monotonic-clock.ts';
import { StreamSource } from '../../application/ports/stream-source.ts';

/** A stream of DynamoDB, read directly. Its client is closed with the container. */
export function streamSourceModule(arn: string): ContainerModule {
  return new ContainerModule(({ bind, onDeactivation }) => {
    bind(MonotonicClock).toResolvedValue(() => new SystemMonotonicClock(), []);
    bind(DynamoDBStreamsClient).toResolvedValue((metrics) => createStreamsClient(metrics), [Metrics]);
    onDeactivation(DynamoDBStreamsClient, (client) => client.destroy());
    bind(StreamSource).toResolvedValue(
      (client) => new DynamoDbStreamSource(client, arn),
      [DynamoDBStreamsClient],
    );
  });
}
