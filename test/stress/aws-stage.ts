import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { DeleteItemCommand, PutItemCommand } from '@aws-sdk/client-dynamodb';
import type { AttributeValue } from 'aws-lambda';
import { toSdkImage } from '../../local/proof/sdk-image.ts';
import { takeMessages } from '../../local/proof/drain-queue.ts';
import type { LocalServers } from '../../local/servers/servers.ts';
import { parseQuarantined } from '../../src/adapters/aws/sqs/quarantine-message.ts';
import { FaultWorld } from '../integration/fault-world.ts';
import { streamRecord, type TableRow } from '../support/stream-records.ts';
import { Network } from './network.ts';
import type { Plan } from './plan.ts';
import { POISON_KINDS } from './poison.ts';
import type { Stage, WrittenTable } from './stage.ts';

/** The AWS backend, on DynamoDB Local and a local SQS, behind a network that fails. */
export async function awsStage(plan: Plan, servers: LocalServers): Promise<Stage> {
  const network = new Network(plan);
  const world = await FaultWorld.create(servers, plan.maxMessageBytes);
  const quarantineUrl = plan.quarantine === 'none' ? undefined : await quarantineOf(servers, plan);
  const kept = new Map<string, string>();
  return {
    table: dynamoDbTable(world),
    poison: quarantineUrl === undefined ? [] : POISON_KINDS,
    handlerOf: (name) =>
      world.worker({
        interceptor: network.interceptorOf(name),
        requestsGoOn: true,
        ...(quarantineUrl === undefined ? {} : { quarantineUrl }),
        ...(plan.sdkAttempts === undefined ? {} : { maxAttempts: plan.sdkAttempts }),
      }).handler,
    // The latest requests take effect when everybody else is done.
    settled: () => network.settled(),
    drift: async () => (await world.verification()).drift,
    kept: async () => {
      if (quarantineUrl === undefined) return undefined;
      await takeKept(servers, quarantineUrl, kept);
      return kept;
    },
    get injected() {
      return network.counts.all;
    },
    close: () => world.close(),
  };
}

/** Makes a queue for poison, and returns its URL. */
function quarantineOf({ sqs }: LocalServers, { seed, quarantine, maxMessageBytes }: Plan): Promise<string> {
  const name = `quarantine-${seed}-${randomUUID()}`;
  const attributes = maxMessageBytes === undefined ? {} : { MaximumMessageSize: String(maxMessageBytes) };
  return quarantine === 'FIFO' ? sqs.createFifoQueue(name, attributes) : sqs.createQueue(name, attributes);
}

/** Takes out of quarantine what is there. */
function takeKept({ clients }: LocalServers, queueUrl: string, kept: Map<string, string>): Promise<void> {
  return takeMessages(clients.sqs, queueUrl, (messages) => {
    for (const { Body = '' } of messages) {
      const { reason, source } = parseQuarantined(Body);
      kept.set(source.sequenceNumber ?? '?', reason);
    }
  });
}

function dynamoDbTable({ client, table: TableName }: FaultWorld): WrittenTable {
  return {
    put: (row: TableRow) => {
      const { NewImage } = streamRecord({ after: row }).dynamodb;
      const Item = toSdkImage(NewImage as Record<string, AttributeValue>);
      return untilThrough(() => client.send(new PutItemCommand({ TableName, Item })));
    },
    remove: ({ PK, SK }: TableRow) =>
      untilThrough(() =>
        client.send(new DeleteItemCommand({ TableName, Key: { PK: { S: PK }, SK: { S: SK } } })),
      ),
  };
}

/** A write meets a worker's transaction now and then; not every SDK repeats it by itself. */
async function untilThrough(write: () => Promise<unknown>): Promise<void> {
  for (;;)
    try {
      await write();
      return;
    } catch (error) {
      if (!(error instanceof Error) || error.name !== 'TransactionConflictException') throw error;
      await sleep(2);
    }
}
