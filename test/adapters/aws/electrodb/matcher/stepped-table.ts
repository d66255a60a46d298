import { setImmediate as nextTurn, setTimeout } from 'node:timers/promises';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { Refusal, TableModel } from '../../../../../bench/model/table-model.ts';
import { documentClientOf } from '../../../../../src/adapters/aws/clients.ts';
import { Sleeper } from '../../../../../src/application/ports/sleeper.ts';

const SDK = {
  region: 'eu-central-1',
  credentials: { accessKeyId: 'MODEL', secretAccessKey: 'MODEL' },
  maxAttempts: 1,
};

/** So many turns of the event loop, and the SDK has gone on to where it waits. */
const TURNS = 4;

const MOST_MS = 5_000;

/** Where a worker ends: before its nth request is done, or after, without an answer. */
export interface Cut {
  readonly request: number;
  readonly isDone: boolean;
  /** What others do before that request is done: then the worker does not end there, but has only stood still. */
  readonly meanwhile?: () => Promise<void>;
}

interface HttpRequest {
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | Uint8Array;
}

/**
 * DynamoDB's tables in memory, of which every request goes on step by step, when it is chosen: it begins, is done, and is answered. While it
 * is under way, others that write the same items are refused, as DynamoDB does.
 */
export class SteppedTable {
  tables = new TableModel();
  readonly #choose: ((from: number) => number) | undefined;
  readonly #steps: (() => void)[] = [];
  readonly #clients: DynamoDBClient[] = [];

  /** @param choose which of so many steps comes next. Unless given, none waits for another. */
  constructor(choose?: (from: number) => number) {
    this.#choose = choose;
  }

  /** A client of a worker of its own. */
  client(cut?: Cut): {
    readonly client: DynamoDBDocumentClient;
    readonly gone: Promise<void>;
    requests(): number;
  } {
    let requests = 0;
    let leave: () => void = () => undefined;
    const gone = new Promise<void>((resolve) => {
      leave = resolve;
    });
    const end = () => {
      leave();
      return new Promise<never>(() => undefined);
    };
    const handle = async ({ headers, body }: HttpRequest) => {
      const request = ++requests;
      const { meanwhile } = cut ?? {};
      const ending = meanwhile === undefined ? cut : undefined;
      if (ending !== undefined && request > ending.request) return end();
      await this.#step();
      if (request === ending?.request && !ending.isDone) return end();
      if (request === cut?.request) await meanwhile?.();
      const answer = await this.#done(
        (headers['x-amz-target'] ?? '').replace(/^.*\./, ''),
        JSON.parse(typeof body === 'string' ? body : new TextDecoder().decode(body)),
      );
      if (request === ending?.request) return end();
      await this.#step();
      return answer;
    };
    const requestHandler = { handle: (request: HttpRequest) => handle(request), destroy: () => undefined };
    const client = new DynamoDBClient({ ...SDK, requestHandler: requestHandler as never });
    this.#clients.push(client);
    return { client: documentClientOf(client), gone, requests: () => requests };
  }

  /** Pauses are steps, too. */
  readonly sleeper: Sleeper = new (class extends Sleeper {
    readonly #table: SteppedTable;

    constructor(table: SteppedTable) {
      super();
      this.#table = table;
    }

    override sleep(): Promise<void> {
      return this.#table.#step();
    }
  })(this);

  /** Takes steps until a promise is settled. */
  async until<T>(work: Promise<T>): Promise<T> {
    if (this.#choose === undefined) return work;
    const settling = new AbortController();
    const over = () => {
      settling.abort();
    };
    const isOver = () => settling.signal.aborted;
    work.then(over, over);
    for (;;) {
      for (let turn = 0; turn < TURNS; turn++) await nextTurn();
      if (isOver()) return work;
      // What a worker loads first comes from the disk.
      for (let waited = 0; this.#steps.length === 0 && !isOver(); waited++) {
        if (waited > MOST_MS) throw new Error('everybody waits for nothing');
        await setTimeout(1);
      }
      const [next] = this.#steps.splice(this.#choose(this.#steps.length), 1);
      next?.();
    }
  }

  close(): void {
    for (const client of this.#clients) client.destroy();
  }

  #step(): Promise<void> {
    if (this.#choose === undefined) return Promise.resolve();
    return new Promise((resolve) => {
      this.#steps.push(resolve);
    });
  }

  async #done(operation: string, input: unknown) {
    const begun = this.tables.begin(operation, input);
    if (begun instanceof Refusal) return answer(400, begun.body);
    await this.#step();
    begun();
    try {
      return answer(200, this.tables.execute(operation, input));
    } catch (error) {
      if (error instanceof Refusal) return answer(400, error.body);
      throw error;
    }
  }
}

function answer(statusCode: number, body: object) {
  const headers = { 'content-type': 'application/x-amz-json-1.0' };
  return { response: { statusCode, headers, body: Buffer.from(JSON.stringify(body)) } };
}
