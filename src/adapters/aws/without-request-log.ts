import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { SQSClient } from '@aws-sdk/client-sqs';

type Client = Pick<DynamoDBClient | SQSClient, 'config'>;
type SdkLogger = NonNullable<Client['config']['logger']>;

/**
 * Keeps the SDK from preparing a log entry for each request, copies of its input and output among it, for a logger
 * that by default throws it away. Its warnings still come out.
 */
export function withoutRequestLog(client: Client): void {
  client.config.logger = { warn: console.warn } as SdkLogger;
}
