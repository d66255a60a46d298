import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { Fault } from '../../../../domain/fault.ts';
import { marksOf } from '../../../../domain/stored-rows.ts';
import type { RawKey } from '../batch-get.ts';
import { reasonFault } from '../cancelled.ts';
import { COMMIT_RECORD } from '../state-entities.ts';
import { statesIn, type StateTable } from '../state-table.ts';
import { namesOf, type Reason, type TransactItem, writeTransaction } from '../write-transaction.ts';

/*
 * Whether a commit has taken place. Its record is written once, by whoever is first: by the worker in one transaction with the counts, or by
 * somebody who meets a state of the commit before that. States may name it for ever, so records do not expire.
 */

export type Outcome = 'committed' | 'aborted';

/** A record, as it is found. */
export interface RecordRow {
  readonly outcome?: unknown;
}

export function recordKey(commit: string): RawKey {
  return { PK: `COMMIT#${commit}`, SK: 'COMMIT' };
}

/** Decides a commit, on condition that nobody has. */
export function recordPut({ stateTable }: StateTable, commit: string, outcome: Outcome): TransactItem {
  return {
    Put: {
      TableName: stateTable,
      Item: { ...recordKey(commit), outcome, ...marksOf(COMMIT_RECORD) },
      ConditionExpression: 'attribute_not_exists(#outcome)',
      ExpressionAttributeNames: namesOf(['outcome']),
      ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
    },
  };
}

/** How a commit was decided, as somebody's refused record says; undefined where it says nothing. */
export function decidedBefore({ code, found }: Reason): Outcome | undefined {
  const outcome = code === 'ConditionalCheckFailed' ? found?.['outcome']?.S : undefined;
  return isOutcome(outcome) ? outcome : undefined;
}

function isOutcome(value: unknown): value is Outcome {
  return value === 'committed' || value === 'aborted';
}

/** How a commit was decided, as its record says. */
export function outcomeIn(
  { outcome }: RecordRow,
  commit: string,
  { stateTable }: StateTable,
): Outcome | Fault {
  if (isOutcome(outcome)) return outcome;
  return new Fault(
    'configuration',
    `the record of commit ${commit} in table ${stateTable} is damaged: its outcome is neither committed nor aborted; ` +
      'something other than Contrail wrote it, so restore it',
    { reason: 'a record of a commit is damaged' },
  );
}

/**
 * Sees to it that a commit without a record never takes place, unless it has by then.
 *
 * @throws what the client throws when the request fails.
 */
export async function abort(
  client: DynamoDBDocumentClient,
  tables: StateTable,
  commit: string,
  signal: AbortSignal | undefined,
): Promise<Outcome | Fault> {
  const [reason] = (await writeTransaction(client, [recordPut(tables, commit, 'aborted')], signal)) ?? [];
  if (reason === undefined) return 'aborted';
  const outcome = decidedBefore(reason);
  if (outcome !== undefined) return outcome;
  const fault = reasonFault(reason, statesIn(tables));
  if (fault !== undefined && fault.kind !== 'conflict') return fault;
  return new Fault('transient', `table ${tables.stateTable}: a commit was being decided at the same time`);
}
