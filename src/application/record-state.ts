import type { Change } from '../domain/change.ts';
import type { Command } from '../domain/command.ts';
import { Fault } from '../domain/fault.ts';
import { type Delivery, itemOf, type Outcome, type RecordSummary } from './delivery.ts';

/** A record whose effects are known, and not carried out yet. */
export interface Planned {
  readonly status: 'planned';
  readonly change: Change;
  readonly commands: readonly Command[];
}

/** What is known of a record by itself, while its batch is handled. */
export type RecordState = Planned | Outcome;

/**
 * The planned records that may be carried out, by their place in the batch: none behind a failed one of its item. While
 * nothing has failed, no item is looked up, which would make one string of its key's parts.
 */
export function readyPlans(
  deliveries: readonly Delivery[],
  states: readonly RecordState[],
): ReadonlyMap<number, Planned> {
  const failedItems = new Set<string | undefined>();
  const ready = new Map<number, Planned>();
  for (const [index, state] of states.entries()) {
    if (state.status === 'planned') {
      if (failedItems.size === 0 || !failedItems.has(itemAt(deliveries, index))) ready.set(index, state);
    } else if (state.status === 'failed') {
      const item = itemAt(deliveries, index);
      if (item !== undefined) failedItems.add(item);
    }
  }
  return ready;
}

/**
 * Which failed records may go to quarantine now, by their place in the batch: those that can never be handled, and none that stands
 * behind an earlier change of its item which has failed for another reason, or is still to be carried out. That one may fail yet, and who
 * redrives what is in quarantine must not overtake it.
 */
export function quarantinable(deliveries: readonly Delivery[], states: readonly RecordState[]): number[] {
  const blockedItems = new Set<string | undefined>();
  const found: number[] = [];
  for (const [index, state] of states.entries()) {
    if (state.status !== 'failed' && state.status !== 'planned') continue;
    const item = itemAt(deliveries, index);
    if (blockedItems.has(item)) continue;
    if (isPoison(state)) found.push(index);
    else if (item !== undefined) blockedItems.add(item);
  }
  return found;
}

/** The first failed record of each item, by its place in the batch. */
export function firstFailures(deliveries: readonly Delivery[], states: readonly RecordState[]): number[] {
  const items = new Set<string>();
  return [...states.entries()].flatMap(([index, { status }]) => {
    const item = status === 'failed' ? itemAt(deliveries, index) : undefined;
    if (item === undefined || items.has(item)) return [];
    items.add(item);
    return [index];
  });
}

/** Whether a record can never be handled, and is not in quarantine. */
export function isPoison(state: RecordState): state is RecordState & { readonly status: 'failed' } {
  return state.status === 'failed' && state.fault.kind === 'permanent';
}

/** What became of each record: behind a failed one, its item's later ones are held back. */
export function outcomesOf(deliveries: readonly Delivery[], states: readonly RecordState[]): Outcome[] {
  const failedItems = new Map<string | undefined, RecordSummary>();
  return states.map((state, index) => {
    const behind = failedItems.size > 0 ? failedItems.get(itemAt(deliveries, index)) : undefined;
    if (behind !== undefined) return heldBack(behind);
    if (state.status === 'planned') throw new Error('a record was neither carried out nor held back');
    if (state.status !== 'failed') return state;
    const item = itemAt(deliveries, index);
    if (item !== undefined) failedItems.set(item, deliveries[index]?.record ?? {});
    return state;
  });
}

/** Whether a change asks nothing of any subsystem. */
export function asksNothing(commands: readonly Command[]): boolean {
  return commands.length === 0;
}

/** A record that failed for a reason of its own. */
export function failed(fault: Fault): Outcome & { readonly status: 'failed' } {
  return { status: 'failed', fault, heldBack: false };
}

/** The outcome of a record whose item has failed already, at this record. */
export function heldBack({ sequenceNumber }: RecordSummary): Outcome {
  const which = sequenceNumber === undefined ? '' : ` (sequence number ${sequenceNumber})`;
  const message = `held back: an earlier change of the same item failed${which}`;
  return { status: 'failed', fault: new Fault('transient', message), heldBack: true };
}

/** What is wrong with a change when another of its item, which says something else, has its number. */
export function sequenceNumberReused({ identity }: Change): Fault {
  return new Fault(
    'permanent',
    `two different records of this item carry sequence number ${identity.sequence}`,
    { reason: 'two different records of an item carry one sequence number' },
  );
}

function itemAt(deliveries: readonly Delivery[], index: number): string | undefined {
  const delivery = deliveries[index];
  return delivery && itemOf(delivery);
}
