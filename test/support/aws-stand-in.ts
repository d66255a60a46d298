import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';

/** What a request is answered: a status, and a body of JSON or XML. */
export interface StandInAnswer {
  readonly status: number;
  readonly body: string;
}

/** A request: its operation, and what it asks. */
export interface StandInRequest {
  /** As the SDK names it, such as `DescribeAlarms`. */
  readonly operation: string;
  /** What comes after the operation's path; the parameters of a form. */
  readonly asks: Readonly<Record<string, string>>;
}

/**
 * Stands for those parts of AWS's APIs that `contrail doctor` reads and nothing else here has: Lambda (REST, JSON), CloudWatch (JSON 1.0), SNS and IAM
 * (forms, XML), in the shapes of the SDK's models. Over HTTP on a free port, within this process.
 */
export class AwsStandIn {
  readonly endpoint: string;
  /** Asked for each request: JSON as an object, the XML of a result as a text. Where there is no answer, access is denied. */
  answers: (request: StandInRequest) => object | string | undefined | Promise<string> = () => undefined;
  readonly seen: StandInRequest[] = [];
  readonly #server: Server;

  private constructor(server: Server) {
    this.#server = server;
    this.endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  }

  static async start(): Promise<AwsStandIn> {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const standIn = new AwsStandIn(server);
    server.on('request', (request: IncomingMessage, response) => {
      void standIn.#answer(request).then(({ status, body }) => {
        const type = body.startsWith('<') ? 'text/xml' : 'application/x-amz-json-1.0';
        response.writeHead(status, {
          'content-type': type,
          ...(status === 403 ? { 'x-amzn-errortype': 'AccessDeniedException' } : {}),
        });
        response.end(body);
      });
    });
    return standIn;
  }

  /** The variables by which the SDK comes here. */
  get environment(): Record<string, string> {
    const services = ['LAMBDA', 'CLOUDWATCH', 'SNS', 'IAM'];
    return Object.fromEntries(services.map((name) => [`AWS_ENDPOINT_URL_${name}`, this.endpoint]));
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    this.#server.close();
    await once(this.#server, 'close');
  }

  async #answer(message: IncomingMessage): Promise<StandInAnswer> {
    const request = await requestOf(message);
    this.seen.push(request);
    const answer = await this.answers(request);
    const isForm = message.headers['content-type']?.includes('form') === true;
    if (answer === undefined)
      return {
        status: 403,
        body: isForm
          ? `<ErrorResponse><Error><Type>Sender</Type><Code>AccessDenied</Code><Message>not authorized to perform ${request.operation}</Message></Error></ErrorResponse>`
          : JSON.stringify({
              __type: 'AccessDeniedException',
              message: `not authorized to perform ${request.operation}`,
            }),
      };
    if (typeof answer === 'object') return { status: 200, body: JSON.stringify(answer) };
    const { operation } = request;
    return {
      status: 200,
      body: `<${operation}Response><${operation}Result>${answer}</${operation}Result></${operation}Response>`,
    };
  }
}

/** Lambda's operations, by their paths. */
const PATHS: readonly (readonly [operation: string, path: RegExp])[] = [
  ['ListEventSourceMappings', /^\/2015-03-31\/event-source-mappings\/?$/],
  ['GetFunctionConfiguration', /^\/2015-03-31\/functions\/(?<name>[^/]+)\/configuration$/],
  ['GetFunctionConcurrency', /^\/2019-09-30\/functions\/(?<name>[^/]+)\/concurrency$/],
  ['GetAccountSettings', /^\/2016-08-19\/account-settings\/?$/],
];

async function requestOf(message: IncomingMessage): Promise<StandInRequest> {
  const { pathname, searchParams } = new URL(message.url ?? '/', 'http://localhost');
  const body = await text(message);
  const target = message.headers['x-amz-target'];
  if (typeof target === 'string') {
    const asks = JSON.parse(body) as Readonly<Record<string, string>>;
    return { operation: target.split('.').at(-1) ?? '', asks };
  }
  for (const [operation, path] of PATHS) {
    const match = path.exec(pathname);
    if (match !== null) return { operation, asks: { ...match.groups, ...Object.fromEntries(searchParams) } };
  }
  const form = Object.fromEntries(new URLSearchParams(body));
  return { operation: form['Action'] ?? pathname, asks: form };
}
