import { type Change, sameContent } from '../domain/change.ts';
import { type Commands, commandsOf } from '../domain/command.ts';
import { Fault } from '../domain/fault.ts';
import { type Delivery, itemOf, type Outcome, type RecordSummary } from './delivery.ts';

/** What is known of a record by itself, while its batch is handled. */
export type Verdict =
  | { readonly kind: 'ignored' }
  | { readonly kind: 'duplicate' }
  | Planned
  /** All that a planned record asks for is done. */
  | { readonly kind: 'applied' }
  /** `before`: this worker had put it there at an earlier delivery of its batch. */
  | { readonly kind: 'quarantined'; readonly fault: Fault; readonly before: boolean }
  | { readonly kind: 'failed'; readonly fault: Fault };

/** A record whose effects are known. */
export interface Planned {
  readonly kind: 'planned';
  readonly change: Change;
  readonly commands: Commands;
}

const IGNORED: Verdict = { kind: 'ignored' };
const DUPLICATE: Verdict = { kind: 'duplicate' };
const APPLIED: Verdict = { kind: 'applied' };
const WAS_APPLIED: Outcome = { status: 'applied' };
const WAS_IGNORED: Outcome = { status: 'ignored' };
const WAS_DUPLICATE: Outcome = { status: 'duplicate' };

/**
 * Decides, record by record, what to do. One verdict a record: `ignored`, `duplicate`, `planned` or `failed`.
 *
 * @param replicated whether the backend keeps the table's rows, and so needs all of every row.
 */
export function examine(deliveries: readonly Delivery[], replicated: boolean): Verdict[] {
  const seen = new Map<string, Change>();
  return deliveries.map((delivery) => {
    if (delivery.kind === 'unrecognised') return IGNORED;
    if (delivery.kind === 'undecodable') return { kind: 'failed', fault: delivery.fault };
    const { change } = delivery;
    try {
      // Hardly two changes share a number, and a text of all that identifies a change is dear to build and to hash.
      let id = change.identity.sequence;
      let first = seen.get(id);
      if (first !== undefined && !isSameChange(first, change)) {
        id = identityKey(change);
        first = seen.get(id);
      }
      if (first !== undefined) return repeated(first, change);
      const commands = commandsOf(change);
      if (replicated) checkReplicable(change);
      seen.set(id, change);
      return { kind: 'planned', change, commands };
    } catch (error) {
      return { kind: 'failed', fault: Fault.from(error) };
    }
  });
}

/** The verdict on a planned record once all that it asks for is done. */
export function afterwards({ commands }: Planned): Verdict {
  return asksNothing(commands) ? IGNORED : APPLIED;
}

/** The planned records that may be carried out, by their place in the batch: none behind a failed one of its item. */
export function readyAmong(
  deliveries: readonly Delivery[],
  verdicts: readonly Verdict[],
): ReadonlyMap<number, Planned> {
  const failedItems = new Set<string>();
  const ready = new Map<number, Planned>();
  for (const [index, verdict] of verdicts.entries()) {
    if (verdict.kind !== 'planned' && verdict.kind !== 'failed') continue;
    const delivery = deliveries[index];
    const item = delivery && itemOf(delivery);
    if (verdict.kind === 'planned') {
      if (item === undefined || failedItems.size === 0 || !failedItems.has(item)) ready.set(index, verdict);
    } else if (item !== undefined) failedItems.add(item);
  }
  return ready;
}

/**
 * Which failed records may go to quarantine: those that can never be handled, unless they would wait anyway behind
 * an earlier change of their item that can.
 */
export function poisonAmong(deliveries: readonly Delivery[], verdicts: readonly Verdict[]): number[] {
  const blockedItems = new Set<string>();
  const poison: number[] = [];
  for (const [index, verdict] of verdicts.entries()) {
    if (verdict.kind !== 'failed') continue;
    const delivery = deliveries[index];
    const item = delivery && itemOf(delivery);
    if (item !== undefined && blockedItems.has(item)) continue;
    if (verdict.fault.kind === 'permanent') poison.push(index);
    else if (item !== undefined) blockedItems.add(item);
  }
  return poison;
}

/** Turns verdicts into outcomes: behind a failed record, its item's later ones are held back. */
export function conclude(deliveries: readonly Delivery[], verdicts: readonly Verdict[]): Outcome[] {
  const failedItems = new Map<string, RecordSummary>();
  return verdicts.map((verdict, index) => {
    const delivery = deliveries[index];
    const item = delivery && itemOf(delivery);
    const behind = item === undefined || failedItems.size === 0 ? undefined : failedItems.get(item);
    if (behind !== undefined) return heldBack(behind);
    switch (verdict.kind) {
      case 'applied':
        return WAS_APPLIED;
      case 'planned':
        throw new Error('a record was neither carried out nor held back');
      case 'failed':
        if (item !== undefined && delivery !== undefined) failedItems.set(item, delivery.record);
        return { status: 'failed', fault: verdict.fault, heldBack: false };
      case 'quarantined':
        return { status: 'quarantined', fault: verdict.fault };
      case 'ignored':
        return WAS_IGNORED;
      case 'duplicate':
        return WAS_DUPLICATE;
    }
  });
}

/** Whether a change asks nothing of any subsystem. */
export function asksNothing({ search, image, matcher }: Commands): boolean {
  return search === undefined && image === undefined && matcher === undefined;
}

/** The outcome of a record whose item has failed already, at this record. */
export function heldBack({ sequenceNumber }: RecordSummary): Outcome {
  const which = sequenceNumber === undefined ? '' : ` (sequence number ${sequenceNumber})`;
  const message = `held back: an earlier change of the same item failed${which}`;
  return { status: 'failed', fault: new Fault('transient', message), heldBack: true };
}

function repeated(first: Change, again: Change): Verdict {
  let same = false;
  try {
    same = sameContent(first, again);
  } catch {
    // What cannot be decoded says something else than what could.
  }
  if (same) return DUPLICATE;
  throw twoOfOneNumber(again);
}

/** What is wrong with a change when another of its item, which says something else, has its number. */
export function twoOfOneNumber({ identity }: Change): Fault {
  return new Fault(
    'permanent',
    `two different records of this item carry sequence number ${identity.sequence}`,
    { reason: 'two different records of an item carry one sequence number' },
  );
}

/** A replica keeps whole rows: all of the new image must be there and decode. */
function checkReplicable({ row, after, viewType }: Change): void {
  if (row.kind === 'matcher-tuple') return;
  if (after === 'withheld')
    throw new Fault(
      'configuration',
      `this backend keeps the table's rows, which a stream with view type ${viewType ?? 'unknown'} does not carry: ` +
        "set the table's StreamViewType to NEW_AND_OLD_IMAGES",
    );
  if (after !== 'absent') after.all();
}

/** Of two changes with one sequence number. */
function isSameChange(a: Change, b: Change): boolean {
  return a.item === b.item && a.identity.stream === b.identity.stream;
}

function identityKey({ identity, item }: Change): string {
  return `${identity.stream} ${identity.sequence} ${item}`;
}
