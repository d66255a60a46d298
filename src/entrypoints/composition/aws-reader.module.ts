import { ContainerModule } from 'inversify';
import { DynamoDbShardStates } from '../../adapters/aws/electrodb/shards/dynamodb-shard-states.ts';
import { ShardStates } from '../../application/ports/shard-states.ts';
import type { AwsBackend } from '../config.ts';
import { DOCUMENT_CLIENT } from './aws.module.ts';

/** What only a reader needs, beside `awsModule`: a function that Lambda calls starts without it. */
export function awsReaderModule({ stateTable, concurrency }: AwsBackend): ContainerModule {
  return new ContainerModule(({ bind }) => {
    bind(ShardStates).toResolvedValue(
      (client) => new DynamoDbShardStates(client, { stateTable, concurrency }),
      [DOCUMENT_CLIENT],
    );
  });
}
