import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { QueueModel } from '../model/queue-model.ts';
import { Refusal, type TableModel } from '../model/table-model.ts';

/** The models behind a real endpoint, for processes that run a bundle as Lambda would. Both services are at one URL. */
export class ModelledEndpoint {
  /** When the first request came that is no read, as `performance.now` has it. */
  firstEffectAt = NaN;
  readonly #tables: TableModel;
  readonly #queue = new QueueModel();
  readonly #server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const [service = '', operation = ''] = String(request.headers['x-amz-target']).split('.');
      if (Number.isNaN(this.firstEffectAt) && !/^(?:Batch)?Get|^Query/.test(operation))
        this.firstEffectAt = performance.now();
      const model = service.startsWith('DynamoDB') ? this.#tables : this.#queue;
      const input: unknown = JSON.parse(Buffer.concat(chunks).toString());
      response.setHeader('content-type', 'application/x-amz-json-1.0');
      try {
        response.end(JSON.stringify(model.execute(operation, input)));
      } catch (error) {
        if (!(error instanceof Refusal)) throw error;
        response.statusCode = 400;
        response.end(JSON.stringify(error.body));
      }
    });
  });

  constructor(tables: TableModel) {
    this.#tables = tables;
  }

  /** Its URL. */
  async start(): Promise<string> {
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve));
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  stop(): void {
    this.#server.closeAllConnections();
    this.#server.close();
  }
}
