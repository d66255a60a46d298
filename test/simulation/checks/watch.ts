import type { Outcome } from '../../../src/application/delivery.ts';
import type { LogFields } from '../../../src/application/ports/logger.ts';
import type { MetricName } from '../../../src/application/ports/metrics.ts';
import { Fault } from '../../../src/domain/fault.ts';
import { type Entity, entityKey, linkKey } from '../../../src/domain/row.ts';
import type { BatchResponse } from '../../../src/entrypoints/lambda/handle-event.ts';
import { type Entry, isRepairable, nameOf } from '../world/entry.ts';
import type { PortCall } from '../../support/ports.ts';
import type { Instance, Invocation, LogLine } from '../world/instance.ts';
import type { Ledger } from '../world/ledger.ts';
import type { Spoil } from '../faults/poison.ts';
import type { Settings } from '../world/settings.ts';
import type { Invariant } from './invariants.ts';
import { Violation } from './violation.ts';

export type HandlerEnd = { readonly response: BatchResponse } | { readonly error: unknown };

/** Checks, while the world goes on, what must hold at every step. Remembers the first violation. */
export class Watch {
  readonly #settings: Settings;
  readonly #ledger: Ledger;
  /** What each worker has quarantined of batches that are to be delivered again, with the record that failed first. */
  readonly #letThrough = new WeakMap<Instance, Map<string, Entry>>();
  #violation: Violation | undefined;

  constructor(settings: Settings, ledger: Ledger) {
    this.#settings = settings;
    this.#ledger = ledger;
  }

  get violation(): Violation | undefined {
    return this.#violation;
  }

  report(invariant: Invariant, particulars: string, cause?: unknown): void {
    this.#violation ??= new Violation(invariant, particulars, cause === undefined ? undefined : { cause });
  }

  /** At the time of a call: whether the worker may make it. */
  called(instance: Instance, call: PortCall): void {
    const { invocation } = instance;
    if (invocation === undefined) {
      this.report('no work outside an invocation', `${instance.name} calls ${call.port}`);
      return;
    }
    const what = `${instance.name} calls ${call.port} in invocation ${invocation.number}`;
    if ((call.signal ?? invocation.signal).aborted)
      this.report('nothing new starts once the time is up', `${what}, whose time is up`);
    if (call.signal !== undefined && call.signal !== invocation.signal)
      this.report('nothing goes on after its invocation', `${what}, on behalf of an earlier one`);
    if (invocation.finished) this.report('nothing goes on after its invocation', `${what}, which has ended`);
    this.#checkOrder(invocation, call, what);
    for (const record of call.port === 'quarantine.keep' ? call.entries : []) {
      const entry = this.#ledger.entryOf(record);
      if (entry === undefined) continue;
      invocation.offered.add(entry);
      if (this.#isLetThrough(entry, invocation))
        this.report(
          'a worker puts a record in quarantine once',
          `${what} for ${nameOf(entry)}, at another delivery of its batch`,
        );
    }
  }

  /** When the handler is through: what it says of the batch. */
  finished(invocation: Invocation, end: HandlerEnd): void {
    const { outcomes } = invocation;
    const what = `invocation ${invocation.number} of ${invocation.instance.name}`;
    if (outcomes === undefined) {
      this.report(
        'a batch has outcomes',
        `${what} ended without any`,
        'error' in end ? end.error : undefined,
      );
      return;
    }
    if (outcomes.length !== invocation.entries.length) {
      this.report(
        'every record has one outcome',
        `${what}: ${outcomes.length} for ${invocation.entries.length} records`,
      );
      return;
    }
    this.#checkOutcomes(invocation, outcomes, what);
    this.#checkReasons(invocation, outcomes, what);
    this.#checkLetThrough(invocation, outcomes, what);
    this.#checkReport(invocation, outcomes, what);
    if ('error' in end) this.#checkError(invocation, outcomes, end.error, what);
    else this.#checkResponse(invocation, outcomes, end.response, what);
  }

  /** When the stream goes on past records: whether they are done with. */
  acknowledged(invocation: Invocation, acknowledged: readonly Entry[]): void {
    for (const entry of acknowledged) {
      const index = invocation.entries.indexOf(entry);
      const outcome = invocation.outcomes?.[index];
      this.#ledger.acknowledge(entry);
      if (outcome === undefined || outcome.status === 'failed')
        this.report(
          'what is acknowledged is done',
          `${nameOf(entry)} is acknowledged by invocation ${invocation.number}, where it failed`,
          outcome?.fault,
        );
      else if (outcome.status === 'quarantined') this.#checkQuarantined(entry, invocation);
      else this.#checkHandled(entry, invocation);
    }
  }

  #checkQuarantined(entry: Entry, invocation: Invocation): void {
    if (!this.#ledger.isQuarantined(entry))
      this.report(
        'what is called quarantined is in quarantine',
        `${nameOf(entry)} is acknowledged by invocation ${invocation.number} and is not there`,
      );
  }

  #checkHandled(entry: Entry, invocation: Invocation): void {
    if (isPoison(entry, invocation)) {
      this.report('poison is not taken for handled', `${nameOf(entry)}, by invocation ${invocation.number}`);
      return;
    }
    const missing = this.#ledger.missingEffect(entry, invocation.started);
    if (missing === undefined) this.#ledger.handle(entry);
    else
      this.report(
        'what is acknowledged is done',
        `${nameOf(entry)} is acknowledged by invocation ${invocation.number}, and ${missing}`,
      );
  }

