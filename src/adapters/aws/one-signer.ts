import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { DynamoDBStreamsClient } from '@aws-sdk/client-dynamodb-streams';
import type { SQSClient } from '@aws-sdk/client-sqs';

type MakeSigner = (scheme: unknown) => Promise<unknown>;

/**
 * Has a client sign all requests with one signer, which asks for the credentials that hold at the time. The SDK makes one for
 * each request, with a copy of all settings: a twentieth of what a large batch takes.
 */
export function signWithOne(client: DynamoDBClient | DynamoDBStreamsClient | SQSClient): void {
  const config = client.config as unknown as { signer: MakeSigner };
  const makeSigner = config.signer;
  let signer: unknown;
  config.signer = async (scheme) => (signer ??= await makeSigner(scheme));
}
