import type { Fault } from '../domain/fault.ts';
import type { Delivery, Outcome, RecordSummary } from './delivery.ts';
import type { Logger } from './ports/logger.ts';

/** How many records one line names: even with DynamoDB's longest keys, it stays below the 256 KB of a log event. */
const NAMED = 50;

/** A line that several records share. */
class SharedLine {
  #count = 0;
  readonly #named: Pick<RecordSummary, 'pk' | 'sk' | 'sequenceNumber'>[] = [];

  add({ pk, sk, sequenceNumber }: RecordSummary): void {
    this.#count++;
    if (this.#named.length < NAMED) this.#named.push({ pk, sk, sequenceNumber });
  }

  get isEmpty(): boolean {
    return this.#count === 0;
  }

  /** How many there are, how many of them are not named, and the others by their keys. */
  get fields() {
    return { count: this.#count, notNamed: this.#count - this.#named.length, records: this.#named };
  }
}

interface Cause {
  readonly status: 'failed' | 'quarantined' | 'parked';
  readonly fault: Fault;
  readonly first: RecordSummary;
  readonly others: SharedLine;
}

/**
 * Logs which records of a batch failed, and why. The first record of each cause has a line with all that is known of
 * it, and the stack; others with the same cause share one line with their keys, and so do those that are held back. So
 * what a blocked shard logs at each attempt does not grow with its batch.
 *
 * Causes are the same when kind and reason are, whatever the messages say of each record.
 */
export function logFailures(
  deliveries: readonly Delivery[],
  outcomes: readonly Outcome[],
  logger: Logger,
): void {
  const causes = new Map<string, Cause>();
  const heldBack = new SharedLine();
  const waiting = new SharedLine();
  for (const [index, outcome] of outcomes.entries()) {
    if (outcome.status !== 'failed' && outcome.status !== 'quarantined' && outcome.status !== 'parked')
      continue;
    const record = deliveries[index]?.record ?? {};
    if (outcome.status === 'failed' && outcome.heldBack) {
      heldBack.add(record);
      continue;
    }
    const { status } = outcome;
    const fault = outcome.status === 'parked' ? outcome.why : outcome.fault;
    if (fault === undefined) {
      waiting.add(record);
      continue;
    }
    const name = `${status} ${fault.kind} ${fault.reason}`;
    const cause = causes.get(name);
    if (cause === undefined) causes.set(name, { status, fault, first: record, others: new SharedLine() });
    else cause.others.add(record);
  }
  for (const { status, fault, first, others } of causes.values()) {
    logger.log('error', `record ${status}`, { ...first, fault: fault.kind, error: fault });
    if (others.isEmpty) continue;
    const { kind, reason } = fault;
    logger.log('error', `more records ${status}`, { fault: kind, reason, ...others.fields });
  }
  if (!waiting.isEmpty) logger.log('warn', 'records of parked items', waiting.fields);
  if (!heldBack.isEmpty) logger.log('warn', 'records held back', heldBack.fields);
}
