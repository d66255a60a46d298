import { ContainerModule } from 'inversify';
import { DynamoDbNotes } from '../../adapters/aws/electrodb/notes/dynamodb-notes.ts';
import { DynamoDbTableScan } from '../../adapters/aws/electrodb/scan/dynamodb-table-scan.ts';
import { Notes } from '../../application/ports/notes.ts';
import { TableScan } from '../../application/ports/table-scan.ts';
import type { AwsBackend } from '../config.ts';
import { DOCUMENT_CLIENT } from './aws.module.ts';
import { TABLE_MODEL } from './table-model.ts';

/** What only commands need that read the whole table, beside `awsModule`: a function that Lambda calls starts without it. */
export function awsScanModule({ table, stateTable }: AwsBackend): ContainerModule {
  return new ContainerModule(({ bind }) => {
    bind(TableScan).toResolvedValue(
      (client, { keys }) => new DynamoDbTableScan(client, table, keys),
      [DOCUMENT_CLIENT, TABLE_MODEL],
    );
    bind(Notes).toResolvedValue((client) => new DynamoDbNotes(client, { stateTable }), [DOCUMENT_CLIENT]);
  });
}
