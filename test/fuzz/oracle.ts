import type { Outcome } from '../../src/application/delivery.ts';
import { Fault } from '../../src/domain/fault.ts';
import type { Invariant } from '../../src/simulation/checks/invariants.ts';
import type { Batch, Entry } from './batches.ts';
import type { Handled } from './fuzz-worker.ts';
import type { Json } from './json.ts';
import { isStreamRecord, judge, keysOf, sequenceOf } from './judge.ts';

/** Rules of single batches, beside the invariants that the simulation checks as well. */
type Rule =
  | Invariant
  | 'a failure has a Fault that says why'
  | 'a good record is handled'
  | 'a record that can never be handled is not to be tried for ever'
  | 'an event without Records is refused'
  | 'exactly the poison records are in quarantine'
  | 'memory is bounded'
  | 'no batch takes for ever'
  | 'no prototype is polluted'
  | 'nothing is left uncaught'
  | 'the record is kept as it came'
  | 'what is no record of a stream is no poison';

/** A rule that was broken. */
export interface Violation {
  readonly rule: Rule;
  readonly detail: string;
  /** Which record of the batch broke it, where it was one. */
  readonly index?: number | undefined;
}

type Failed = Outcome & { readonly status: 'failed' };

/** What is wrong with how a batch was handled; undefined when nothing is. */
export function violationOf({ event, entries }: Batch, handled: Handled): Violation | undefined {
  const polluted = pollution();
  if (polluted !== undefined) return { rule: 'no prototype is polluted', detail: polluted };
  if (entries === undefined) return refusal(event, handled);
  const outcomes = handled.batch?.outcomes;
  if (outcomes?.length !== entries.length)
    return {
      rule: 'every record has one outcome',
      detail: `${outcomes?.length ?? 'no'} outcomes of ${entries.length} records; ${answerText(handled)}`,
    };
  return (
    answer(entries, outcomes, handled) ??
    recordByRecord(entries, outcomes, handled) ??
    quarantine(entries, outcomes, handled) ??
    logs(outcomes, handled)
  );
}

/** What has no list of records is thrown back, and nothing of it handled. */
function refusal(event: Json, { result, batch }: Handled): Violation | undefined {
  const rule = 'an event without Records is refused';
  if (batch !== undefined) return { rule, detail: `it was handled: ${typeof event}` };
  if (!('error' in result))
    return { rule, detail: `it was answered with ${JSON.stringify(result.response)}` };
  if (Fault.is(result.error) && result.error.message !== '') return undefined;
  return { rule, detail: `it threw ${String(result.error)}` };
}

/** The identifier is a sequence number of the batch, and no failed record lies below it. */
function answer(
  entries: readonly Entry[],
  outcomes: readonly Outcome[],
  handled: Handled,
): Violation | undefined {
  const failed = entries.flatMap(({ record }, index) =>
    outcomes[index]?.status === 'failed' ? [{ sequence: sequenceOf(record), index }] : [],
  );
  const unnamed = failed.find(({ sequence }) => sequence === undefined);
  const { result } = handled;
  if ('error' in result) {
    const rule = 'the handler throws only with a reason';
    if (!Fault.is(result.error) || result.error.message === '' || unnamed === undefined)
      return { rule, detail: answerText(handled), index: failed[0]?.index };
    return undefined;
  }
  if (unnamed !== undefined)
    return {
      rule: 'a failure that cannot be reported is thrown',
      detail: answerText(handled),
      index: unnamed.index,
    };
  const rule = 'the lowest failed sequence number is reported';
  const { response } = result;
  const text = JSON.stringify(response);
  if (failed.length === 0)
    return text === '{"batchItemFailures":[]}' ? undefined : { rule, detail: `nothing failed: ${text}` };
  const identifier = /^\{"batchItemFailures":\[\{"itemIdentifier":"(\d+)"\}\]\}$/.exec(text)?.[1];
  if (identifier === undefined) return { rule, detail: `${failed.length} failed: ${text}` };
  if (!failed.some(({ sequence }) => sequence === identifier))
    return { rule, detail: `${identifier} is of no failed record` };
  const below = failed.find(({ sequence }) => BigInt(sequence!) < BigInt(identifier));
  return below && { rule, detail: `${identifier} lies above ${below.sequence}`, index: below.index };
}

