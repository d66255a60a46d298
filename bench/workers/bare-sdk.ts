import * as dynamodb from '@aws-sdk/client-dynamodb';
import * as sqs from '@aws-sdk/client-sqs';
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
      { step: 'build' },
    );
  }
}

/** The SDK's clients alone, which send the requests that another worker sent: what nobody who uses the SDK can beat. */
export function bareSdk(downstream: Downstream, requests: readonly Sent[]): Worker {
  const commands: Readonly<Record<Sent['service'], Commands>> = {
    dynamodb: dynamodb as unknown as Commands,
    sqs: sqs as unknown as Commands,
  };
  return {
    handle: async () => {
      await Promise.all(
        requests.map(({ service, commandName, input }) => {
          const Command = commands[service][commandName];
          if (Command === undefined) throw new Error(`${service} has no ${commandName}`);
          return (downstream[service] as Client).send(new Command(input));
        }),
      );
    },
  };
}
