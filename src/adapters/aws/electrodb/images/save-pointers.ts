import type { PointerWrite } from '../../../../application/ports/image-repository.ts';
import type { Result } from '../../../../application/result.ts';
import { Fault } from '../../../../domain/fault.ts';
import { pointerFault } from '../../../../domain/pointer-limits.ts';
import { type MemberPrecondition, preconditionsOf } from '../../../../domain/pointer.ts';
import { packBatches } from '../../../../application/pack-batches.ts';
import { splitRefused } from '../../split-refused.ts';
import { translateError } from '../../translate-error.ts';
import { roundsOf } from '../rounds.ts';
import { transactionSize } from '../transaction-size.ts';
import { forAll, type Results, writeGroup } from '../write-group.ts';
import { errorOf, type Reason, writeTransaction } from '../write-transaction.ts';
import { canBeMember } from './entity-rows.ts';
import { type EntityTable, tableOf } from './entity-table.ts';
import { memberCheck, pointerWrite } from './pointer-transaction.ts';

/** Transactions of many entities under way at a time: each is as much work for the table as dozens of writes. */
const MAX_TRANSACTIONS = 16;

/**
 * Items in one transaction. DynamoDB allows a hundred, and 4 MB, which is left to it to refuse. Fewer, because while a
 * transaction is under way other writes to its items fail with TransactionConflict, those of the application to its
 * rows among them; the fewer items, the sooner it is through, and the fewer writes are cancelled with one that meets
 * a conflict.
 */
const MAX_ITEMS = 50;
const LEAST_ITEMS = 25;

interface PlannedWrite {
  readonly write: PointerWrite;
  /** At most one per row: a transaction must not name an item twice. */
  readonly preconditions: readonly MemberPrecondition[];
}

/** Writes pointers, each with a check of every row that it rests on. One result per write, in their order. */
export async function savePointers(
  to: EntityTable,
  writes: readonly PointerWrite[],
  signal: AbortSignal | undefined,
): Promise<readonly Result[]> {
  const results = new Map<PointerWrite, Result>();
  const planned: PlannedWrite[] = [];
  for (const write of writes) {
    const { entity } = write.view;
    const { model } = entity;
    const fault = write.member && pointerFault(entity, write.member);
    const preconditions = preconditionsOf(write.view, write.member);
    if (preconditions === undefined) results.set(write, 'conflict');
    else if (fault !== undefined) results.set(write, fault);
    // A row that no key can name is not there, and never will be.
    else
      planned.push({
        write,
        preconditions: preconditions.filter(
          ({ sort, member }) => member !== undefined || canBeMember(model, sort),
        ),
      });
  }
  const rounds = roundsOf(planned, keysIn);
  const outcomes = await splitRefused(
    rounds.map(inTransactions),
    Math.min(MAX_TRANSACTIONS, to.concurrency),
    (group) => writeGroup(group, (some) => attempt(to, some, signal), signal),
  );
  for (const [{ write }, result] of outcomes)
    results.set(write, Fault.is(result) && result.kind === 'conflict' ? 'conflict' : result);
  return writes.map((write) => results.get(write) ?? new Fault('transient', 'the pointer was not written'));
}

function inTransactions(writes: readonly PlannedWrite[]): readonly (readonly PlannedWrite[])[] {
  const items = writes.reduce((sum, write) => sum + itemCount(write), 0);
  const size = transactionSize(items, LEAST_ITEMS, MAX_ITEMS);
  return packBatches(writes, itemCount, { count: size, weight: size }).batches;
}

/** Several pointers may be derived from the same rows. */
function keysIn({ write, preconditions }: PlannedWrite): readonly string[] {
  const { model, parts } = write.view.entity;
  return preconditions.map(({ sort }) => JSON.stringify([model.partition.render(parts), sort]));
}

/** The pointer, and a check for each row. */
function itemCount({ preconditions }: PlannedWrite): number {
  return 1 + preconditions.length;
}

async function attempt(
  to: EntityTable,
  group: readonly PlannedWrite[],
  signal: AbortSignal | undefined,
): Promise<Results<PlannedWrite>> {
  const items = group.flatMap(({ write, preconditions }) => [
    pointerWrite(to, write),
    ...preconditions.map((row) => ({ ConditionCheck: memberCheck(to, write.view.entity, row) })),
  ]);
  try {
    const answer = await writeTransaction(to.client, items, signal);
    if (answer === undefined) return forAll(group, 'done');
    const reasons = [...answer];
    const obstacles = new Map<PlannedWrite, Fault>();
    for (const member of group) {
      const fault = faultOf(to, reasons.splice(0, itemCount(member)));
      if (fault !== undefined) obstacles.set(member, fault);
    }
    return obstacles;
  } catch (error) {
    signal?.throwIfAborted();
    return forAll(group, translateError(error, tableOf(to)));
  }
}

/** A conflict goes before other faults: after it, the write is decided on again. */
function faultOf(to: EntityTable, reasons: readonly Reason[]): Fault | undefined {
  const faults = reasons
    .filter(({ code }) => code !== 'None')
    .map((reason) => translateError(errorOf(reason), tableOf(to)));
  return faults.find(({ kind }) => kind === 'conflict') ?? faults[0];
}
