import type { DynamoDBRecord } from 'aws-lambda';

/** A batch, and what happened to the table before it. */
export interface Workload {
  /** Changes that have been handled already, in order. */
  readonly history: readonly DynamoDBRecord[];
  readonly batch: readonly DynamoDBRecord[];
}
