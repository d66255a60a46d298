import { TransactionCanceledException } from '@aws-sdk/client-dynamodb';
import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';

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
    { input }: { input: BatchGet | TransactWrite },
    { abortSignal }: { abortSignal?: AbortSignal } = {},
  ): Promise<object> => {
    this.mostAtOnce = Math.max(this.mostAtOnce, ++this.#underWay);
    this.onRequest();
    await new Promise((done) => setImmediate(done));
    this.#underWay--;
    if (abortSignal?.aborted) throw Object.assign(new Error('Request aborted'), { name: 'AbortError' });
    if ('TransactItems' in input) return this.answerWrite(input, this.writes.push(input));
    return { UnprocessedKeys: {}, ...this.answerRead(input, this.reads.push(input)) };
  };
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
