import type { Delivery, Outcome } from './delivery.ts';
import { logFailures } from './log-failures.ts';
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

/** Reports what became of a batch: failures cause by cause, the rest in one line and in metrics. */
export function reportBatch(
  deliveries: readonly Delivery[],
  result: BatchResult,
  span: Span,
  { metrics, logger }: Reporting,
): void {
  const { outcomes, search, defaultImages, matcher } = result;
  if (logger.enabled('debug')) logRecords(deliveries, outcomes, logger);
  const counts = countsOf(outcomes);
  if (counts.failed + counts.heldBack + counts.quarantined > 0) logFailures(deliveries, outcomes, logger);
  const milliseconds = Math.max(0, span.ended - span.started);
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
    // The records are handled: a lost metric must not deliver them again.
    logger.log('error', 'metrics not published', { error });
  }
}

function logRecords(deliveries: readonly Delivery[], outcomes: readonly Outcome[], logger: Logger): void {
  for (const [index, { status }] of outcomes.entries())
    logger.log('debug', 'record', { ...deliveries[index]?.record, outcome: status });
}

function countsOf(outcomes: readonly Outcome[]) {
  const counts = { applied: 0, ignored: 0, duplicate: 0, quarantined: 0, failed: 0, heldBack: 0 };
  for (const outcome of outcomes)
    counts[outcome.status === 'failed' && outcome.heldBack ? 'heldBack' : outcome.status]++;
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
