import {
  type AttributeValue,
  TransactionCanceledException,
  TransactWriteItemsCommand,
} from '@aws-sdk/client-dynamodb';
import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { marshall, unmarshall } from '@aws-sdk/util-dynamodb';

type Item = Readonly<Record<string, unknown>>;

export interface BatchGet {
  readonly RequestItems: Readonly<
    Record<string, { readonly Keys: readonly Item[]; readonly ConsistentRead?: boolean }>
  >;
}

export interface TransactWrite {
  readonly TransactItems: readonly Readonly<Record<string, Readonly<Record<string, unknown>>>>[];
}

/** A client that records what it is asked, and answers as it is told: until then that there is nothing, and done. */
export class DocumentClientDouble {
  readonly reads: BatchGet[] = [];
  readonly writes: TransactWrite[] = [];
  /** Items put by themselves: they always are. */
  readonly puts: Item[] = [];
  answerRead: (request: BatchGet, nth: number) => object = () => ({ Responses: {} });
  answerWrite: (request: TransactWrite, nth: number) => object = () => ({});
  /** Called when a request is under way, before it is answered; an abort now breaks it off. */
  onRequest: () => void = () => undefined;
  /** Requests that were under way at one time, at most. */
  mostAtOnce = 0;
  #underWay = 0;

  /** As repositories take it. */
  get client(): DynamoDBDocumentClient {
    return { send: this.#send } as unknown as DynamoDBDocumentClient;
  }

  readonly #send = async (
    command: { input: BatchGet | TransactWrite | { readonly Item: Item } },
    { abortSignal }: { abortSignal?: AbortSignal } = {},
  ): Promise<object> => {
    this.mostAtOnce = Math.max(this.mostAtOnce, ++this.#underWay);
    this.onRequest();
    await new Promise((done) => setImmediate(done));
    this.#underWay--;
    if (abortSignal?.aborted) throw Object.assign(new Error('Request aborted'), { name: 'AbortError' });
    const { input } = command;
    if ('Item' in input) {
      this.puts.push(native(input.Item));
      return {};
    }
    if ('TransactItems' in input) {
      const isRaw = command instanceof TransactWriteItemsCommand;
      const write = {
        TransactItems: input.TransactItems.map((part) => nativePart(isRaw ? part : rawPart(part))),
      };
      return this.answerWrite(write, this.writes.push(write));
    }
    const read = {
      RequestItems: mapValues(input.RequestItems, ({ Keys, ...rest }) => ({
        ...rest,
        Keys: Keys.map(native),
      })),
    };
    const { Responses = {}, UnprocessedKeys = {} } = this.answerRead(read, this.reads.push(read)) as Answer;
    return {
      Responses: mapValues(Responses, (rows = []) => rows.map(raw)),
      UnprocessedKeys: mapValues(UnprocessedKeys, (left) => ({ Keys: left?.Keys.map(raw) ?? [] })),
    };
  };
}

interface Answer {
  readonly Responses?: Readonly<Record<string, readonly Item[] | undefined>>;
  readonly UnprocessedKeys?: Readonly<Record<string, BatchGet['RequestItems'][string] | undefined>>;
}

function mapValues<T, U>(record: Readonly<Record<string, T>>, of: (value: T) => U): Record<string, U> {
  return Object.fromEntries(Object.entries(record).map(([name, value]) => [name, of(value)]));
}

type Part = TransactWrite['TransactItems'][number];

/** A part of a transaction as the repositories make it. */
function nativePart(part: Part): Part {
  return withValues(part, native);
}

/** A part as the document client sends it. */
function rawPart(part: Part): Part {
  return withValues(part, raw);
}

function withValues(part: Part, of: (item: Item) => Item): Part {
  const values = new Set(['Item', 'Key', 'ExpressionAttributeValues']);
  return mapValues(part, (one) =>
    Object.fromEntries(
      Object.entries(one).map(([name, value]) => [name, values.has(name) ? of(value as Item) : value]),
    ),
  );
}

function native(item: Item): Item {
  return unmarshall(JSON.parse(JSON.stringify(item), bytesBack) as Record<string, AttributeValue>);
}

/** Bytes are base64 in JSON. */
function bytesBack(name: string, value: unknown): unknown {
  return name === 'B' && typeof value === 'string' ? new Uint8Array(Buffer.from(value, 'base64')) : value;
}

function raw(item: Item): Record<string, AttributeValue> {
  return marshall(item, { removeUndefinedValues: true });
}

/** Keys that a batch read leaves unprocessed: all of them. */
export function allUnprocessed({ RequestItems }: BatchGet): object {
  return { Responses: {}, UnprocessedKeys: RequestItems };
}

/** A transaction cancelled for these reasons, by the position of the item; the others have none. */
export function cancelled(
  { TransactItems }: TransactWrite,
  codes: Readonly<Record<number, string>>,
  Message?: string,
): TransactionCanceledException {
  return new TransactionCanceledException({
    message: 'Transaction cancelled, please refer cancellation reasons for specific reasons',
    CancellationReasons: TransactItems.map((_, index) => ({
      Code: codes[index] ?? 'None',
      ...(codes[index] !== undefined && Message !== undefined && { Message }),
    })),
    $metadata: {},
  });
}
