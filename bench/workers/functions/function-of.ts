import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { SQSClient } from '@aws-sdk/client-sqs';
import type { DynamoDBStreamEvent } from 'aws-lambda';
import type { Downstream } from '../../model/modelled-aws.ts';
import type { Worker } from '../worker.ts';

/** A Lambda function around a worker, by the environment that Contrail's function has. */
export function functionOf(make: (downstream: Downstream) => Worker) {
  const { TABLE_NAME = '', STATE_TABLE_NAME = '', TYPESENSE_QUEUE_URL = '' } = process.env;
  const worker = make({
    dynamodb: new DynamoDBClient({}),
    sqs: new SQSClient({ useQueueUrlAsEndpoint: false }),
    table: TABLE_NAME,
    stateTable: STATE_TABLE_NAME,
    queueUrl: TYPESENSE_QUEUE_URL,
  });
  return async ({ Records }: DynamoDBStreamEvent) => {
    await worker.handle(Records);
    return { batchItemFailures: [] };
  };
}
