import { toDeliveries } from '../adapters/dynamodb-stream/to-deliveries.ts';
import type { HandleRecords } from '../application/read-stream/handle-records.ts';
import type { StreamWorker } from './composition/container.ts';

/**
 * Handles what a reader has read as the Lambda function handles an event, retries and quarantine included; but that of what failed, only
 * that comes again.
 */
export function handleRecordsOf({ processBatch, tables, model }: StreamWorker): HandleRecords {
  return async (records, limit) => {
    const generationsOf = (tableArns: ReadonlySet<string>) => tables.generationsOf(tableArns, limit);
    const deliveries = await toDeliveries(records, model, generationsOf);
    const { outcomes } = await processBatch.execute(deliveries, limit, 'only what failed');
    return outcomes.map((outcome) => (outcome.status === 'failed' ? outcome.fault : 'done'));
  };
}
