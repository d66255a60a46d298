import { DynamoDBStreamsClient, type DynamoDBStreamsClientConfig } from '@aws-sdk/client-dynamodb-streams';
import type { Metrics } from '../../../application/ports/metrics.ts';
import { observed, TIMEOUTS } from '../clients.ts';
import { isThrottle } from '../error-codes.ts';

/**
 * A client of the API of streams, from the SDK's own environment, whose requests are counted, and those that are throttled. It tries
 * each once: the reader tries again, as it knows the API's limits.
 *
 * @param config what goes before the environment.
 */
export function createStreamsClient(
  metrics: Metrics,
  config: DynamoDBStreamsClientConfig = {},
): DynamoDBStreamsClient {
  const client = new DynamoDBStreamsClient({ ...config, maxAttempts: 1, requestHandler: TIMEOUTS });
  client.middlewareStack.add(
    (next) => async (request) => {
      try {
        return await next(request);
      } catch (error) {
        if (isThrottle((error as Error).name)) metrics.add('StreamThrottles', 1);
        throw error;
      }
    },
    { step: 'initialize', name: 'contrailThrottleCounter' },
  );
  return observed(client, metrics);
}
