import type { Delivery, Outcome } from './delivery.ts';
import { logFailures } from './log-failures.ts';
import type { Logger } from './ports/logger.ts';
import type { MetricName, Metrics } from './ports/metrics.ts';
import type { BatchResult } from './process-batch.ts';
import type { DefaultImageTally } from './reconcile-default-image.ts';
import type { RowsTally } from './derive-rows.ts';
import type { EffectTally } from './run-effects.ts';
import type { KindNames, Tallies } from './tallies.ts';
import type { SearchTally } from './sync-search-document.ts';
import type { MatcherTally } from './update-matcher-tuple.ts';

const RECORD_METRICS = {
  applied: 'RecordsApplied',
  ignored: 'RecordsIgnored',
  duplicate: 'RecordsDuplicate',
  quarantined: 'RecordsQuarantined',
  parked: 'RecordsParked',
  failed: 'RecordsFailed',
  heldBack: 'RecordsHeldBack',
} satisfies Record<Outcome['status'] | 'heldBack', MetricName>;

const SEARCH_METRICS = {
  upserts: 'SearchUpserts',
  deletes: 'SearchDeletes',
  unchanged: 'SearchUnchanged',
  repeated: 'SearchRepeated',
} satisfies Record<SearchTally, MetricName>;

const DEFAULT_IMAGE_METRICS = {
  created: 'DefaultImagesCreated',
  switched: 'DefaultImagesSwitched',
  repaired: 'DefaultImagesRepaired',
  removed: 'DefaultImagesRemoved',
  kept: 'DefaultImagesKept',
} satisfies Record<DefaultImageTally, MetricName>;

const MATCHER_METRICS = {
  incremented: 'MatcherIncremented',
  decremented: 'MatcherDecremented',
  moved: 'MatcherMoved',
  unchanged: 'MatcherUnchanged',
  repeated: 'MatcherRepeated',
  late: 'MatcherLate',
} satisfies Record<MatcherTally, MetricName>;

const ROWS_METRICS = {
  derived: 'RowsDerived',
  removed: 'RowsRemoved',
  repeated: 'RowsRepeated',
  late: 'RowsLate',
} satisfies Record<RowsTally, MetricName>;

const EFFECT_METRICS = {
  run: 'EffectsRun',
  skipped: 'EffectsSkipped',
  repeated: 'EffectsRepeated',
} satisfies Record<EffectTally, MetricName>;

interface Reporting {
  readonly metrics: Metrics;
  readonly logger: Logger;
  readonly kindNames?: KindNames | undefined;
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
  { metrics, logger, kindNames }: Reporting,
): void {
  const { outcomes, search, defaultImages, matcher, derivedRows, effects } = result;
  if (logger.enabled('debug')) logRecords(deliveries, outcomes, logger);
  const counts = countsOf(outcomes);
  if (counts.failed + counts.heldBack + counts.quarantined + counts.parked > 0)
    logFailures(deliveries, outcomes, logger);
  const milliseconds = Math.max(0, span.ended - span.started);
  const { parked, ...others } = counts;
  if (logger.enabled('info'))
    logger.log('info', 'batch', {
      records: deliveries.length,
      ...others,
      ...(parked > 0 && { parked }),
      ...(kindNames === undefined ? { search, defaultImages, matcher } : namedTallies(result, kindNames)),
      milliseconds,
    });

  metrics.add('BatchRecords', deliveries.length);
  metrics.add('BatchDuration', milliseconds);
  addAll(metrics, RECORD_METRICS, counts);
  addAll(metrics, SEARCH_METRICS, search);
  addAll(metrics, DEFAULT_IMAGE_METRICS, defaultImages);
  addAll(metrics, MATCHER_METRICS, matcher);
  addAll(metrics, ROWS_METRICS, derivedRows);
  addAll(metrics, EFFECT_METRICS, effects);
  addAges(metrics, deliveries, span.ended);
  try {
    metrics.flush();
  } catch (error) {
    // The records are handled: a lost metric must not deliver them again.
    logger.log('error', 'metrics not published', { error });
  }
}

/** Of the kinds of derivations that had anything to do. */
function namedTallies(result: Tallies, names: KindNames): Readonly<Record<string, unknown>> {
  const kinds = Object.keys(names) as (keyof Tallies)[];
  return Object.fromEntries(
    kinds.flatMap((kind) => (isZero(result[kind]) ? [] : [[names[kind], result[kind]]])),
  );
}

function isZero(tally: Readonly<Record<string, number>>): boolean {
  return Object.values(tally).every((count) => count === 0);
}

function logRecords(deliveries: readonly Delivery[], outcomes: readonly Outcome[], logger: Logger): void {
  for (const [index, { status }] of outcomes.entries())
    logger.log('debug', 'record', { ...deliveries[index]?.record, outcome: status });
}

function countsOf(outcomes: readonly Outcome[]) {
  const counts = { applied: 0, ignored: 0, duplicate: 0, quarantined: 0, parked: 0, failed: 0, heldBack: 0 };
  for (const outcome of outcomes)
    counts[outcome.status === 'failed' && outcome.heldBack ? 'heldBack' : outcome.status]++;
  return counts;
}

function addAll<Tally extends string>(
  metrics: Metrics,
  names: Readonly<Record<Tally, MetricName>>,
  tally: Readonly<Record<Tally, number>>,
): void {
  for (const name of Object.keys(names) as Tally[]) metrics.add(names[name], tally[name]);
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
