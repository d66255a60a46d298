import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { DynamoDBStreamsClient } from '@aws-sdk/client-dynamodb-streams';
import type { SQSClient } from '@aws-sdk/client-sqs';
import { handle } from './cached-middleware.ts';
import type { Configuration, HttpRequest, Middleware, MiddlewareStack, Next } from './sdk-middleware.ts';

const PLAIN = Symbol('plain');

/**
 * Marks a command's input that `JSON.stringify` writes as the service takes it, and whose answer is taken as `JSON.parse`
 * reads it: with bytes in base64.
 *
 * @param input has no dates, and no bytes but such as know how they are written in JSON, by `toJSON`. It is all that is sent:
 *   the SDK would add a transaction's token.
 */
export function plain<Input extends object>(input: Input): Input {
  return Object.assign(input, { [PLAIN]: true });
}

/** The SDK's first middleware that does for each request something else. */
const TRACING = 'recursionDetectionMiddleware';

/** What the SDK itself does until a request is written. */
const USUAL: ReadonlySet<string> = new Set([
  'serializerMiddleware',
  'contentLengthMiddleware',
  'getUserAgentMiddleware',
  'hostHeaderMiddleware',
  'contrailFirst',
  TRACING,
]);

/** What is kept of the requests of a command's class. */
interface Kept {
  /** What follows once a request is written: tracing, attempts, signing. */
  readonly resume: Next;
  /** Whether nobody has added to what goes before. */
  readonly isUsual: boolean;
  /** A request to each place: those to one place have the same headers, but for their length. */
  readonly requests: Map<string, HttpRequest>;
}

/**
 * Has a client that caches its middleware send plain inputs a shorter way. The first request of a command goes the SDK's: the
 * endpoint is looked up, the headers are made, the body is written by the service's model. Later ones begin as copies of
 * it, and are traced, tried, signed and counted as all are. Answers with another status than 200 the SDK reads.
 *
 * Saves a third of the processor time that a large batch takes.
 */
export function sendPlainly(client: DynamoDBClient | DynamoDBStreamsClient | SQSClient): void {
  const stack = client.middlewareStack as unknown as MiddlewareStack;
  const config = client.config as unknown as Configuration;
  // A later SDK may speak another protocol, or go about it in another way, and then does everything itself.
  const isTraced = stack.identify().some((name) => name.startsWith(TRACING));
  if (config.protocol.getShapeId() !== 'aws.protocols#awsJson1_0' || !isTraced) return;
  const keptBy = new WeakMap<object, Kept>();

  // Before the next one, as the SDK puts middleware together from its end.
  const keepFirst: Middleware = (next, context) => {
    const requests = new Map<string, HttpRequest>();
    keptBy.set(context, { resume: next, isUsual: isUsual(stack), requests });
    return (call) => {
      const { input, request } = call;
      if (request !== undefined)
        requests.set(placeOf(input), { ...request, headers: { ...request.headers } });
      return next(call);
    };
  };
  const copyLater: Middleware = (next, context) => {
    const kept = keptBy.get(context);
    return (call) => {
      const { input } = call;
      const first = PLAIN in input ? kept?.requests.get(placeOf(input)) : undefined;
      if (first === undefined || kept?.isUsual !== true) return next(call);
      const body = Buffer.from(JSON.stringify(input));
      const headers = { ...first.headers, 'content-length': String(body.length) };
      return kept.resume({ ...call, request: { ...first, headers, body } });
    };
  };
  const readAnswer: Middleware = (next) => async (call) => {
    if (!(PLAIN in call.input)) return next(call);
    const { response } = await handle(config, call);
    const { statusCode: httpStatusCode, body } = response;
    if (httpStatusCode !== 200) return next({ ...call, response });
    const bytes = body instanceof Uint8Array ? body : await config.streamCollector(body);
    const answer = JSON.parse(DECODER.decode(bytes)) as object;
    return { response, output: { ...answer, $metadata: { httpStatusCode } } };
  };
  stack.addRelativeTo(keepFirst, { ...ours('First'), relation: 'before', toMiddleware: TRACING });
  stack.add(copyLater, { ...ours('Later'), step: 'initialize', priority: 'low' });
  stack.add(readAnswer, { ...ours('Answer'), step: 'deserialize', priority: 'high' });
}

const DECODER = new TextDecoder();

function ours(name: string) {
  return { name: `contrail${name}`, override: true } as const;
}

function isUsual(stack: MiddlewareStack): boolean {
  return stack.identify().every((one) => {
    const [name = '', place = ''] = one.split(' - ');
    return USUAL.has(name) || !/^(?:serialize|build|before|after)/.test(place);
  });
}

/**
 * Requests to a queue go where its URL says; those to tables, of which the first is named by an ARN, to a host of that one's account.
 */
function placeOf(input: object): string {
  const { QueueUrl, TableName, RequestItems = {}, TransactItems = [] } = input as Places;
  if (QueueUrl !== undefined) return QueueUrl;
  const [part] = Object.values(TransactItems[0] ?? {});
  const table = TableName ?? part?.TableName ?? Object.keys(RequestItems)[0] ?? '';
  return table.startsWith('arn:') ? table : '';
}

/** What of inputs tells where they go. */
interface Places {
  readonly QueueUrl?: string;
  readonly TableName?: string;
  readonly RequestItems?: object;
  readonly TransactItems?: readonly Readonly<Record<string, { readonly TableName?: string } | undefined>>[];
}
