import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBStreamsClient } from '@aws-sdk/client-dynamodb-streams';
import { SQSClient } from '@aws-sdk/client-sqs';
import { DynamoDbLocal, type DynamoDbLocalOptions } from './dynamodb-local.ts';
import { LOCAL_SDK } from './local-credentials.ts';
import { SqsLocal } from './sqs-local.ts';
import { createMainTable, createStateTable } from './tables.ts';

/** What the worker needs of AWS, on this machine: tables, stream, queue, and clients for them. */
export interface LocalServers {
  readonly dynamodb: DynamoDbLocal;
  readonly sqs: SqsLocal;
  readonly table: string;
  readonly stateTable: string;
  readonly streamArn: string;
  readonly queueUrl: string;
  readonly clients: {
    readonly dynamodb: DynamoDBClient;
    readonly streams: DynamoDBStreamsClient;
    readonly sqs: SQSClient;
  };
  /** Stops servers and clients. May be called again. */
  stop(): Promise<void>;
}

/**
 * Starts both servers and creates the tables and the queue.
 *
 * @throws Fault `configuration` saying what to install when Java is missing. Nothing keeps running then.
 */
export async function startServers(options: DynamoDbLocalOptions = {}): Promise<LocalServers> {
  const undo: (() => unknown)[] = [];
  const stop = async () => {
    for (let step = undo.pop(); step !== undefined; step = undo.pop()) await step();
  };
  try {
    const dynamodb = await DynamoDbLocal.start(options);
    undo.push(() => dynamodb.stop());
    const sqs = await SqsLocal.start();
    undo.push(() => sqs.stop());
    const clients = {
      dynamodb: new DynamoDBClient({ ...LOCAL_SDK, endpoint: dynamodb.endpoint }),
      streams: new DynamoDBStreamsClient({ ...LOCAL_SDK, endpoint: dynamodb.endpoint }),
      sqs: new SQSClient({ ...LOCAL_SDK, endpoint: sqs.endpoint }),
    };
    for (const client of Object.values(clients)) undo.push(() => client.destroy());
    const [table, stateTable] = ['aircraft', 'contrail-state'];
    const streamArn = await createMainTable(clients.dynamodb, table);
    await createStateTable(clients.dynamodb, stateTable);
    const queueUrl = await sqs.createFifoQueue('search-actions');
    return { dynamodb, sqs, table, stateTable, streamArn, queueUrl, clients, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** The environment variables of a worker on these servers. */
export function workerEnvironment(servers: LocalServers): Record<string, string> {
  return {
    BACKEND: 'aws',
    TABLE_NAME: servers.table,
    STATE_TABLE_NAME: servers.stateTable,
    TYPESENSE_QUEUE_URL: servers.queueUrl,
    AWS_ENDPOINT_URL_DYNAMODB: servers.dynamodb.endpoint,
    AWS_ENDPOINT_URL_SQS: servers.sqs.endpoint,
    AWS_REGION: LOCAL_SDK.region,
    AWS_ACCESS_KEY_ID: LOCAL_SDK.credentials.accessKeyId,
    AWS_SECRET_ACCESS_KEY: LOCAL_SDK.credentials.secretAccessKey,
  };
}
