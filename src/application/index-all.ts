import { Fault } from '../domain/fault.ts';
import type { IndexDocuments } from './index-documents.ts';
import { again } from './index-outcome.ts';
import type { ReceivedAction, RefusedAction, SearchActionSource } from './ports/search-action-source.ts';
import type { Clock } from './ports/clock.ts';
import type { Sleeper } from './ports/sleeper.ts';
import { type IndexingReport, reportIndexing } from './report-indexing.ts';
import { NO_LIMIT } from './time-limit.ts';

export interface IndexAllDependencies {
  readonly source: SearchActionSource;
  readonly documents: Pick<IndexDocuments, 'execute'>;
  readonly sleeper: Sleeper;
  /** Where it is said what became of each batch; unless given, it is not. */
  readonly report?: IndexingReport & { readonly clock: Clock };
}

/** Of one batch. */
const MESSAGES = 1_000;

/**
 * Carries out all that a queue of this process has, one batch after the other, for as long as that takes: what may pass is
 * tried again after its delay. What is refused for good is taken off the queue, and is a dead letter where the queue keeps such.
 *
 * @param stop once aborted, nothing more is begun; what is left stays in the queue.
 * @returns the reasons of what was refused, one each.
 * @throws Fault `configuration` when an operator has to act: once each message of the batch is off the queue, or given back.
 */
export async function indexAll(
  { source, documents, sleeper, report }: IndexAllDependencies,
  stop: AbortSignal = NO_LIMIT.signal,
): Promise<readonly Fault[]> {
  const reasons: Fault[] = [];
  while (!stop.aborted) {
    const received = await source.receive({ max: MESSAGES, waitMs: 0 });
    if (received.length === 0) break;
    const result = await documents.execute(received);
    if (report !== undefined) {
      reportIndexing(received, result, report.clock.now(), report);
      report.metrics.flush();
    }
    const { outcomes } = result;
    const over: ReceivedAction[] = [];
    const refused: RefusedAction[] = [];
    const back: ReceivedAction[] = [];
    let pauseMs = 0;
    let unmended: Fault | undefined;
    for (const [index, message] of received.entries()) {
      const outcome = outcomes[index] ?? again(NO_OUTCOME);
      if (outcome.status === 'done') over.push(message);
      else if (outcome.fault.kind === 'permanent') refused.push({ received: message, fault: outcome.fault });
      else {
        back.push(message);
        pauseMs = Math.max(pauseMs, outcome.delayMs);
        if (outcome.fault.kind === 'configuration') unmended ??= outcome.fault;
      }
    }
    reasons.push(...refused.map(({ fault }) => fault));
    await source.acknowledge(source.refuse ? over : [...over, ...refused.map(({ received: one }) => one)]);
    await source.refuse?.(refused);
    if (back.length > 0) await source.giveBack(back, 0);
    // Not before: what nobody answers for counts towards the dead letters.
    if (unmended !== undefined) throw unmended;
    if (back.length > 0) await sleeper.sleep(pauseMs, stop);
  }
  return reasons;
}

const NO_OUTCOME = new Fault('transient', 'nothing is known of this message');
