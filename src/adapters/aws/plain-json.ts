import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { SQSClient } from '@aws-sdk/client-sqs';

const PLAIN = Symbol('plain');

/**
 * Marks a command's input that `JSON.stringify` writes as the service takes it.
 *
 * @param input has no dates, and no bytes but such as know how they are written in JSON, by `toJSON`.
 */
export function plain<Input extends object>(input: Input): Input {
  return Object.assign(input, { [PLAIN]: true });
}

interface Protocol {
  getShapeId(): string;
  serializeRequest(
    operation: unknown,
    input: object,
    context: unknown,
  ): Promise<{ body?: string | Uint8Array }>;
}

const NOTHING = {};

/**
 * Has a client write plain inputs with `JSON.stringify`. The SDK's own way, through the service's model, took a tenth of what
 * sending takes.
 */
export function writePlainly({ config }: DynamoDBClient | SQSClient): void {
  const protocol = (config as unknown as { readonly protocol: Protocol }).protocol;
  // A later SDK may speak another, and then writes everything itself.
  if (protocol.getShapeId() !== 'aws.protocols#awsJson1_0') return;
  const serializeRequest = protocol.serializeRequest.bind(protocol);
  protocol.serializeRequest = async (operation, input, context) => {
    if (!(PLAIN in input)) return serializeRequest(operation, input, context);
    const request = await serializeRequest(operation, NOTHING, context);
    request.body = JSON.stringify({ ...addedBySdk(request), ...input });
    return request;
  };
}

/** The token of a transaction, by which the SDK's own retries are known for such: they take no effect a second time. */
function addedBySdk({ body = '{}' }: { readonly body?: string | Uint8Array }): object {
  // The SDK's bytes know a string's methods, and warn of their use: so none is called, as `Buffer.from` would.
  return JSON.parse(typeof body === 'string' ? body : DECODER.decode(body)) as object;
}

const DECODER = new TextDecoder();
