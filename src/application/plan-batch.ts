import { type Change, sameContent } from '../domain/change.ts';
import { type Command, commandsOf, ignoringOldImage } from '../domain/command.ts';
import { Fault } from '../domain/fault.ts';
import { kindsOf } from '../domain/roles.ts';
import type { RowModel } from '../domain/table-model.ts';
import type { Delivery, Outcome } from './delivery.ts';
import type { TableReplica } from './ports/table-replica.ts';
import { failed, type Planned, type RecordState, sequenceNumberReused } from './record-state.ts';

/**
 * Decides, record by record, what to do. One state per record: `ignored`, `duplicate`, `planned` or `failed`.
 *
 * @param replica where the backend keeps the table's rows, and so needs all of every row.
 */
export function planRecords(
  deliveries: readonly Delivery[],
  replica: TableReplica | undefined,
): RecordState[] {
  const seen = new Map<string, Change>();
  return deliveries.map((delivery) => {
    if (delivery.kind === 'unrecognised') return { status: 'ignored' };
    if (delivery.kind === 'undecodable') return failed(delivery.fault);
    const { change } = delivery;
    try {
      // By its number alone, since few changes share one: a key of the whole identity would make routing, decoding and
      // deciding an eighth slower.
      let key = change.identity.sequence;
      let first = seen.get(key);
      if (first !== undefined && !isSameChange(first, change)) {
        key = JSON.stringify([key, change.identity.stream, change.item]);
        first = seen.get(key);
      }
      if (first !== undefined) return repeated(first, change);
      const commands = commandsOf(change);
      if (replica !== undefined) checkReplicable(change, replica);
      seen.set(key, change);
      return { status: 'planned', change, commands };
    } catch (error) {
      return failed(Fault.from(error));
    }
  });
}

/** Whether a change is one that a replica is not told of, and can do without. */
export function isLacked({ row, after }: Change, replica: TableReplica): boolean {
  return (
    after === 'withheld' && replica.mayLackRows && kindsOf(row).every(({ model }) => isForEffects(model))
  );
}

/** Whether nothing looks at the rows of a kind but effects. */
function isForEffects({ documents, counts, pointers, derivedRows, derivedBy }: RowModel): boolean {
  const derived = [documents, counts, pointers, derivedRows];
  return derivedBy === undefined && derived.every((models) => models.length === 0);
}

/** What planned records ask for, once it is known which of their old images do not tell what was derived. */
export interface Asked {
  readonly commands: readonly Command[];
  /** Changes of which that could not be decided. */
  readonly failed: ReadonlyMap<Change, Fault>;
  /** Changes behind those of their items, which ask for nothing until then. */
  readonly waiting: ReadonlySet<Change>;
}

/** Decides again, record by record, for the changes that are unconnected. */
export function askedBy(planned: Iterable<Planned>, unconnected: ReadonlySet<Change>): Asked {
  const commands: Command[] = [];
  const faults = new Map<Change, Fault>();
  const waiting = new Set<Change>();
  const failedItems = new Set<string>();
  for (const plan of planned) {
    const { change } = plan;
    if (failedItems.size > 0 && failedItems.has(change.item)) {
      waiting.add(change);
      continue;
    }
    try {
      commands.push(...(unconnected.has(change) ? ignoringOldImage(change, plan.commands) : plan.commands));
    } catch (error) {
      faults.set(change, Fault.from(error));
      failedItems.add(change.item);
    }
  }
  return { commands, failed: faults, waiting };
}

/** Of two changes with one sequence number. */
function isSameChange(a: Change, b: Change): boolean {
  return a.item === b.item && a.identity.stream === b.identity.stream;
}

function repeated(first: Change, again: Change): Outcome {
  let same = false;
  try {
    same = sameContent(first, again);
  } catch {
    // What cannot be decoded says something else than what could.
  }
  return same ? { status: 'duplicate' } : failed(sequenceNumberReused(again));
}

/** A replica keeps whole rows: all of the new image must be there and decode. */
function checkReplicable(change: Change, replica: TableReplica): void {
  const { row, after, viewType } = change;
  if (row.model.derivedBy === 'counts' || isLacked(change, replica)) return;
  if (after === 'withheld')
    throw new Fault(
      'configuration',
      `this backend keeps the table's rows, which a stream with view type ${viewType ?? 'unknown'} does not carry: ` +
        "set the table's StreamViewType to NEW_AND_OLD_IMAGES",
    );
  if (after !== 'absent') after.all();
}
