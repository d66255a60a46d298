import { DynamoDBStreamsClient } from '@aws-sdk/client-dynamodb-streams';
import { ContainerModule, type ServiceIdentifier } from 'inversify';
import { createStreamsClient } from '../../adapters/aws/streams/streams-client.ts';
import { SystemMonotonicClock } from '../../adapters/system/system.ts';
import type { Metrics } from '../../application/ports/metrics.ts';
import { MonotonicClock } from '../../application/ports/monotonic-clock.ts';

/** A reader's own, which go out by the clock: the worker's go out with each batch. Bound by whoever reads. */
export const READER_METRICS: ServiceIdentifier<Metrics> = Symbol('ReaderMetrics');

/** What it takes to read streams of DynamoDB directly. The client is closed with the container. */
export const streamsModule = new ContainerModule(({ bind, onDeactivation }) => {
  bind(MonotonicClock).toResolvedValue(() => new SystemMonotonicClock(), []);
  bind(DynamoDBStreamsClient).toResolvedValue(
    (metrics: Metrics) => createStreamsClient(metrics),
    [READER_METRICS],
  );
  onDeactivation(DynamoDBStreamsClient, (client) => client.destroy());
});
