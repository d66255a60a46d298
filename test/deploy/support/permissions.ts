import type { Call } from './call-recorder.ts';

/** What one part of a call must be allowed to do. */
export interface Permission {
  /** Such as `dynamodb:PutItem`. */
  readonly action: string;
  /** A table's name or a queue's URL. */
  readonly on: string;
  /** The partition key of the item, for DynamoDB. */
  readonly leadingKey?: string;
}

type Json = Readonly<Record<string, unknown>>;
type Item = Readonly<Record<string, { readonly S?: string } | undefined>>;

/** Parts of a transaction are allowed as what they are alone: `TransactWriteItems` itself is no action. */
const TRANSACTION_PARTS: Readonly<Record<string, string>> = {
  Put: 'PutItem',
  Update: 'UpdateItem',
  Delete: 'DeleteItem',
  ConditionCheck: 'ConditionCheckItem',
};

/** Batches of messages are allowed as single ones. */
const SQS_ACTIONS: Readonly<Record<string, string>> = {
  SendMessageBatch: 'SendMessage',
  SendMessage: 'SendMessage',
  GetQueueAttributes: 'GetQueueAttributes',
};

/**
 * The permissions that a call takes, after the Service Authorization Reference.
 *
 * @throws Error for an operation that is not known here: nothing the worker does may go unseen.
 */
export function permissionsOf({ operation, input }: Call): readonly Permission[] {
  const sqsAction = SQS_ACTIONS[operation];
  if (sqsAction !== undefined) return [{ action: `sqs:${sqsAction}`, on: String(input['QueueUrl']) }];
  switch (operation) {
    case 'BatchGetItem':
      return Object.entries(
        input['RequestItems'] as Record<string, { readonly Keys: readonly Item[] }>,
      ).flatMap(([table, { Keys }]) => Keys.map((key) => onItem(operation, table, key)));
    case 'TransactWriteItems':
      return (input['TransactItems'] as readonly Record<string, Json>[]).map((part) => {
        const [[name, write] = ['', {}]] = Object.entries(part);
        const action = TRANSACTION_PARTS[name];
        if (action === undefined) throw new Error(`a transaction has the unknown part ${name}`);
        return onItem(action, String(write['TableName']), (write['Key'] ?? write['Item']) as Item);
      });
    case 'GetItem':
    case 'PutItem':
    case 'UpdateItem':
    case 'DeleteItem':
      return [onItem(operation, String(input['TableName']), (input['Key'] ?? input['Item']) as Item)];
    case 'DescribeTable':
    case 'Scan':
      return [{ action: `dynamodb:${operation}`, on: String(input['TableName']) }];
    case 'DescribeStream':
    case 'GetShardIterator':
      return [{ action: `dynamodb:${operation}`, on: String(input['StreamArn']) }];
    case 'GetRecords':
      // An iterator names its stream.
      return [
        { action: `dynamodb:${operation}`, on: /arn:[^|]*/.exec(String(input['ShardIterator']))?.[0] ?? '' },
      ];
    case 'Query':
      return [{ action: 'dynamodb:Query', on: String(input['TableName']), leadingKey: queriedKey(input) }];
    default:
      throw new Error(`the operation ${operation} is not known here: say what it must be allowed to do`);
  }
}

/** The fleet's partition key, or that of the table beside the shop's. */
function onItem(operation: string, table: string, { PK, id }: Item): Permission {
  const leadingKey = (PK ?? id)?.S;
  if (leadingKey === undefined) throw new Error(`${operation} names no partition key`);
  return { action: `dynamodb:${operation}`, on: table, leadingKey };
}

function queriedKey(input: Json): string {
  const names = (input['ExpressionAttributeNames'] ?? {}) as Record<string, string>;
  const values = input['ExpressionAttributeValues'] as Item;
  for (const [, name = '', value = ''] of String(input['KeyConditionExpression']).matchAll(
    /(#?\w+) = (:\w+)/g,
  ))
    if ((names[name] ?? name) === 'PK') {
      const key = values[value]?.S;
      if (key !== undefined) return key;
    }
  throw new Error(`a query names no PK: ${String(input['KeyConditionExpression'])}`);
}
