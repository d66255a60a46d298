import { SQSClient } from '@aws-sdk/client-sqs';
import { ContainerModule } from 'inversify';
import { DynamoDbDerivedListing } from '../../adapters/aws/electrodb/listing/dynamodb-derived-listing.ts';
import { DynamoDbNotes } from '../../adapters/aws/electrodb/notes/dynamodb-notes.ts';
import { DynamoDbTableScan } from '../../adapters/aws/electrodb/scan/dynamodb-table-scan.ts';
import { SqsSearchBacklog } from '../../adapters/aws/sqs/sqs-search-backlog.ts';
import { DerivedListing } from '../../application/ports/derived-listing.ts';
import { Notes } from '../../application/ports/notes.ts';
import { SearchBacklog } from '../../application/ports/search-backlog.ts';
import { TableScan } from '../../application/ports/table-scan.ts';
import type { AwsBackend } from '../config.ts';
import { DOCUMENT_CLIENT } from './aws.module.ts';
import { DERIVED_LISTINGS } from './derived-listings.ts';
import { TABLE_MODEL } from './table-model.ts';

/** What only commands need that read the whole table, beside `awsModule`: a function that Lambda calls starts without it. */
export function awsScanModule({
  table,
  stateTable,
  queueUrl,
  allowStandardQueue,
}: AwsBackend): ContainerModule {
  return new ContainerModule(({ bind }) => {
    bind(TableScan).toResolvedValue(
      (client, { keys }) => new DynamoDbTableScan(client, table, keys),
      [DOCUMENT_CLIENT, TABLE_MODEL],
    );
    bind(Notes).toResolvedValue((client) => new DynamoDbNotes(client, { stateTable }), [DOCUMENT_CLIENT]);
    bind(DERIVED_LISTINGS).toResolvedValue(
      (client) => (model) => new DynamoDbDerivedListing(client, { table, stateTable }, model),
      [DOCUMENT_CLIENT],
    );
    bind(DerivedListing).toResolvedValue(
      (listingOf, model) => listingOf(model),
      [DERIVED_LISTINGS, TABLE_MODEL],
    );
    if (queueUrl !== undefined)
      bind(SearchBacklog).toResolvedValue(
        (client) => new SqsSearchBacklog(client, { queueUrl, allowStandard: allowStandardQueue }),
        [SQSClient],
      );
  });
}
