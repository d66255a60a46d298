import type { DynamoDBRecord } from 'aws-lambda';

/** Something that handles a batch: Contrail, or a peer. */
export interface Worker {
  /** @throws Error when anything in the batch failed. */
  handle(records: readonly DynamoDBRecord[]): Promise<void>;
}
