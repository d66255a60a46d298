import type { DynamoDBRecord } from 'aws-lambda';
import type { Drift } from '../../src/application/verify/verify.ts';
import type { handlerOf } from '../../src/entrypoints/lambda/handler-of.ts';
import type { TableRow } from '../support/stream-records.ts';
import type { PoisonKind } from './poison.ts';

/** The table that an application writes to, where that is elsewhere than in the records of its changes. */
export interface WrittenTable {
  put(row: TableRow): Promise<void>;
  remove(row: TableRow): Promise<void>;
}

/** What a backend is for a run of stress: workers on it that meet faults, and what nobody disturbs to see what came of it. */
export interface Stage {
  readonly table: WrittenTable;
  /** What it can never handle; none where there is no quarantine, as it would block. */
  readonly poison: readonly PoisonKind[];
  /** A worker of that name, which meets faults. */
  handlerOf(name: string): ReturnType<typeof handlerOf>;
  /** Runs what goes on beside the workers, until `over` is aborted. */
  beside?(over: AbortSignal): Promise<void>;
  /** Resolves when nothing is under way any more, and all search actions are in the index. */
  settled(): Promise<void>;
  /** What is derived and not as the table says, once it is settled. */
  drift(rows: readonly TableRow[]): Promise<readonly Drift[]>;
  /** What is in quarantine: the reasons by sequence number; undefined where there is none. */
  kept(): Promise<ReadonlyMap<string, string> | undefined>;
  /** What was done to requests of which task, and how often. */
  readonly injected: ReadonlyMap<string, number>;
  close(): Promise<unknown>;
}

/** As a record's own, where it has one. */
export function sequenceOf({ dynamodb }: DynamoDBRecord): string {
  return dynamodb?.SequenceNumber ?? '?';
}
