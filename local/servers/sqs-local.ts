import { CreateQueueCommand, type QueueAttributeName, SQSClient } from '@aws-sdk/client-sqs';
import { buildApp } from 'fauxqs';
import { type FauxQueue, orderGroupsAsSqsDoes } from './fifo-groups.ts';
import { LOCAL_SDK } from './local-credentials.ts';

/** SQS, with FIFO queues, over HTTP on a free port, within this process. */
export class SqsLocal {
  /** Such as `http://127.0.0.1:51234`. */
  readonly endpoint: string;
  readonly #app: ReturnType<typeof buildApp>;
  readonly #stores: Stores;

  private constructor(app: ReturnType<typeof buildApp>, endpoint: string, own: Stores) {
    this.#app = app;
    this.#stores = own;
    this.endpoint = endpoint;
  }

  static async start(): Promise<SqsLocal> {
    await acceptAllThatSqsAccepts();
    const own = await stores();
    const app = buildApp({ logger: false, defaultRegion: LOCAL_SDK.region, stores: own });
    // Listens on this machine only, for which `startFauxqs` has no option.
    return new SqsLocal(app, await app.listen({ port: 0, host: '127.0.0.1' }), own);
  }

  /** Creates a FIFO queue with the settings that search actions need, and returns its URL. */
  createFifoQueue(name: string, attributes: QueueAttributes = {}): Promise<string> {
    return this.createQueue(`${name}.fifo`, {
      FifoQueue: 'true',
      // High throughput: order and deduplication hold within a group, not across the queue.
      DeduplicationScope: 'messageGroup',
      FifoThroughputLimit: 'perMessageGroupId',
      ...attributes,
    });
  }

  /** Creates any queue and returns its URL. */
  async createQueue(name: string, attributes: QueueAttributes = {}): Promise<string> {
    const client = new SQSClient({ ...LOCAL_SDK, endpoint: this.endpoint });
    try {
      const { QueueUrl } = await client.send(
        new CreateQueueCommand({ QueueName: name, Attributes: attributes }),
      );
      if (QueueUrl === undefined) throw new Error(`SQS gave no URL for the new queue ${name}`);
      return QueueUrl;
    } finally {
      client.destroy();
    }
  }

  /** As though the visibility of everything that was received from a queue were over: for tests, which cannot wait for that. */
  endVisibility(queueUrl: string): void {
    const queue = this.#stores.sqsStore.getQueue(queueUrl) as unknown as FauxQueue | undefined;
    for (const receipt of [...(queue?.inflightMessages.keys() ?? [])]) queue?.changeVisibility(receipt, 0);
  }

  /** Stops the server; its queues are gone. */
  async stop(): Promise<void> {
    await this.#app.close();
  }
}

type QueueAttributes = Partial<Record<QueueAttributeName, string>>;

type Stores = NonNullable<NonNullable<Parameters<typeof buildApp>[0]>['stores']>;

/**
 * A store whose queue URLs have the host of the request. By default they have `sqs.<region>.localhost`, to which the
 * SDK then sends requests, and which not every system resolves. The package has no option for that, and does not
 * export the class.
 */
async function stores(): Promise<Stores> {
  const { SqsStore, SqsQueue } = (await internals('sqsStore')) as {
    SqsStore: new () => Stores['sqsStore'];
    SqsQueue: { prototype: FauxQueue };
  };
  orderGroupsOnce(SqsQueue.prototype);
  const sqsStore = new SqsStore();
  Reflect.deleteProperty(sqsStore, 'host');
  return { sqsStore } as Stores;
}

let isOrdered = false;

function orderGroupsOnce(queues: FauxQueue): void {
  if (!isOrdered) orderGroupsAsSqsDoes(queues);
  isOrdered = true;
}

/**
 * SQS accepts characters beyond the basic plane. The package tests their surrogates one by one, and refuses them; it
 * has no option for that either.
 */
async function acceptAllThatSqsAccepts(): Promise<void> {
  const { INVALID_MESSAGE_BODY_CHAR } = (await internals('sqsTypes')) as {
    INVALID_MESSAGE_BODY_CHAR: RegExp;
  };
  INVALID_MESSAGE_BODY_CHAR.test = (text) => REFUSED.test(text);
}

/** https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SendMessage.html */
const REFUSED = /[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/u;

function internals(module: string): Promise<unknown> {
  return import(new URL(`./sqs/${module}.js`, import.meta.resolve('fauxqs')).href);
}
