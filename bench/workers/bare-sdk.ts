import * as dynamodb from '@aws-sdk/client-dynamodb';
import * as sqs from '@aws-sdk/client-sqs';
import pMap from 'p-map';
import { DEFAULT_CONCURRENCY } from '../../src/adapters/aws/client-defaults.ts';
import type { Downstream } from '../model/modelled-aws.ts';
import type { Worker } from './worker.ts';

/** One request of a worker, as it goes to the SDK. */
export interface Sent {
  readonly service: 'dynamodb' | 'sqs';
  readonly commandName: string;
  readonly input: object;
}

type Client = Pick<dynamodb.DynamoDBClient, 'middlewareStack'> & {
  readonly send: (command: unknown) => Promise<unknown>;
};

type Commands = Readonly<Record<string, new (input: object) => unknown>>;

/** Adds what the clients are asked to send from now on. */
export function recordRequests(downstream: Downstream, sent: Sent[]): void {
  for (const service of ['dynamodb', 'sqs'] as const) {
    const { middlewareStack } = downstream[service] as Client;
    middlewareStack.add(
      (next, { commandName = '' }) =>
        (request) => {
          sent.push({ service, commandName, input: request.input });
          return next(request);
        },
      { step: 'initialize' },
    );
  }
}

/** The SDK's clients alone, which send the requests that another worker sent: what nobody who uses the SDK can beat. */
export function bareSdk(downstream: Downstream, requests: readonly Sent[]): Worker {
  const commands: Readonly<Record<Sent['service'], Commands>> = {
    dynamodb: dynamodb as unknown as Commands,
    sqs: sqs as unknown as Commands,
  };
  // As Contrail has it: the SDK's own would copy each request for a log that nobody reads.
  for (const { config } of [downstream.dynamodb, downstream.sqs])
    config.logger = { warn: console.warn } as typeof config.logger;
  const send = async ({ service, commandName, input }: Sent) => {
    const Command = commands[service][commandName];
    if (Command === undefined) throw new Error(`${service} has no ${commandName}`);
    await (downstream[service] as Client).send(new Command(input));
  };
  // One after the other: those that share counts would be in each other's way.
  const isTransaction = ({ commandName }: Sent) => commandName === 'TransactWriteItemsCommand';
  const transactions = requests.filter(isTransaction);
  const others = requests.filter((request) => !isTransaction(request));
  return {
    handle: async () => {
      await Promise.all([
        pMap(transactions, send, { concurrency: 1 }),
        pMap(others, send, { concurrency: DEFAULT_CONCURRENCY }),
      ]);
    },
  };
}
