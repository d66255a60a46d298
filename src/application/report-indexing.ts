import { Fault } from '../domain/fault.ts';
import type { IndexResult } from './index-documents.ts';
import type { IndexOutcome } from './index-outcome.ts';
import type { Logger } from './ports/logger.ts';
import type { MetricName, Metrics } from './ports/metrics.ts';
import type { ReceivedAction } from './ports/search-action-source.ts';

export const ZERO_INDEXED = {
  written: 0,
  deleted: 0,
  repaired: 0,
  unrepaired: 0,
  superseded: 0,
  late: 0,
  refused: 0,
  failed: 0,
};

/** What became of a batch's documents (the first four), and of the messages of which no document tells. */
export type IndexedTally = Record<keyof typeof ZERO_INDEXED, number>;

const INDEX_METRICS: Readonly<Record<keyof IndexedTally, MetricName>> = {
  written: 'DocumentsWritten',
  deleted: 'DocumentsDeleted',
  repaired: 'DocumentsRepaired',
  unrepaired: 'DocumentsUnrepaired',
  superseded: 'ActionsSuperseded',
  late: 'ActionsLate',
  refused: 'ActionsRefused',
  failed: 'ActionsFailed',
};

export interface IndexingReport {
  readonly metrics: Metrics;
  readonly logger: Logger;
}

/**
 * Says what became of a batch: in metrics, which are to be flushed yet, and in the log, each cause of failures once. Nothing of
 * what a message or a document holds is logged.
 *
 * @param now milliseconds since 1970.
 */
export function reportIndexing(
  received: readonly ReceivedAction[],
  result: IndexResult,
  now: number,
  { metrics, logger }: IndexingReport,
): IndexedTally {
  const tally = tallyOf(result);
  for (const name of Object.keys(tally) as (keyof IndexedTally)[])
    metrics.add(INDEX_METRICS[name], tally[name]);
  const oldest = oldestOf(received);
  // Clocks disagree: nothing can have been sent later than now.
  if (oldest !== undefined) metrics.add('OldestActionAge', Math.max(0, now - oldest));
  logCauses(received, result, logger);
  for (const { collection, id } of result.unrepaired)
    logger.log('error', 'document may be out of date', {
      collection,
      id,
      reason: 'no message of it says which row it is of: check it against its row, or send it again',
    });
  return tally;
}

/** When the oldest of them was sent; undefined where that is not known of any. */
export function oldestOf(received: readonly ReceivedAction[]): number | undefined {
  let oldest: number | undefined;
  for (const { sentAt } of received)
    if (sentAt !== undefined && (oldest === undefined || sentAt < oldest)) oldest = sentAt;
  return oldest;
}

function tallyOf({ outcomes, unrepaired }: IndexResult): IndexedTally {
  const tally = { ...ZERO_INDEXED, unrepaired: unrepaired.length };
  for (const outcome of outcomes) tally[headingOf(outcome)]++;
  return tally;
}

function headingOf(outcome: IndexOutcome): keyof IndexedTally {
  if (outcome.status === 'done') return outcome.as;
  return outcome.fault.kind === 'permanent' ? 'refused' : 'failed';
}

interface Cause {
  readonly fault: Fault;
  readonly first: ReceivedAction;
  count: number;
}

/** Causes are the same when kind and reason are. */
function logCauses(received: readonly ReceivedAction[], { outcomes }: IndexResult, logger: Logger): void {
  const causes = new Map<string, Cause>();
  let index = 0;
  for (const message of received) {
    const outcome = outcomes[index++];
    if (outcome?.status !== 'again') continue;
    const { fault } = outcome;
    const name = `${fault.kind} ${fault.reason}`;
    const cause = causes.get(name) ?? { fault, first: message, count: 0 };
    cause.count++;
    causes.set(name, cause);
  }
  for (const { fault, first, count } of causes.values()) {
    const { action, message, receives } = first;
    const document = Fault.is(action) ? {} : { collection: action.key.collection, id: action.key.id };
    const isForGood = fault.kind === 'permanent' || fault.kind === 'configuration';
    logger.log(isForGood ? 'error' : 'warn', 'search actions not carried out', {
      ...{ count, messageId: message, receives, ...document },
      ...{ fault: fault.kind, error: fault },
    });
  }
}
