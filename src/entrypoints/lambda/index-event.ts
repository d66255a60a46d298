import { receivedAction } from '../../adapters/aws/sqs/received-action.ts';
import { again, hiddenMs, type IndexOutcome } from '../../application/index-outcome.ts';
import type { ReceivedAction } from '../../application/ports/search-action-source.ts';
import { reportIndexing } from '../../application/report-indexing.ts';
import type { TimeLimit } from '../../application/time-limit.ts';
import { groupBy } from '../../domain/coalesce.ts';
import { Fault } from '../../domain/fault.ts';
import { isObject } from '../../domain/json.ts';
import type { Indexer } from '../composition/indexer.ts';
import type { BatchResponse } from './handle-event.ts';

/**
 * Carries out the search actions of an event of an SQS event source mapping, and reports the messages that are to be delivered
 * again; Lambda takes the others off the queue. Those that are not to come at once are hidden for so long before.
 *
 * @throws Fault when the event is not one of a queue: Lambda then delivers all of it again.
 */
export async function indexEvent(
  event: unknown,
  { indexDocuments, source, metrics, logger, clock }: Indexer,
  limit: TimeLimit,
): Promise<BatchResponse> {
  const received = messagesOf(event);
  const result = await indexDocuments.execute(received, limit);
  reportIndexing(received, result, clock.now(), { metrics, logger });
  metrics.flush();
  const failed = received.flatMap((message, index) => {
    const outcome = result.outcomes[index] ?? again(NO_OUTCOME);
    return outcome.status === 'again' ? [{ message, outcome }] : [];
  });
  await delay(failed, { source, logger });
  return { batchItemFailures: failed.map(({ message }) => ({ itemIdentifier: message.message })) };
}

const NO_OUTCOME = new Fault('transient', 'nothing is known of this message');

interface Failed {
  readonly message: ReceivedAction;
  readonly outcome: Extract<IndexOutcome, { status: 'again' }>;
}

/** Where that fails, messages come again when their visibility ends, which is long enough. */
async function delay(
  failed: readonly Failed[],
  { source, logger }: Pick<Indexer, 'source' | 'logger'>,
): Promise<void> {
  const byDelay = groupBy(failed, (one) => String(hiddenMs(one.outcome, one.message.receives)));
  const calls = await Promise.allSettled(
    Array.from(byDelay, ([delayMs, some]) =>
      source.giveBack(
        some.map(({ message }) => message),
        Number(delayMs),
      ),
    ),
  );
  const faults = calls.flatMap((call) =>
    call.status === 'rejected' ? Fault.from(call.reason) : call.value.filter((result) => Fault.is(result)),
  );
  if (faults.length > 0)
    logger.log('warn', 'messages of the search queue not given back', {
      ...{ count: faults.length, error: faults[0] },
    });
}

function messagesOf(event: unknown): readonly ReceivedAction[] {
  const records = isObject(event) ? event['Records'] : undefined;
  if (Array.isArray(records) && records.every(isMessage)) return records.map(toAction);
  throw new Fault(
    'configuration',
    'the event has no array of messages as Records: invoke this function from an SQS event source mapping',
  );
}

interface SqsRecord {
  readonly messageId: string;
  readonly receiptHandle: string;
  readonly body: string;
  readonly attributes?: Parameters<typeof receivedAction>[0]['attributes'];
}

function isMessage(record: unknown): record is SqsRecord {
  return (
    isObject(record) &&
    ['messageId', 'receiptHandle', 'body'].every((name) => typeof record[name] === 'string')
  );
}

function toAction({ messageId, receiptHandle, body, attributes = {} }: SqsRecord): ReceivedAction {
  return receivedAction({ id: messageId, receipt: receiptHandle, body, attributes });
}
