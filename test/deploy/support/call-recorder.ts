import { createServer, request, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A request as a server gets it. */
export interface Call {
  /** Such as `TransactWriteItems`. */
  readonly operation: string;
  readonly input: Readonly<Record<string, unknown>>;
}

/** Stands before a local AWS server, hands every request on, and remembers it: whoever sends it, nothing gets by. */
export class CallRecorder {
  readonly calls: Call[] = [];
  readonly #server: Server;
  readonly #target: URL;

  private constructor(target: string) {
    this.#target = new URL(target);
    this.#server = createServer((incoming, outgoing) => void this.#handOn(incoming, outgoing));
  }

  static async before(target: string): Promise<CallRecorder> {
    const recorder = new CallRecorder(target);
    await new Promise<void>((resolve) => recorder.#server.listen(0, '127.0.0.1', resolve));
    return recorder;
  }

  get endpoint(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  async stop(): Promise<void> {
    const closed = new Promise((resolve) => this.#server.close(resolve));
    this.#server.closeAllConnections();
    await closed;
  }

  async #handOn(incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
    try {
      const body = await readAll(incoming);
      const target = String(
        incoming.headers['x-amz-target'] ?? `no target: ${incoming.method} ${incoming.url}`,
      );
      this.calls.push({
        operation: target.slice(target.lastIndexOf('.') + 1),
        input: JSON.parse(body.toString()) as Call['input'],
      });
      const answer = await this.#send(incoming, body);
      const content = await readAll(answer);
      outgoing.writeHead(answer.statusCode ?? 500, answer.headers).end(content);
    } catch (error) {
      outgoing.writeHead(500).end(String(error));
    }
  }

  #send(incoming: IncomingMessage, body: Buffer): Promise<IncomingMessage> {
    return new Promise((resolve, reject) => {
      const { method, url, headers } = incoming;
      const { hostname, port, host } = this.#target;
      const options = { hostname, port, method, path: url, headers: { ...headers, host } };
      request(options, resolve).on('error', reject).end(body);
    });
  }
}

async function readAll(message: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of message) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}