  #checkOrder(invocation: Invocation, call: PortCall, what: string): void {
    const blocked = blockedEntries(invocation, this.#ledger);
    if (blocked.size === 0) return;
    const find = (test: (entry: Entry) => boolean) => invocation.entries.find(test);
    const blockedWith = (sequence: string, test: (entry: Entry) => boolean = () => true) =>
      find((entry) => String(entry.position.sequence) === sequence && blocked.has(entry) && test(entry));
    const ofEntity = (entity: Entity) => {
      const isOf = ({ item }: Entry) =>
        item?.entity !== undefined && entityKey(item.entity) === entityKey(entity);
      return find((entry) => isOf(entry) && !blocked.has(entry)) ? undefined : find(isOf);
    };
    const offenders = (): (Entry | undefined)[] => {
      switch (call.port) {
        case 'queue.send':
          return call.entries.map(({ identity }) => blockedWith(identity.sequence));
        case 'replica.apply':
          return call.entries.flat().map(({ identity }) => blockedWith(identity.sequence));
        case 'matcher.apply':
          return call.entries.map(({ link, to }) =>
            blockedWith(
              to.version.sequence,
              ({ item }) => item?.link !== undefined && linkKey(item.link) === linkKey(link),
            ),
          );
        case 'images.load':
          return call.entries.map(ofEntity);
        case 'images.save':
          return call.entries.map(({ view }) => ofEntity(view.entity));
        default:
          return [];
      }
    };
    const offender = offenders().find((entry) => entry !== undefined);
    if (offender !== undefined)
      this.report('nothing of an item is done behind its poison', `${what} for ${nameOf(offender)}`);
  }

