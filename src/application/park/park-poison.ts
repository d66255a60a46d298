import type { Change } from '../../domain/change.ts';
import { Fault } from '../../domain/fault.ts';
import { isParked } from '../../domain/parked-item.ts';
import { compareVersions } from '../../domain/version.ts';
import { type Delivery, itemOf, type Outcome, versionOf } from '../delivery.ts';
import { EffectFailed } from '../effect-failed.ts';
import { suspicionOf } from '../poison-breaker.ts';
import type { PoisonHandling, PoisonOfBatch } from '../poison-handling.ts';
import type { Clock } from '../ports/clock.ts';
import type { Logger } from '../ports/logger.ts';
import type { Metrics } from '../ports/metrics.ts';
import type { NotedItem } from '../ports/parked-items.ts';
import { failed, firstFailures, isPoison, quarantinable, type RecordState } from '../record-state.ts';
import { holdBackSuspects } from '../suspect-poison.ts';
import type { Replicated } from '../replicate.ts';
import type { TimeLimit } from '../time-limit.ts';
import { isReplicable, type NotableRecords, notableFrom, notedChange } from './notable-records.ts';
import type { ChangesToNote, ParkItems } from './park-items.ts';

/** Gives changes to the copy of the table's rows that the backend keeps. */
export type Replicate = (changes: readonly Change[], limit: TimeLimit) => Promise<Replicated>;

export interface ParkPoisonDependencies {
  readonly parking: ParkItems;
  /** At so many deliveries an effect must have failed for its item to be parked; undefined for never. */
  readonly after: number | undefined;
  /** Which share of a batch's items may be parked for one reason: above 0, up to 1. */
  readonly maxShare: number;
  /** Fewer items than these are never too many. */
  readonly fewestSuspects: number;
  /** Undefined where the backend is the table's own. */
  readonly replicate: Replicate | undefined;
  readonly clock: Clock;
  readonly metrics: Metrics;
  readonly logger: Logger;
}

/** Parks items whose records are poison, or whose effects go on failing: their changes are noted and acknowledged until they are redriven. */
export class ParkPoison implements PoisonHandling {
  readonly #deps: ParkPoisonDependencies;

  constructor(deps: ParkPoisonDependencies) {
    this.#deps = deps;
  }

  /** Notes the changes of items that are parked already: of them nothing else is done. */
  async begin(
    deliveries: readonly Delivery[],
    states: RecordState[],
    limit: TimeLimit,
  ): Promise<PoisonOfBatch> {
    const batch = new ParkedBatch(this.#deps, deliveries);
    await batch.hold(states, limit);
    return batch;
  }
}

class ParkedBatch implements PoisonOfBatch {
  readonly #deps: ParkPoisonDependencies;
  readonly #deliveries: readonly Delivery[];
  /** Changes of which it was counted before how often they failed. */
  #failing: readonly NotedItem[] = [];

  constructor(deps: ParkPoisonDependencies, deliveries: readonly Delivery[]) {
    this.#deps = deps;
    this.#deliveries = deliveries;
  }

