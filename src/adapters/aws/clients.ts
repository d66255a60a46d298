import { setMaxListeners } from 'node:events';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { DynamoDBStreamsClient } from '@aws-sdk/client-dynamodb-streams';
import { SQSClient, type SQSClientConfig } from '@aws-sdk/client-sqs';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { cacheMiddleware } from './cached-middleware.ts';
import { signWithOne } from './one-signer.ts';
import { sendPlainly } from './plain-requests.ts';
import { readPrototypeNames } from './prototype-names.ts';
import type { Metrics } from '../../application/ports/metrics.ts';

type ServiceClient = DynamoDBClient | DynamoDBStreamsClient | SQSClient;

/** Milliseconds. A Lambda that waits longer for one request has no time left to report. */
export const TIMEOUTS = { connectionTimeout: 1_000, requestTimeout: 5_000, throwOnRequestTimeout: true };

/**
 * A DynamoDB client with Contrail's time-outs, from the SDK's own environment.
 *
 * @param maxAttempts how often it sends a request at most.
 * @param metrics of the batches that the client serves; none for what serves no batch.
 */
export function createDynamoDbClient(maxAttempts: number, metrics?: Metrics): DynamoDBClient {
  const client = new DynamoDBClient({ maxAttempts, requestHandler: TIMEOUTS });
  return metrics === undefined ? client : observed(client, metrics);
}

/**
 * An SQS client with Contrail's time-outs, whose requests are counted.
 *
 * @param maxAttempts how often it sends a request at most.
 */
export function createSqsClient(
  maxAttempts: number,
  metrics: Metrics,
  endpoint: Pick<SQSClientConfig, 'useQueueUrlAsEndpoint'>,
): SQSClient {
  return observed(new SQSClient({ ...endpoint, maxAttempts, requestHandler: TIMEOUTS }), metrics);
}

/** The document client that the repositories need: one that gives numbers as strings, as JavaScript's would lose digits. */
export function documentClientOf(client: DynamoDBClient): DynamoDBDocumentClient {
  const documents = DynamoDBDocumentClient.from(client, {
    marshallOptions: { removeUndefinedValues: true },
    unmarshallOptions: { wrapNumbers: true },
  });
  cacheMiddleware(documents);
  readPrototypeNames(client);
  return documents;
}

/** Options of a request that an abort breaks off. From the eleventh listener of a signal on, Node would warn of a leak. */
export function abortableBy(
  signal: AbortSignal | undefined,
): { readonly abortSignal: AbortSignal } | undefined {
  if (signal === undefined) return undefined;
  setMaxListeners(0, signal);
  return { abortSignal: signal };
}

/** Has a client count its requests, and log none. */
export function observed<Client extends ServiceClient>(client: Client, metrics: Metrics): Client {
  countRequests(client, metrics);
  // For each request, the SDK would copy its input and output into an entry for a logger that throws them away: an eighth
  // of what sending takes. Its warnings still come out.
  client.config.logger = { warn: console.warn } as typeof client.config.logger;
  signWithOne(client);
  sendPlainly(client);
  cacheMiddleware(client);
  return client;
}

/**
 * Counts every request that the client sends from now on, by operation, the SDK's own retries included. A client counts
 * once, for the metrics that it was given last.
 */
export function countRequests(client: Pick<ServiceClient, 'middlewareStack'>, metrics: Metrics): void {
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
