import type { TableModel } from '../../domain/table-model.ts';
import { FENCES } from '../../adapters/aws/electrodb/search/fence-row.ts';
import { allow, onPartitions, onPatterns, type Statement } from './policy.ts';

/** ARNs of what an indexer has to do with. */
export interface IndexerResources {
  readonly table: string;
  readonly stateTable: string;
  readonly searchQueue: string;
}

/**
 * What an indexer of this definition may do on Lambda, which receives and deletes messages in its name: read the rows that
 * documents are of, read and write the fences among the state, and give messages back. Where the key of the search
 * server is, no definition says.
 */
export function indexerPolicyOf(
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
