import type { Delivery } from './delivery.ts';
import type { Logger } from './ports/logger.ts';
import type { MetricName, Metrics } from './ports/metrics.ts';
import type { BatchResult } from './process-batch.ts';

interface Reporting {
  readonly metrics: Metrics;
  readonly logger: Logger;
}

/** Milliseconds since 1970 by the worker's clock, which may have gone backwards in between. */
interface Span {
  readonly started: number;
  readonly ended: number;
}

/** Says what became of a batch: failures record by record, the rest in one line and in metrics. */
export function reportBatch(
  deliveries: readonly Delivery[],
  result: BatchResult,
  span: Span,
  { metrics, logger }: Reporting,
): void {
  const counts = logOutcomes(deliveries, result, logger);
  const milliseconds = Math.max(0, span.ended - span.started);
  const { search, defaultImages, matcher } = result;
  if (logger.enabled('info'))
    logger.log('info', 'batch', {
      records: deliveries.length,
      ...counts,
      search,
      defaultImages,
      matcher,
      milliseconds,
    });

  metrics.add('BatchRecords', deliveries.length);
  metrics.add('BatchDuration', milliseconds);
  addAll(metrics, 'Records', counts);
  addAll(metrics, 'Search', search);
  addAll(metrics, 'DefaultImages', defaultImages);
  addAll(metrics, 'Matcher', matcher);
  addAges(metrics, deliveries, span.ended);
  try {
    metrics.flush();
  } catch (error) {
    // The records are handled: that nobody can count them must not deliver them again.
    logger.log('error', 'metrics not published', { error });
  }
}

function logOutcomes(deliveries: readonly Delivery[], { outcomes }: BatchResult, logger: Logger) {
  const counts = { applied: 0, ignored: 0, duplicate: 0, quarantined: 0, failed: 0, heldBack: 0 };
  const everyRecord = logger.enabled('debug');
  for (const [index, outcome] of outcomes.entries()) {
    const record = deliveries[index]?.record;
    if (everyRecord) logger.log('debug', 'record', { ...record, outcome: outcome.status });
    if (outcome.status === 'failed' && outcome.heldBack) {
      counts.heldBack++;
      logger.log('warn', 'record held back', { ...record, reason: outcome.fault.message });
      continue;
    }
    counts[outcome.status]++;
    if (outcome.status !== 'failed' && outcome.status !== 'quarantined') continue;
    const { fault } = outcome;
    logger.log('error', `record ${outcome.status}`, { ...record, fault: fault.kind, error: fault });
  }
  return counts;
}

/** Adds a tally's counts under names like `SearchUpserts`. */
function addAll<Prefix extends string, Tally extends string>(
  metrics: Metrics,
  prefix: Prefix,
  tally: `${Prefix}${Capitalize<Tally>}` extends MetricName ? Readonly<Record<Tally, number>> : never,
): void {
  for (const [name, count] of Object.entries<number>(tally))
    metrics.add(`${prefix}${name.charAt(0).toUpperCase()}${name.slice(1)}` as MetricName, count);
}

function addAges(metrics: Metrics, deliveries: readonly Delivery[], now: number): void {
  let oldest: number | undefined;
  let newest: number | undefined;
  for (const { at } of deliveries) {
    if (at === undefined) continue;
    if (oldest === undefined || at < oldest) oldest = at;
    if (newest === undefined || at > newest) newest = at;
  }
  // Clocks disagree: a change cannot have been made later than now.
  if (newest !== undefined) metrics.add('NewestChangeAge', Math.max(0, now - newest));
  if (oldest !== undefined) metrics.add('OldestChangeAge', Math.max(0, now - oldest));
}