  #checkOutcomes(invocation: Invocation, outcomes: readonly Outcome[], what: string): void {
    const failedItems = new Set<string>();
    for (const [index, entry] of invocation.entries.entries()) {
      const outcome = outcomes[index];
      if (outcome === undefined) continue;
      if (outcome.status === 'duplicate' && invocation.entries.indexOf(entry) === index)
        this.report('only a repeat is taken for one', `${what}: ${nameOf(entry)}`);
      const hidden = entry.item?.kind === 'strange' || spoilOf(entry, invocation)?.hidesItem === true;
      if (outcome.status === 'failed') {
        if (!hidden) failedItems.add(entry.key);
        const mayBeRefused = (this.#ledger.followedFrom(entry) ?? Infinity) >= invocation.started;
        if (
          this.#settings.poison === 0 &&
          this.#settings.refusedContent === 0 &&
          this.#settings.faults === 'none' &&
          isRepairable(entry) &&
          !mayBeRefused
        )
          this.report('without faults nothing fails', `${what}: ${nameOf(entry)}`, outcome.fault);
      } else if (this.#ledger.followedFrom(entry) === undefined && namesStream(entry, invocation))
        this.report(
          'nothing of a table that is not followed is handled',
          `${what}: ${nameOf(entry)} is ${outcome.status}`,
        );
      else if (!hidden && failedItems.has(entry.key))
        this.report(
          'nothing of an item is done behind its failure',
          `${what}: ${nameOf(entry)} is ${outcome.status}, and an earlier record of it failed`,
        );
    }
  }

  /** Where most of a batch fails in the same way, the worker is suspected, and not the records. */
  #checkReasons(invocation: Invocation, outcomes: readonly Outcome[], what: string): void {
    const items = new Set<string | number>();
    const quarantined = new Map<string, Set<string | number>>();
    for (const [index, entry] of invocation.entries.entries()) {
      const spoil = spoilOf(entry, invocation);
      const item = spoil?.hidesItem === true ? index : entry.key;
      items.add(item);
      if (outcomes[index]?.status !== 'quarantined' || !invocation.offered.has(entry)) continue;
      if (spoil?.sameReason !== true) continue;
      quarantined.set(spoil.what, (quarantined.get(spoil.what) ?? new Set()).add(item));
    }
    for (const [reason, { size }] of quarantined)
      if (size >= 2 && size > items.size * this.#settings.quarantineMaxShare)
        this.report(
          'no batch is mostly poison for one reason',
          `${what}: ${size} of ${items.size} items are in quarantine for ${reason}`,
        );
  }

  /** What a worker has quarantined is no reason for it to block the rest of the batch when that is delivered again. */
  #checkLetThrough(invocation: Invocation, outcomes: readonly Outcome[], what: string): void {
    const { instance, entries, repaired } = invocation;
    for (const [index, outcome] of outcomes.entries()) {
      const entry = entries[index];
      if (entry === undefined || outcome.status !== 'failed' || outcome.fault.kind !== 'configuration')
        continue;
      const { cause } = outcome.fault;
      const isSuspect = Fault.is(cause) && cause.kind === 'permanent';
      if (isSuspect && this.#isLetThrough(entry, invocation))
        this.report(
          'what was let through is not suspected again',
          `${what}: ${nameOf(entry)}`,
          outcome.fault,
        );
    }
    const letThrough = this.#letThrough.get(instance) ?? new Map<string, Entry>();
    this.#letThrough.set(instance, letThrough);
    const because = entries[outcomes.findIndex(({ status }) => status === 'failed')];
    for (const [index, { status }] of outcomes.entries()) {
      const entry = entries[index];
      if (entry === undefined || status !== 'quarantined') continue;
      const name = nameOfRecord(entry, repaired);
      letThrough.delete(name);
      if (because !== undefined) letThrough.set(name, because);
      // As in the worker's own memory, the oldest give way.
      for (const oldest of letThrough.keys())
        if (letThrough.size > this.#settings.remembered) letThrough.delete(oldest);
    }
  }

  /** Whether its worker has quarantined the record at an earlier delivery of the batch, and must know it. */
  #isLetThrough(entry: Entry, { instance, entries, repaired }: Invocation): boolean {
    const because = this.#letThrough.get(instance)?.get(nameOfRecord(entry, repaired));
    return because !== undefined && entries.includes(because);
  }

  /** Failures are loud, and everything is counted. */
  #checkReport(invocation: Invocation, outcomes: readonly Outcome[], what: string): void {
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
        this.report('failures are logged', `${what}: nothing is said of ${nameOf(entry)}`);
    }
    const said = loud.reduce((sum, { fields }) => sum + Number(fields['count'] ?? 1), 0);
    if (said < failed)
      this.report('failures are logged', `${what}: ${said} are said to have failed of ${failed} records`);
    for (const [name, count] of expected)
      if ((invocation.metrics?.get(name) ?? 0) !== count)
        this.report(
          'outcomes are counted',
          `${what}: ${name} is ${invocation.metrics?.get(name) ?? 'not published'}, must be ${count}`,
        );
  }

  #checkError({ deliveries }: Invocation, outcomes: readonly Outcome[], error: unknown, what: string): void {
    const failed = outcomes.flatMap(({ status }, index) => (status === 'failed' ? [index] : []));
    const mayThrow =
      failed.length > 0 &&
      (this.#settings.failureMode === 'throw' ||
        failed.some((index) => deliveries?.[index]?.record.sequenceNumber === undefined));
    if (!mayThrow) this.report('the handler throws only with a reason', what, error);
  }

  #checkResponse(
    invocation: Invocation,
    outcomes: readonly Outcome[],
    response: BatchResponse,
    what: string,
  ): void {
    let lowest: bigint | undefined;
    for (const [index, { status }] of outcomes.entries()) {
      const entry = invocation.entries[index];
      if (status !== 'failed' || entry === undefined) continue;
      if (spoilOf(entry, invocation)?.hidesSequence === true)
        this.report('a failure that cannot be reported is thrown', `${what}: ${nameOf(entry)}`);
      const { sequence } = entry.position;
      if (lowest === undefined || sequence < lowest) lowest = sequence;
    }
    const identifiers = response.batchItemFailures.map(({ itemIdentifier }) => itemIdentifier);
    const expected = lowest === undefined ? [] : [String(lowest)];
    if (JSON.stringify(identifiers) !== JSON.stringify(expected))
      this.report(
        'the lowest failed sequence number is reported',
        `${what} reports ${JSON.stringify(identifiers)}, must report ${JSON.stringify(expected)}`,
      );
    for (const sequence of invocation.remembered)
      if (lowest === undefined || BigInt(sequence) < lowest)
        this.report(
          'only what is delivered again is remembered',
          `${what} remembers ${sequence}, which is done`,
        );
  }
}

