import type { TableModel } from '../../domain/table-model.ts';
import { FENCES } from '../../adapters/aws/electrodb/search/fence-row.ts';
import { allow, onPartitions, onPatterns, type PolicyDocument, type Statement } from './policy.ts';

/** ARNs of what an indexer has to do with. */
export interface IndexerResources {
  readonly table: string;
  readonly stateTable: string;
  readonly searchQueue: string;
  /** The secret that its key is read from; undefined where it is given otherwise. */
  readonly keySecret?: string | undefined;
}

/**
 * What an indexer of this definition may do: exactly what it asks for, on Lambda and as a process, and what Lambda asks for in
 * its name to read the queue.
 */
export function indexerPolicyOf(model: TableModel, resources: IndexerResources): PolicyDocument {
  const { searchQueue, keySecret } = resources;
  return {
    Version: '2012-10-17',
    Statement: [
      allow(
        'ReceiveActions',
        ['sqs:ReceiveMessage', 'sqs:DeleteMessage', 'sqs:GetQueueAttributes'],
        searchQueue,
      ),
      ...indexerStatements(model, resources),
      ...(keySecret === undefined ? [] : [allow('ReadKey', 'secretsmanager:GetSecretValue', keySecret)]),
    ],
  };
}

/**
 * What the indexer's function itself asks for on Lambda, which receives and deletes messages in its name: to read the rows that
 * documents are of, to read and write the fences among the state, and to give messages back. Where the key of the search
 * server is, no definition says.
 */
export function indexerStatements(
  { rows, keys }: TableModel,
  { table, stateTable, searchQueue }: IndexerResources,
): readonly Statement[] {
  const partitions = rows.filter(({ documents }) => documents.length > 0).map(({ partition }) => partition);
  return [
    { ...allow('ReadRows', 'dynamodb:BatchGetItem', table), ...onPartitions(partitions, keys) },
    {
      ...allow('KeepFences', ['dynamodb:BatchGetItem', 'dynamodb:PutItem'], stateTable),
      ...onPatterns([`${FENCES}*`]),
    },
    allow('GiveActionsBack', 'sqs:ChangeMessageVisibility', searchQueue),
  ];
}
