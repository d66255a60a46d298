import type { Change } from '../../domain/change.ts';
import { kindsOf } from '../../domain/roles.ts';
import { type Delivery, itemOf, versionOf } from '../delivery.ts';
import { isPoison, type RecordState } from '../record-state.ts';
import type { NotedChange } from './park-items.ts';

/** Records of one item that are to be noted together, by their places in the batch. */
export interface NotableRecords {
  readonly item: string;
  readonly places: readonly number[];
}

/**
 * The records of an item that are to be noted once it is parked: all from one on, up to one that nobody can say whether it may be, as a store or a
 * setting is at fault.
 *
 * @param from where to begin.
 * @param failed the place of the record that it is parked for; undefined where it is parked already.
 */
export function notableFrom(
  deliveries: readonly Delivery[],
  states: readonly RecordState[],
  item: string,
  from: number,
  failed?: number,
): NotableRecords {
  const places: number[] = [];
  for (let place = from; place < states.length; place++) {
    const [delivery, state] = [deliveries[place], states[place]];
    if (delivery === undefined || state === undefined || itemOf(delivery) !== item) continue;
    if (state.status === 'ignored' || state.status === 'duplicate') continue;
    const isKnown = place === failed || state.status !== 'failed' || isPoison(state);
    if (!isKnown || versionOf(delivery) === undefined) break;
    places.push(place);
  }
  return { item, places };
}

/** What is to be noted of a record. @param lacking changes that a copy of the table lacks. */
export function notedChange(delivery: Delivery, lacking: ReadonlySet<Change>): readonly NotedChange[] {
  const version = versionOf(delivery);
  return version === undefined
    ? []
    : [{ version, raw: isNeededAsItCame(delivery, lacking) ? delivery.raw : undefined }];
}

/**
 * Effects, and derived rows of which each change may have its own, are given the change itself; and where nothing else has the row, so is the
 * copy of it, once it can be read.
 */
function isNeededAsItCame(delivery: Delivery, lacking: ReadonlySet<Change>): boolean {
  if (delivery.kind !== 'change') return true;
  const { change } = delivery;
  const isGiven = kindsOf(change.row).some(
    ({ model: { effects, derivedRows } }) => effects.length > 0 || derivedRows.length > 0,
  );
  return isGiven || lacking.has(change);
}

/** Whether a copy of the table can take a change. */
export function isReplicable({ after }: Change): boolean {
  if (typeof after === 'string') return after === 'absent';
  try {
    after.all();
    return true;
  } catch {
    return false;
  }
}
