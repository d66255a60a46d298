import type { Outcome } from '../../../src/application/delivery.ts';
import type { BatchResponse } from '../../../src/entrypoints/lambda/handle-event.ts';
import { Violation } from '../checks/violation.ts';
import type { End } from './process.ts';
import type { Entry } from './scenario.ts';

/** How an invocation ended, and what the worker made of its records, where it came that far. */
export interface Invoked {
  readonly end: End<BatchResponse>;
  readonly outcomes: readonly Outcome[] | undefined;
}

interface Parts {
  readonly invoke: (entries: readonly Entry[]) => Promise<Invoked>;
  /** The stream goes on past a record. */
  readonly acknowledge: (entry: Entry, outcome: Outcome | undefined) => void;
  /** The stream goes on past a record that was never handled: it goes to the on-failure destination. */
  readonly giveUp: (entry: Entry) => void;
}

/** Deliveries in which nothing gets done, before a batch is cut in halves. */
const BATCH_ATTEMPTS = 2;
/** And before a single record is given up: two calls can go wrong in a run. */
const RECORD_ATTEMPTS = 3;

/**
 * Delivers a batch as Lambda does until all of it is acknowledged or given up: again from the reported record on,
 * or as a whole when the function failed, or reported what is not of the batch.
 */
export async function deliver(batch: readonly Entry[], parts: Parts): Promise<void> {
  const waiting: (readonly Entry[])[] = [batch];
  for (let fruitless = 0; waiting.length > 0;) {
    const entries = waiting.shift()!;
    const invoked = await parts.invoke(entries);
    checkAnswer(entries, invoked);
    const handled = handledOf(entries, invoked.end);
    for (const [index, entry] of entries.slice(0, handled).entries())
      parts.acknowledge(entry, invoked.outcomes?.[index]);
    const left = entries.slice(handled);
    fruitless = handled === 0 ? fruitless + 1 : 0;
    if (fruitless < attemptsOf(left)) {
      if (left.length > 0) waiting.unshift(left);
      continue;
    }
    fruitless = 0;
    const middle = Math.ceil(left.length / 2);
    if (left.length > 1) waiting.unshift(left.slice(0, middle), left.slice(middle));
    else parts.giveUp(left[0]!);
  }
}

/** Poison fails the same way each time: its attempts would make the sweep longer, and no stricter. */
function attemptsOf([first, ...others]: readonly Entry[]): number {
  if (others.length > 0) return BATCH_ATTEMPTS;
  return first?.poison === true ? 1 : RECORD_ATTEMPTS;
}

function handledOf(entries: readonly Entry[], end: End<BatchResponse>): number {
  if (end.kind !== 'returned') return 0;
  const indexes = end.value.batchItemFailures.map(({ itemIdentifier }) =>
    entries.findIndex(({ sequence }) => sequence === itemIdentifier),
  );
  return Math.max(0, Math.min(entries.length, ...indexes));
}

function checkAnswer(entries: readonly Entry[], { end, outcomes }: Invoked): void {
  if (end.kind === 'crashed') return;
  if (outcomes?.length !== entries.length)
    throw new Violation(
      'every record has one outcome',
      `${outcomes?.length ?? 'none'} for ${entries.length}`,
    );
  const failed = entries.filter((_, index) => outcomes[index]?.status === 'failed');
  checkOrder(entries, outcomes);
  if (end.kind === 'threw') {
    if (failed.length > 0) return;
    throw new Violation('the handler throws only with a reason', String(end.error), { cause: end.error });
  }
  const reported = end.value.batchItemFailures.map(({ itemIdentifier }) => itemIdentifier);
  const [lowest] = failed.toSorted((a, b) => (BigInt(a.sequence) < BigInt(b.sequence) ? -1 : 1));
  if (reported.join() !== (lowest?.sequence ?? ''))
    throw new Violation(
      'the lowest failed record is reported',
      `${reported.join() || 'none'}, must be ${lowest?.name ?? 'none'}`,
    );
}

function checkOrder(entries: readonly Entry[], outcomes: readonly Outcome[]): void {
  const failedItems = new Set<string>();
  for (const [index, { item, name }] of entries.entries())
    if (outcomes[index]?.status === 'failed') failedItems.add(item);
    else if (failedItems.has(item))
      throw new Violation('nothing of an item is done behind its failure', name);
}
