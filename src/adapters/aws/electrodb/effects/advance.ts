import { marksOf } from '../../../../domain/stored-rows.ts';
import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import pMap from 'p-map';
import type { Result } from '../../../../application/result.ts';
import type { EffectMove, EffectRow } from '../../../../domain/effect.ts';
import { Fault } from '../../../../domain/fault.ts';
import { packBatches } from '../../../../application/pack-batches.ts';
import { Refusal } from '../../refusal.ts';
import { splitRefused } from '../../split-refused.ts';
import { translateError } from '../../translate-error.ts';
import type { RawKey } from '../batch-get.ts';
import { reasonFault, withShared } from '../cancelled.ts';
import { EFFECT_STATE } from '../state-entities.ts';
import { roundsOf } from '../rounds.ts';
import { statePut, stateRowOf } from '../state-row.ts';
import { statesIn, type StateTable } from '../state-table.ts';
import { forAll, type Results, writeGroup } from '../write-group.ts';
import { type TransactItem, writeForeignTransaction, writeTransaction } from '../write-transaction.ts';
import { faultOfEffect, ownFault, ownItems, ownKeys, tablesOf } from './own-write.ts';

/** Transactions under way at a time. */
const CONCURRENCY = 8;

/** DynamoDB's limit on a transaction. A note is small: a hundred are far below the limit of 4 MB. */
const MAX_ITEMS = { count: 100, weight: 100 };

/** Where states are, and what makes their keys. */
export interface KeyedStates extends StateTable {
  readonly client: DynamoDBDocumentClient;
  readonly keyOf: (row: EffectRow) => RawKey;
}

/** Notes that effects have run, each with its own write. One result per move, in their order. */
export async function advance(
  to: KeyedStates,
  moves: readonly EffectMove[],
  signal: AbortSignal | undefined,
): Promise<readonly Result[]> {
  signal?.throwIfAborted();
  const results = new Map<EffectMove, Result>();
  const notes: EffectMove[] = [];
  const written: { readonly move: EffectMove; readonly items: readonly TransactItem[] }[] = [];
  for (const move of moves) {
    const items = ownItems(move);
    if (Fault.is(items)) results.set(move, items);
    else if (items.length > 0) written.push({ move, items });
    else notes.push(move);
  }
  const { batches } = packBatches(notes, () => 1, MAX_ITEMS);
  const noted = await splitRefused([batches], CONCURRENCY, (group) =>
    writeGroup(group, (some) => note(to, some, signal), signal),
  );
  for (const [move, result] of noted) results.set(move, result);
  // At the same time, writes to one item would only meet each other.
  for (const round of roundsOf(written, ({ items }) => ownKeys(items)))
    await pMap(
      round,
      async ({ move, items }) => {
        signal?.throwIfAborted();
        results.set(move, await noteWith(to, move, items, signal));
      },
      { concurrency: CONCURRENCY },
    );
  return moves.map((move) => results.get(move) ?? new Fault('transient', 'the effect was not noted'));
}

/** Notes that have no write of their effect's own, in one transaction. */
async function note(
  to: KeyedStates,
  moves: readonly EffectMove[],
  signal: AbortSignal | undefined,
): Promise<Results<EffectMove>> {
  try {
    const now = Date.now();
    const items = moves.map((move) => stateWrite(to, move, now));
    const reasons = await writeTransaction(to.client, items, signal);
    if (reasons === undefined) return forAll(moves, 'done');
    const own = new Map<EffectMove, 'conflict' | Fault>();
    const shared: Fault[] = [];
    for (const [index, move] of moves.entries()) {
      const reason = reasons[index];
      const fault = reason && reasonFault(reason, statesIn(to));
      if (fault === undefined) continue;
      if (reason?.code === 'ConditionalCheckFailed') own.set(move, 'conflict');
      else if (fault instanceof Refusal) own.set(move, fault);
      else shared.push(fault);
    }
    return withShared(moves, own, shared);
  } catch (error) {
    signal?.throwIfAborted();
    return forAll(moves, translateError(error, statesIn(to)));
  }
}

/** A note with what the effect itself writes, in one transaction. */
async function noteWith(
  to: KeyedStates,
  move: EffectMove,
  own: readonly TransactItem[],
  signal: AbortSignal | undefined,
): Promise<Result> {
  try {
    const items = [stateWrite(to, move, Date.now()), ...own];
    const reasons = await writeForeignTransaction(to.client, items, signal);
    if (reasons === undefined) return 'done';
    const [first, ...others] = reasons;
    // Whatever else is wrong: somebody has run the effect meanwhile, or is at it.
    if (first?.code === 'ConditionalCheckFailed') return 'conflict';
    const fault = (first && reasonFault(first, statesIn(to))) ?? ownFault(move, own, others);
    return fault === undefined || fault.kind === 'conflict' ? 'conflict' : fault;
  } catch (error) {
    signal?.throwIfAborted();
    const resource = [statesIn(to).resource, ...tablesOf(own)].join(' or ');
    const used = { resource, variable: `${statesIn(to).variable} and what was given to once` };
    return faultOfEffect(move, translateError(error, used));
  }
}

function stateWrite(
  { stateTable, keyOf }: KeyedStates,
  { source, from, to }: EffectMove,
  now: number,
): TransactItem {
  const item = { ...stateRowOf(to, now), ...keyOf(source), ...marksOf(EFFECT_STATE) };
  return statePut(stateTable, item, from);
}
