import { DynamoDBStreamsClient } from '@aws-sdk/client-dynamodb-streams';
import { LOCAL_SDK } from '../../../local/servers/local-credentials.ts';
import { observed, TIMEOUTS } from '../../../src/adapters/aws/clients.ts';
import { NoMetrics } from '../../../src/entrypoints/no-metrics.ts';

/** A client as `contrail consume` has it, which everybody gets: on this server. */
export function streamsClient(endpoint: string): DynamoDBStreamsClient {
  const settings = { ...LOCAL_SDK, endpoint, maxAttempts: 1, requestHandler: TIMEOUTS };
  return observed(new DynamoDBStreamsClient(settings), new NoMetrics());
}
