import { DynamoDBStreamsClient } from '@aws-sdk/client-dynamodb-streams';
import type { Metrics } from '../../../application/ports/metrics.ts';
import { observed, TIMEOUTS } from '../clients.ts';

/**
 * A client of the API of streams, from the SDK's own environment, whose requests are counted. It tries each once: the reader tries
 * again, as it knows the API's limits.
 */
export function createStreamsClient(metrics: Metrics): DynamoDBStreamsClient {
  return observed(new DynamoDBStreamsClient({ maxAttempts: 1, requestHandler: TIMEOUTS }), metrics);
}