/** Records that stand behind one of their item that cannot be handled and is not in quarantine; and those themselves. */
function blockedEntries(invocation: Invocation, ledger: Ledger): ReadonlySet<Entry> {
  const blocked = new Set<Entry>();
  const items = new Set<string>();
  for (const entry of invocation.entries) {
    if (isPoison(entry, invocation) && !ledger.isQuarantined(entry)) {
      blocked.add(entry);
      if (spoilOf(entry, invocation)?.hidesItem !== true) items.add(entry.key);
    } else if (items.has(entry.key)) blocked.add(entry);
  }
  return blocked;
}

const OUTCOME_METRICS: readonly MetricName[] = [
  'RecordsApplied',
  'RecordsIgnored',
  'RecordsDuplicate',
  'RecordsFailed',
  'RecordsHeldBack',
  'RecordsQuarantined',
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
    case 'failed':
      return outcome.heldBack ? 'RecordsHeldBack' : 'RecordsFailed';
  }
}

/** Whether a line names the item: as the one record that it is of, or among several. */
function isOf({ fields }: LogLine, { key }: Entry): boolean {
  const records = (fields['records'] ?? [fields]) as readonly LogFields[];
  return records.some((record) => `${String(record['pk'])} | ${String(record['sk'])}` === key);
}

/** Records that lines count and do not name. */
function unnamedIn(lines: readonly LogLine[]): number {
  return lines.reduce((sum, { fields }) => sum + Number(fields['notNamed'] ?? 0), 0);
}

/** How the record is spoiled as the invocation has it. */
function spoilOf({ spoil }: Entry, { repaired }: Invocation): Spoil | undefined {
  return repaired ? undefined : spoil;
}

/** What names no stream, and cannot be read either, is poison, whatever stream it is of. */
function namesStream({ record }: Entry, { repaired }: Invocation): boolean {
  return repaired || (typeof record === 'object' && record !== null && 'eventSourceARN' in record);
}

/** One per record: what an operator has repaired is another. */
function nameOfRecord({ number }: Entry, repaired: boolean): string {
  return `${number}${repaired ? ' repaired' : ''}`;
}

function isPoison(entry: Entry, invocation: Invocation): boolean {
  return spoilOf(entry, invocation) !== undefined || !isRepairable(entry);
}
