import type { DynamoDBRecord } from 'aws-lambda';
import { contrail } from '../workers/contrail.ts';
import type { Workload } from '../workloads/workload.ts';
import type { Item } from './item.ts';
import { ModelledAws, TABLE } from './modelled-aws.ts';
import { TableModel } from './table-model.ts';

const HISTORY_BATCH = 1_000;

/**
 * The tables as they are when a workload's batch arrives: its history is handled, and the rows of the batch itself
 * are written already, as a table is always ahead of its stream.
 */
export async function tablesBefore({ history, batch }: Workload): Promise<TableModel> {
  const tables = new TableModel();
  const aws = new ModelledAws();
  aws.reset(tables);
  const worker = contrail(aws, 'silent');
  for (let start = 0; start < history.length; start += HISTORY_BATCH) {
    const records = history.slice(start, start + HISTORY_BATCH);
    writeRows(tables, records);
    await worker.handle(records);
  }
  aws.close();
  writeRows(tables, batch);
  return tables;
}

function writeRows(tables: TableModel, records: readonly DynamoDBRecord[]): void {
  for (const { dynamodb } of records) {
    const row = dynamodb?.NewImage as Item | undefined;
    if (row === undefined) tables.delete(TABLE, dynamodb?.Keys ?? {});
    else tables.put(TABLE, row);
  }
}
