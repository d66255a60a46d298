import type { DefaultImageWrite } from '../../../../application/ports/image-repository.ts';
import type { Result } from '../../../../application/result.ts';
import { preconditionsOf, type ImagePrecondition } from '../../../../domain/default-image.ts';
import { Fault } from '../../../../domain/fault.ts';
import { packBatches } from '../../pack-batches.ts';
import { splitRefused } from '../../split-refused.ts';
import { translateError } from '../../translate-error.ts';
import { forAll, type Results, writeGroup } from '../write-group.ts';
import { errorOf, type Reason, writeTransaction } from '../write-transaction.ts';
import { defaultRowWrite, imageCheck } from './default-row-transaction.ts';
import { fitsSortKey } from './image-view.ts';
import { type ImageTable, tableOf } from './load-views.ts';

/** Transactions of many entities under way at a time: each is as much work for the table as dozens of writes. */
const MAX_TRANSACTIONS = 8;

/**
 * Items in one transaction. DynamoDB allows a hundred, and 4 MB, which is left to it to refuse. Fewer, because while a
 * transaction is under way other writes to its items fail with TransactionConflict, those of the application to its
 * images among them; the fewer items, the sooner it is through, and the fewer writes are cancelled with one that meets
 * a conflict.
 */
const MAX_ITEMS = { count: 50, weight: 50 };

interface PlannedWrite {
  readonly write: DefaultImageWrite;
  /** At most one per image: a transaction must not name an item twice. */
  readonly preconditions: readonly ImagePrecondition[];
}

/** Writes default rows, each with a check of every image that it rests on. One result per write, in their order. */
export async function saveDefaultRows(
  to: ImageTable,
  writes: readonly DefaultImageWrite[],
  signal: AbortSignal | undefined,
): Promise<readonly Result[]> {
  const results = new Map<DefaultImageWrite, Result>();
  const planned: PlannedWrite[] = [];
  for (const write of writes) {
    const preconditions = preconditionsOf(write.view, write.image);
    if (preconditions === undefined) results.set(write, 'conflict');
    else planned.push({ write, preconditions: preconditions.filter(needsCheck) });
  }
  const { batches } = packBatches(planned, itemCount, MAX_ITEMS);
  const outcomes = await splitRefused(batches, Math.min(MAX_TRANSACTIONS, to.concurrency), (group) =>
    writeGroup(group, (some) => attempt(to, some, signal), signal),
  );
  for (const [{ write }, result] of outcomes)
    results.set(write, Fault.is(result) && result.kind === 'conflict' ? 'conflict' : result);
  return writes.map(
    (write) => results.get(write) ?? new Fault('transient', 'the default row was not written'),
  );
}

/** An image that no key can name is not there, and never will be. */
function needsCheck({ imageId, image }: ImagePrecondition): boolean {
  return image !== undefined || fitsSortKey(imageId);
}

/** The default row, and a check for each image. */
function itemCount({ preconditions }: PlannedWrite): number {
  return 1 + preconditions.length;
}

async function attempt(
  to: ImageTable,
  group: readonly PlannedWrite[],
  signal: AbortSignal | undefined,
): Promise<Results<PlannedWrite>> {
  const items = group.flatMap(({ write, preconditions }) => [
    defaultRowWrite(to, write),
    ...preconditions.map((image) => ({ ConditionCheck: imageCheck(to, write.view.entity, image) })),
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
function faultOf(to: ImageTable, reasons: readonly Reason[]): Fault | undefined {
  const faults = reasons
    .filter(({ code }) => code !== 'None')
    .map((reason) => translateError(errorOf(reason), tableOf(to)));
  return faults.find(({ kind }) => kind === 'conflict') ?? faults[0];
}