function recordByRecord(
  entries: readonly Entry[],
  outcomes: readonly Outcome[],
  { batch }: Handled,
): Violation | undefined {
  const failedItems = new Set<string>();
  const numbers = new Set<string>();
  for (const [index, { record, touched }] of entries.entries()) {
    const outcome = outcomes[index]!;
    const delivery = batch!.deliveries[index]!;
    const broken = (rule: Rule): Violation => ({ rule, detail: outcomeText(outcome), index });
    if (delivery.raw !== record) return broken('the record is kept as it came');
    const done = isDone(outcome);
    const fault = 'fault' in outcome ? outcome.fault : undefined;
    if (!done && !(Fault.is(fault) && fault.message !== ''))
      return broken('a failure has a Fault that says why');
    // Nothing in memory is ever busy: whatever is said to pass was an error that nobody expected.
    if (isFailed(outcome) && !outcome.heldBack && (fault?.kind === 'transient' || fault?.kind === 'conflict'))
      return broken('a record that can never be handled is not to be tried for ever');
    if (done && delivery.kind === 'undecodable') return broken('poison is not taken for handled');
    if (outcome.status === 'quarantined' && !isStreamRecord(record))
      return broken('what is no record of a stream is no poison');
    const judgement = touched ? judge(record) : 'good';
    if (done && judgement === 'bad') return broken('poison is not taken for handled');

    const item = itemOf(record);
    const held = item !== undefined && failedItems.has(item);
    if (held && (outcome.status === 'applied' || outcome.status === 'duplicate'))
      return broken('nothing of an item is done behind its failure');
    const number = item === undefined ? undefined : `${sequenceOf(record) ?? ''} ${item}`;
    const repeats = number !== undefined && numbers.has(number);
    if (!done && judgement === 'good' && !held && !repeats) return broken('a good record is handled');
    if (item !== undefined && outcome.status === 'failed') failedItems.add(item);
    if (number !== undefined) numbers.add(number);
  }
  return undefined;
}

/** Where there is a quarantine, exactly what can never be handled is in it, as it came. */
function quarantine(
  entries: readonly Entry[],
  outcomes: readonly Outcome[],
  { quarantined, hasQuarantine }: Handled,
): Violation | undefined {
  const rule = 'exactly the poison records are in quarantine';
  const left = outcomes.findIndex((outcome) => isFailed(outcome) && outcome.fault.kind === 'permanent');
  if (hasQuarantine && left >= 0) return { rule, detail: outcomeText(outcomes[left]!), index: left };
  const expected = outcomes.flatMap(({ status }, index) => (status === 'quarantined' ? [index] : []));
  if (expected.length !== quarantined.length)
    return { rule, detail: `${expected.length} reported, ${quarantined.length} kept`, index: expected[0] };
  const kept = new Set(quarantined);
  const lost = expected.find((index) => !kept.has(entries[index]!.record));
  return lost === undefined ? undefined : { rule, detail: 'it is not there', index: lost };
}

/** Each record that was not handled has a line of its own, or is one of those that a line counts. */
function logs(outcomes: readonly Outcome[], { logged }: Handled): Violation | undefined {
  if (logged === undefined) return undefined;
  const lines = logged.map((line) => JSON.parse(line) as Readonly<Record<string, unknown>>);
  const said = lines.reduce((sum, { count = 1 }) => sum + Number(count), 0);
  const unhandled = outcomes.filter((outcome) => !isDone(outcome)).length;
  if (said !== unhandled)
    return { rule: 'failures are logged', detail: `lines of ${said} records, for ${unhandled} failures` };
  const more = lines.find(
    ({ count, notNamed, records }) =>
      count !== undefined && Number(count) !== Number(notNamed) + (records as readonly unknown[]).length,
  );
  return more && { rule: 'failures are logged', detail: `a line does not add up: ${JSON.stringify(more)}` };
}

const PROTOTYPES = [Object.prototype, Array.prototype, Function.prototype, String.prototype, Error.prototype];
const MEMBERS = PROTOTYPES.map((prototype) => Reflect.ownKeys(prototype).length);

function pollution(): string | undefined {
  for (const name in {}) return `objects have ${name}`;
  const which = PROTOTYPES.findIndex(
    (prototype, index) => Reflect.ownKeys(prototype).length !== MEMBERS[index],
  );
  return which < 0
    ? undefined
    : `prototype ${which} has ${Reflect.ownKeys(PROTOTYPES[which]!).map(String).join()}`;
}

function isDone({ status }: Outcome): boolean {
  return status === 'applied' || status === 'ignored' || status === 'duplicate';
}

function isFailed(outcome: Outcome): outcome is Failed {
  return outcome.status === 'failed';
}

function itemOf(record: Json): string | undefined {
  const keys = keysOf(record);
  return keys && JSON.stringify([keys.pk, keys.sk]);
}

function outcomeText(outcome: Outcome): string {
  return 'fault' in outcome
    ? `${outcome.status}, ${outcome.fault.kind}: ${outcome.fault.message}`
    : outcome.status;
}

function answerText({ result }: Handled): string {
  return 'error' in result ? `threw ${String(result.error)}` : `answered ${JSON.stringify(result.response)}`;
}
