import { createWriteStream } from 'node:fs';
import { BatchProcessor, EventType, processPartialResponse } from '@aws-lambda-powertools/batch';
import type { DynamoDBRecord } from 'aws-lambda';
import type { Downstream } from '../model/modelled-aws.ts';
import { recordHandler } from './record-handler.ts';
import type { Worker } from './worker.ts';

const nowhere = createWriteStream('/dev/null');

function logLine(line: string): void {
  nowhere.write(`${line}\n`);
}

/** The seed's worker: one record after the other, one request after the other; fails at the first that does. */
export function recordByRecord(downstream: Downstream): Worker {
  const handle = recordHandler(downstream, logLine);
  return {
    handle: async (records) => {
      for (const record of records) await handle(record);
    },
  };
}

/**
 * Powertools' batch processor around the same handling of a record. In parallel, its default, it starts all records
 * of a batch at once, whichever item they are of: the order within an item is lost, which is not held against it here.
 */
export function powertools(downstream: Downstream, processInParallel: boolean): Worker {
  const handle = recordHandler(downstream, logLine);
  return { handle: (records) => process(records, handle, processInParallel) };
}

/** Powertools' loop with nothing in it. */
export function emptyPowertools(): Worker {
  return { handle: (records) => process(records, async () => undefined, true) };
}

async function process(
  records: readonly DynamoDBRecord[],
  handle: (record: DynamoDBRecord) => Promise<void>,
  processInParallel: boolean,
): Promise<void> {
  const processor = new BatchProcessor(EventType.DynamoDBStreams);
  const event = { Records: records as DynamoDBRecord[] };
  const { batchItemFailures } = await processPartialResponse(event, handle, processor, { processInParallel });
  if (batchItemFailures.length > 0)
    throw new Error('a record failed in Powertools', { cause: processor.errors[0] });
}
