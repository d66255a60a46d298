import { Fault } from '../domain/fault.ts';
import type { IndexDocuments } from './index-documents.ts';
import { again, hiddenMs } from './index-outcome.ts';
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
/** How often it is looked for more while what was given back is waited for, in milliseconds. */
const LOOK_MS = 1_000;
/** By how much timers and clocks disagree at most, in milliseconds. */
const APART_MS = 10;

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
  /** How long it is slept at most until all that was given back may be had again. */
  let leftMs = 0;
  const sleep = async (milliseconds: number) => {
    await sleeper.sleep(milliseconds, stop);
    leftMs -= milliseconds;
  };
  while (!stop.aborted) {
    const received = await source.receive({ max: MESSAGES, waitMs: 0 });
    if (received.length === 0) {
      if (leftMs <= 0) break;
      await sleep(Math.min(leftMs, LOOK_MS));
      continue;
    }
    const result = await documents.execute(received);
    if (report !== undefined) {
      reportIndexing(received, result, report.clock.now(), report);
      report.metrics.flush();
    }
    const { outcomes } = result;
    const over: ReceivedAction[] = [];
    const refused: RefusedAction[] = [];
    /** By the milliseconds for which they stay hidden. */
    const back = new Map<number, ReceivedAction[]>();
    let pauseMs = 0;
    let unmended: Fault | undefined;
    for (const [index, message] of received.entries()) {
      const outcome = outcomes[index] ?? again(NO_OUTCOME);
      if (outcome.status === 'done') over.push(message);
      else if (outcome.fault.kind === 'permanent') refused.push({ received: message, fault: outcome.fault });
      else {
        const isUnmended = outcome.fault.kind === 'configuration';
        if (isUnmended) unmended ??= outcome.fault;
        // Who has mended it starts anew at once. Of all else a write may yet take effect, whoever has it next.
        const delayMs = isUnmended ? 0 : hiddenMs(outcome, message.receives);
        const alike = back.get(delayMs) ?? [];
        alike.push(message);
        back.set(delayMs, alike);
        leftMs = Math.max(leftMs, delayMs + APART_MS);
        pauseMs = Math.max(pauseMs, outcome.delayMs);
      }
    }
    reasons.push(...refused.map(({ fault }) => fault));
    await source.acknowledge(source.refuse ? over : [...over, ...refused.map(({ received: one }) => one)]);
    await source.refuse?.(refused);
    for (const [delayMs, some] of back) await source.giveBack(some, delayMs);
    // Not before: what nobody answers for counts towards the dead letters.
    if (unmended !== undefined) throw unmended;
    if (back.size > 0) await sleep(pauseMs);
  }
  return reasons;
}

const NO_OUTCOME = new Fault('transient', 'nothing is known of this message');
