import { partitionOf } from '../../adapters/aws/electrodb/shards/shard-rows.ts';
import type { TableModel } from '../../domain/table-model.ts';
import {
  allow,
  onPatterns,
  type PolicyDocument,
  readStream,
  workerStatements,
  type WorkerResources,
} from './policy.ts';

/** ARNs of what `contrail consume` has to do with. */
export interface ConsumeResources extends Omit<WorkerResources, 'stream'> {
  /** The stream that is read, where it is one alone; undefined where it is whichever the table has. */
  readonly stream: string | undefined;
}

/**
 * What `contrail consume` of this definition may do: exactly what it asks for. Beside what the worker itself may, it reads the stream,
 * or each that the table has, and keeps in the state table how far its shards are, leases and gaps.
 */
export function consumePolicyOf(model: TableModel, resources: ConsumeResources): PolicyDocument {
  const { table, stream, stateTable } = resources;
  return {
    Version: '2012-10-17',
    Statement: [
      readStream(stream ?? `${table}/stream/*`),
      ...(stream === undefined ? [allow('FindStream', 'dynamodb:DescribeTable', table)] : []),
      {
        ...allow(
          'KeepShards',
          ['dynamodb:Query', 'dynamodb:PutItem', 'dynamodb:UpdateItem', 'dynamodb:DeleteItem'],
          stateTable,
        ),
        ...onPatterns([partitionOf('*')]),
      },
      ...workerStatements(model, resources),
    ],
  };
}
