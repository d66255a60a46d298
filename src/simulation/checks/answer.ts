import type { Outcome } from '../../application/delivery.ts';
import type { Done } from '../../application/result.ts';
import type { LogFields } from '../../application/ports/logger.ts';
import type { MetricName } from '../../application/ports/metrics.ts';
import type { BatchResponse } from '../../entrypoints/lambda/handle-event.ts';
import { type Entry, nameOf } from '../world/entry.ts';
import type { LogLine } from '../world/instance.ts';
import type { Settings } from '../world/settings.ts';
import type { Judged } from './outcomes.ts';
import { spoilOf } from './spoiled.ts';

/** Failures are loud, and everything is counted. */
export function checkReport({ invocation, outcomes, what, report }: Judged): void {
  const loud = invocation.log.filter(({ level }) => level === 'error' || level === 'warn');
  const expected = new Map<MetricName, number>(OUTCOME_METRICS.map((name) => [name, 0]));
  let failed = 0;
  let unsaid = 0;
  for (const [index, outcome] of outcomes.entries()) {
    const metric = metricOf(outcome);
    expected.set(metric, (expected.get(metric) ?? 0) + 1);
    const entry = invocation.entries[index];
    if (entry === undefined || (outcome.status !== 'failed' && outcome.status !== 'quarantined')) continue;
    failed++;
    const hidden = spoilOf(entry, invocation)?.hidesItem === true;
    if (hidden || loud.some((line) => isOf(line, entry))) continue;
    if (++unsaid > unnamedIn(loud))
      report('failures are logged', `${what}: nothing is said of ${nameOf(entry)}`);
  }
  const said = loud.reduce((sum, { fields }) => sum + Number(fields['count'] ?? 1), 0);
  if (said < failed)
    report('failures are logged', `${what}: ${said} are said to have failed of ${failed} records`);
  for (const [name, count] of expected)
    if ((invocation.metrics?.get(name) ?? 0) !== count)
      report(
        'outcomes are counted',
        `${what}: ${name} is ${invocation.metrics?.get(name) ?? 'not published'}, must be ${count}`,
      );
}

/** A batch is thrown back only where it must be. */
export function checkError(
  { invocation, outcomes, what, report }: Judged,
  settings: Settings,
  error: unknown,
): void {
  const { deliveries } = invocation;
  const failed = outcomes.flatMap(({ status }, index) => (status === 'failed' ? [index] : []));
  const mayThrow =
    failed.length > 0 &&
    (settings.failureMode === 'throw' ||
      failed.some((index) => deliveries?.[index]?.record.sequenceNumber === undefined));
  if (!mayThrow) report('the handler throws only with a reason', what, error);
}

/** Lambda is told the lowest failed sequence number, and nothing else. */
export function checkResponse({ invocation, outcomes, what, report }: Judged, response: BatchResponse): void {
  let lowest: bigint | undefined;
  for (const [index, { status }] of outcomes.entries()) {
    const entry = invocation.entries[index];
    if (status !== 'failed' || entry === undefined) continue;
    if (spoilOf(entry, invocation)?.hidesSequence === true)
      report('a failure that cannot be reported is thrown', `${what}: ${nameOf(entry)}`);
    const { sequence } = entry.position;
    if (lowest === undefined || sequence < lowest) lowest = sequence;
  }
  const identifiers = response.batchItemFailures.map(({ itemIdentifier }) => itemIdentifier);
  const expected = lowest === undefined ? [] : [String(lowest)];
  if (JSON.stringify(identifiers) !== JSON.stringify(expected))
    report(
      'the lowest failed sequence number is reported',
      `${what} reports ${JSON.stringify(identifiers)}, must report ${JSON.stringify(expected)}`,
    );
  for (const sequence of invocation.remembered)
    if (lowest === undefined || BigInt(sequence) < lowest)
      report('only what is delivered again is remembered', `${what} remembers ${sequence}, which is done`);
}

/** A reader is told of each record whether it is done: what is not comes again, and nothing else. */
export function checkResults({ invocation, outcomes, what, report }: Judged, results: readonly Done[]): void {
  const failed = new Set<string>();
  for (const [index, { status }] of outcomes.entries()) {
    const entry = invocation.entries[index];
    if (entry === undefined) continue;
    if (status === 'failed') failed.add(String(entry.position.sequence));
    if ((results[index] === 'done') === (status === 'failed'))
      report('what is acknowledged is done', `${what}: ${nameOf(entry)} is ${status}`);
  }
  for (const sequence of invocation.remembered)
    if (!failed.has(sequence))
      report('only what is delivered again is remembered', `${what} remembers ${sequence}, which is done`);
}

const OUTCOME_METRICS: readonly MetricName[] = [
  'RecordsApplied',
  'RecordsIgnored',
  'RecordsDuplicate',
  'RecordsFailed',
  'RecordsHeldBack',
  'RecordsQuarantined',
  'RecordsParked',
];

function metricOf(outcome: Outcome): MetricName {
  switch (outcome.status) {
    case 'applied':
      return 'RecordsApplied';
    case 'ignored':
      return 'RecordsIgnored';
    case 'duplicate':
      return 'RecordsDuplicate';
    case 'quarantined':
      return 'RecordsQuarantined';
    case 'parked':
      return 'RecordsParked';
    case 'failed':
      return outcome.heldBack ? 'RecordsHeldBack' : 'RecordsFailed';
  }
}

/** Whether a line names the item: as the one record that it is of, or among several. */
function isOf({ fields }: LogLine, { at: { partition, sort } }: Entry): boolean {
  const records = (fields['records'] ?? [fields]) as readonly LogFields[];
  return records.some((record) => record['pk'] === partition && record['sk'] === sort);
}

/** Records that lines count and do not name. */
function unnamedIn(lines: readonly LogLine[]): number {
  return lines.reduce((sum, { fields }) => sum + Number(fields['notNamed'] ?? 0), 0);
}
