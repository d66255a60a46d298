import { PutItemCommand } from '@aws-sdk/client-dynamodb';
import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import pMap from 'p-map';
import type { CountState } from '../../../../domain/count-move.ts';
import { Fault } from '../../../../domain/fault.ts';
import { marksOf } from '../../../../domain/stored-rows.ts';
import { DEFAULT_CONCURRENCY } from '../../client-defaults.ts';
import { abortableBy } from '../../clients.ts';
import { plain } from '../../plain-requests.ts';
import { translateError } from '../../translate-error.ts';
import { attributeValuesOf } from '../attribute-values.ts';
import { type RawKey, readAll } from '../batch-get.ts';
import { COUNT_STATE } from '../state-entities.ts';
import { statesIn, type StateTable } from '../state-table.ts';
import { namesOf } from '../write-transaction.ts';
import { abort, type Outcome, outcomeIn, recordKey, type RecordRow } from './commit-record.ts';
import { type CommitState, countStateRowOf, isOfCommit, noStateRow } from './count-state-row.ts';

export type Stored = CountState | CommitState | undefined | Fault;

/**
 * What states say that were read, one for each key, in their order: without its commit's record, what they were before. To write what rests on
 * them, commits without a record are aborted first, and states of aborted commits are written again as they were.
 *
 * @throws Fault when a request fails.
 */
export async function resolveCommits(
  client: DynamoDBDocumentClient,
  tables: StateTable,
  keys: readonly RawKey[],
  states: readonly Stored[],
  signal: AbortSignal | undefined,
  purpose: 'write' | 'look',
): Promise<readonly (CountState | undefined | Fault)[]> {
  const commits = new Set(states.flatMap((state) => (isOfCommit(state) ? [state.commit] : [])));
  if (commits.size === 0) return states as readonly (CountState | undefined | Fault)[];
  try {
    const outcomes = await outcomesOf(client, tables, [...commits], signal, purpose);
    const restored: (readonly [RawKey, CommitState])[] = [];
    const said = states.map((state, index) => {
      if (!isOfCommit(state)) return state;
      const outcome = outcomes.get(state.commit);
      if (outcome === 'committed') return state.is;
      if (outcome !== 'aborted') return outcome;
      restored.push([keys[index] as RawKey, state]);
      return state.was;
    });
    if (purpose === 'look') return said;
    await pMap(restored, ([key, state]) => restore(client, tables, key, state, signal), {
      concurrency: DEFAULT_CONCURRENCY,
    });
    return said;
  } catch (error) {
    signal?.throwIfAborted();
    throw translateError(error, statesIn(tables));
  }
}

async function outcomesOf(
  client: DynamoDBDocumentClient,
  tables: StateTable,
  commits: readonly string[],
  signal: AbortSignal | undefined,
  purpose: 'write' | 'look',
): Promise<ReadonlyMap<string, Outcome | Fault>> {
  const records = await readAll<RecordRow>(client, tables.stateTable, commits.map(recordKey), signal);
  const outcomes = await pMap(
    records,
    async (record, index) => {
      const commit = commits[index] as string;
      if (record === undefined) return purpose === 'look' ? 'aborted' : abort(client, tables, commit, signal);
      return Fault.is(record) ? record : outcomeIn(record, commit, tables);
    },
    { concurrency: DEFAULT_CONCURRENCY },
  );
  return new Map(commits.map((commit, index) => [commit, outcomes[index] as Outcome | Fault]));
}

/** Whoever else has written the state meanwhile is not in the way: a write that rests on what it was is refused then. */
async function restore(
  client: DynamoDBDocumentClient,
  { stateTable }: StateTable,
  key: RawKey,
  { commit, was }: CommitState,
  signal: AbortSignal | undefined,
): Promise<void> {
  signal?.throwIfAborted();
  const now = Date.now();
  const input = {
    TableName: stateTable,
    Item: attributeValuesOf({
      ...(was === undefined ? noStateRow(now) : countStateRowOf(was, now)),
      ...key,
      ...marksOf(COUNT_STATE),
    }),
    ConditionExpression: '#commit = :commit',
    ExpressionAttributeNames: namesOf(['commit']),
    ExpressionAttributeValues: attributeValuesOf({ ':commit': commit }),
  };
  try {
    await client.send(new PutItemCommand(plain(input)), abortableBy(signal));
  } catch (error) {
    if (translateError(error, statesIn({ stateTable })).kind !== 'conflict') throw error;
  }
}
