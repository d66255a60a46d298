import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { SQSClient } from '@aws-sdk/client-sqs';
import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import type { Metrics } from '../../application/ports/metrics.ts';

/** The part of an SDK client that is used. A document client shares it with the client that it was made from. */
type Counted = Pick<DynamoDBClient | DynamoDBDocumentClient | SQSClient, 'middlewareStack'>;

/**
 * Counts every request that the client sends from now on, repeats by the SDK included, by operation. A client counts
 * once, for the metrics that it was given last.
 */
export function countRequests(client: Counted, metrics: Metrics): void {
  // The types of the clients' stacks differ in what requests hold, which does not matter here.
  const { middlewareStack } = client as Pick<DynamoDBClient, 'middlewareStack'>;
  middlewareStack.add(
    (next, { commandName = 'Unknown' }) =>
      (request) => {
        metrics.request(commandName.replace(/Command$/, ''));
        return next(request);
      },
    // Last of its step, so after the SDK's retries, which call it for each attempt, and after signing.
    { step: 'finalizeRequest', priority: 'low', name: 'contrailRequestCounter', override: true },
  );
}