  async hold(states: RecordState[], limit: TimeLimit): Promise<void> {
    const { parking, metrics, clock } = this.#deps;
    const firstOf = new Map<string, number>();
    for (const [place, delivery] of this.#deliveries.entries()) {
      const item = itemOf(delivery);
      if (item !== undefined && !firstOf.has(item)) firstOf.set(item, place);
    }
    const items = [...firstOf.keys()];
    const look = await parking.look(items, limit);
    if (Fault.is(look)) {
      // Of none can it be told whether it may be carried out.
      for (const [place, state] of states.entries())
        if (state.status === 'planned' || isPoison(state)) states[place] = failed(look);
      return;
    }
    metrics.add('ParkedItems', look.parked);
    metrics.add('OldestParkedAge', look.oldest === undefined ? 0 : Math.max(0, clock.now() - look.oldest));
    const noted = look.noted.filter((one) => one !== undefined);
    this.#failing = noted.filter((one) => !isParked(one));
    const held = noted
      .filter(isParked)
      .map(({ item }) => notableFrom(this.#deliveries, states, item, firstOf.get(item) ?? 0));
    await this.#note(held, states, limit, undefined);
  }

  /** Nothing waits for what is parked: all records of its item are parked with it. */
  async execute(states: RecordState[], limit: TimeLimit): Promise<false> {
    const due = await this.#due(states, limit);
    const places = new Map(
      [...quarantinable(this.#deliveries, states), ...due]
        .filter((place) => this.#isKnown(place))
        .toReversed()
        .map((place) => [this.#itemAt(place) ?? '', place]),
    );
    if (places.size === 0) return false;
    const suspects = new Set(places.values());
    const suspicion = suspicionOf(this.#deliveries, states, this.#deps, (_, place) => suspects.has(place));
    if (suspicion !== undefined) {
      holdBackSuspects(states, suspicion, this.#deps, 'parked');
      return false;
    }
    const parked = [...places].map(([item, place]) =>
      notableFrom(this.#deliveries, states, item, place, place),
    );
    await this.#note(parked, states, limit, this.#deps.clock.now());
    return false;
  }

  /** What has been carried out has not failed in the end: how often it had is forgotten. */
  async end(outcomes: readonly Outcome[], limit: TimeLimit): Promise<void> {
    if (this.#failing.length === 0) return;
    const done = this.#failing.filter(({ item, since }) =>
      this.#deliveries.some((delivery, place) => {
        const version = itemOf(delivery) === item ? versionOf(delivery) : undefined;
        const isIt = version !== undefined && compareVersions(version, since) === 0;
        return isIt && outcomes[place]?.status === 'applied';
      }),
    );
    if (done.length === 0) return;
    const [error] = (await this.#deps.parking.forget(done, limit)).filter((fault) => fault !== undefined);
    // It counts for that change alone, which does not come again.
    if (error !== undefined) this.#deps.logger.log('warn', 'failures of effects not forgotten', { error });
  }

  /** The places of records whose effects have failed at as many deliveries as there may be. */
  async #due(states: readonly RecordState[], limit: TimeLimit): Promise<readonly number[]> {
    const { parking, after, logger } = this.#deps;
    if (after === undefined) return [];
    const failing = firstFailures(this.#deliveries, states).flatMap((place) => {
      const [state, delivery] = [states[place], this.#deliveries[place]];
      const [item, version] = [this.#itemAt(place), delivery && versionOf(delivery)];
      const isOwn = state?.status === 'failed' && state.fault instanceof EffectFailed;
      if (!isOwn || item === undefined || version === undefined) return [];
      return [{ place, item, version, reason: state.fault.message }];
    });
    if (failing.length === 0 || after === 1) return failing.map(({ place }) => place);
    const counts = await parking.count(failing, limit);
    const error = counts.find((count) => Fault.is(count));
    if (error !== undefined) logger.log('warn', 'failures of effects not counted', { error });
    return failing.flatMap(({ place }, index) => {
      const count = counts[index];
      return typeof count === 'number' && count >= after ? [place] : [];
    });
  }

  /** @param at when they are parked for the first of their records; undefined where they are parked. */
  async #note(
    records: readonly NotableRecords[],
    states: RecordState[],
    limit: TimeLimit,
    at: number | undefined,
  ): Promise<void> {
    const all = records.filter(({ places }) => places.length > 0);
    if (all.length === 0) return;
    const { parking } = this.#deps;
    const { fault, lacking } = await this.#replicate(all, limit);
    const notes = all.map(({ item, places }): ChangesToNote => {
      const [first] = places;
      const why = first === undefined ? undefined : faultOf(states[first]);
      return {
        item,
        changes: places.flatMap((place) => {
          const delivery = this.#deliveries[place];
          return delivery === undefined ? [] : notedChange(delivery, lacking);
        }),
        why: at === undefined ? undefined : { reason: why?.message ?? '', at },
      };
    });
    const results = fault === undefined ? await parking.note(notes, limit) : notes.map(() => fault);
    for (const [index, { places }] of all.entries()) {
      const result = results[index];
      // Somebody has redriven it meanwhile: its records are carried out as any others.
      if (result === 'absent') continue;
      for (const [nth, place] of places.entries()) {
        const why = at !== undefined && nth === 0 ? faultOf(states[place]) : undefined;
        states[place] =
          result === 'noted'
            ? { status: 'parked', ...(why && { why }) }
            : failed(notParked(faultOf(states[place]), result));
      }
    }
  }

  /**
   * The copy of the table goes on with rows that are parked: what is brought into line in the end is read there.
   *
   * @returns the changes that it lacks, as it cannot have them; a fault where that is not known.
   */
  async #replicate(
    all: readonly NotableRecords[],
    limit: TimeLimit,
  ): Promise<{ readonly fault?: Fault; readonly lacking: ReadonlySet<Change> }> {
    const { replicate } = this.#deps;
    if (replicate === undefined) return { lacking: new Set() };
    const changes = all
      .flatMap(({ places }) => places)
      .flatMap((place) => {
        const delivery = this.#deliveries[place];
        return delivery?.kind === 'change' ? [delivery.change] : [];
      });
    const replicable = changes.filter(isReplicable);
    const { failed: refused, waiting } = await replicate(replicable, limit);
    const fault = [...refused.values()].find(({ kind }) => kind !== 'permanent');
    const lacks = (change: Change) =>
      refused.has(change) || waiting.has(change) || !replicable.includes(change);
    return { lacking: new Set(changes.filter(lacks)), ...(fault && { fault }) };
  }

  #itemAt(place: number): string | undefined {
    const delivery = this.#deliveries[place];
    return delivery && itemOf(delivery);
  }

  /** Whether it is known which change of which item a record is of: otherwise it blocks. */
  #isKnown(place: number): boolean {
    const delivery = this.#deliveries[place];
    return delivery !== undefined && itemOf(delivery) !== undefined && versionOf(delivery) !== undefined;
  }
}

function faultOf(state: RecordState | undefined): Fault | undefined {
  return state?.status === 'failed' ? state.fault : undefined;
}

/** Never permanent: it may be parked the next time. */
function notParked(fault: Fault | undefined, refusal: Fault | undefined): Fault {
  const kind =
    refusal?.kind === 'configuration' || refusal?.kind === 'permanent' ? 'configuration' : 'transient';
  const why = refusal?.message ?? 'it was not told what became of it';
  const message = fault === undefined ? 'its item is parked' : fault.message;
  return new Fault(kind, `${message}; and the change could not be noted: ${why}`, {
    ...(refusal && { cause: refusal }),
    reason: `changes of parked items could not be noted: ${refusal?.reason ?? why}`,
  });
}
