import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { SendMessageBatchCommand, SQSClient } from '@aws-sdk/client-sqs';
import {
  BatchGetCommand,
  DynamoDBDocumentClient,
  QueryCommand,
  TransactWriteCommand,
} from '@aws-sdk/lib-dynamodb';

/** What no worker on the SDK can do without: its clients, made as Contrail makes them, and the commands it sends. */
const clients = [DynamoDBDocumentClient.from(new DynamoDBClient({})), new SQSClient({})];
const commands = [BatchGetCommand, QueryCommand, SendMessageBatchCommand, TransactWriteCommand];

export async function handler(): Promise<unknown> {
  return { batchItemFailures: [], held: clients.length + commands.length };
}
