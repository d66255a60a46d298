import type { TableModel } from '../../domain/table-model.ts';
import { allow, type PolicyDocument, type RowsPlace, type Statement } from './policy.ts';

/** ARNs of what a verification has to do with. */
export interface VerifierResources {
  readonly table: string;
  readonly stateTable: string;
  /** The queue of search actions, which must be seen empty; needed only where documents are derived. */
  readonly searchQueue: string | undefined;
  /** The secret with the search server's key; undefined where it is given otherwise. */
  readonly keySecret?: string | undefined;
  /** Other tables that rows are derived into: see `policyOf`. */
  readonly rowsIn?: readonly RowsPlace[];
}

/** What `contrail verify` may do that mends nothing: it reads all of the tables, and writes nothing. */
export function verifierPolicyOf(model: TableModel, resources: VerifierResources): PolicyDocument {
  const { keySecret } = resources;
  return {
    Version: '2012-10-17',
    Statement: [
      ...verifierStatements(model, resources),
      ...(keySecret === undefined ? [] : [allow('ReadKey', 'secretsmanager:GetSecretValue', keySecret)]),
    ],
  };
}

/** The same, but for the key of the search server: where that is, no definition says. */
export function verifierStatements(
  { documents, pointers, derivedRows }: TableModel,
  { table, stateTable, searchQueue, rowsIn = [] }: VerifierResources,
): readonly Statement[] {
  const read = ['dynamodb:Scan', 'dynamodb:BatchGetItem'];
  const others = [...new Set(rowsIn.map((place) => place.table))].filter((other) => other !== table);
  return [
    allow('ReadTable', [...read, ...(pointers.length > 0 ? ['dynamodb:Query'] : [])], table),
    allow('ReadState', read, stateTable),
    ...(derivedRows.length === 0
      ? []
      : others.map((other, index) =>
          allow(`ReadRows${index + 1}`, ['dynamodb:DescribeTable', ...read], other),
        )),
    ...(documents.length === 0 || searchQueue === undefined
      ? []
      : [allow('SeeQueueEmpty', 'sqs:GetQueueAttributes', searchQueue)]),
  ];
}
