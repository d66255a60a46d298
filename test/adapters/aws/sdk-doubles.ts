import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { SQSClient } from '@aws-sdk/client-sqs';

/** A request as the SDK sends it. */
export interface Sent {
  readonly body: string | Uint8Array;
  readonly hostname: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
}

interface Answer {
  readonly status?: number;
  readonly body?: object;
}

type Answering = (request: Sent, signal: AbortSignal | undefined, nth: number) => Answer | Promise<Answer>;

/** What stands in for the network: keeps what is sent, and answers as it is told, until then with an empty object. */
export class HttpDouble {
  readonly sent: Sent[] = [];
  readonly #answer: Answering;

  constructor(answer: Answering = () => ({})) {
    this.#answer = answer;
  }

  async handle(request: unknown, { abortSignal }: { readonly abortSignal?: unknown } = {}) {
    const one = request as Sent;
    // The SDK signs each attempt of a request in its headers.
    const nth = this.sent.push({ ...one, headers: { ...one.headers } });
    const { status: statusCode = 200, body = {} } = await this.#answer(
      one,
      abortSignal as AbortSignal | undefined,
      nth,
    );
    const headers = { 'content-type': 'application/x-amz-json-1.0' };
    return { response: { statusCode, headers, body: new Uint8Array(Buffer.from(JSON.stringify(body))) } };
  }

  get bodies(): unknown[] {
    return this.sent.map(
      ({ body }) => JSON.parse(typeof body === 'string' ? body : new TextDecoder().decode(body)) as unknown,
    );
  }

  get places(): string[] {
    return this.sent.map(({ hostname, path }) => `${hostname}${path}`);
  }

  /** Headers by which neither time nor chance differ. */
  get headers(): Record<string, string>[] {
    const differ = new Set([
      'authorization',
      'x-amz-date',
      'amz-sdk-invocation-id',
      'x-amz-content-sha256',
      'content-length',
    ]);
    return this.sent.map(({ headers }) =>
      Object.fromEntries(Object.entries(headers).filter(([header]) => !differ.has(header))),
    );
  }
}

/** Settings of a client that reaches nobody. */
export const SDK = {
  region: 'eu-central-1',
  credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
  maxAttempts: 3,
  // Attempts without pauses between them.
  retryMode: 'standard',
} as const;

export function dynamoDbOn(requestHandler: HttpDouble): DynamoDBClient {
  return new DynamoDBClient({ ...SDK, requestHandler });
}

export function sqsOn(requestHandler: HttpDouble): SQSClient {
  return new SQSClient({ ...SDK, requestHandler });
}
