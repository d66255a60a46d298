import { Fingerprinter } from '../../domain/drift/fingerprint.ts';
import { Fault } from '../../domain/fault.ts';
import { derivationsOf } from '../../domain/plan/derivation-data.ts';
import { type ItemKey, itemKey } from '../../domain/row.ts';
import { pointerKey } from '../../domain/stored-rows.ts';
import type { TableModel } from '../../domain/table-model.ts';
import type { BringIntoLine, Choice, RowToBring } from '../bring-into-line/bring-into-line.ts';
import { SeenSet } from '../drift/seen-set.ts';
import { tryAgain } from '../drift/scan-all.ts';
import type { Clock } from '../ports/clock.ts';
import type { DerivedListing } from '../ports/derived-listing.ts';
import type { MonotonicClock } from '../ports/monotonic-clock.ts';
import type { Notes } from '../ports/notes.ts';
import type { Random } from '../ports/random.ts';
import type { Sleeper } from '../ports/sleeper.ts';
import type { TableScan } from '../ports/table-scan.ts';
import type { DerivationNotes } from '../plan/derivation-notes.ts';
import type { Retrier } from '../retry.ts';
import { Pace, type Rate, unitsPerSecond } from '../scan/pace.ts';
import { ScanProgress, type SegmentPlace, unnotedProgress } from '../scan/scan-progress.ts';
import { NO_LIMIT } from '../time-limit.ts';
import { filledNames } from './filled-names.ts';
import { BackfillFigures, type BackfillTally } from './backfill-figures.ts';

export interface BackfillParts {
  readonly model: TableModel;
  readonly scan: TableScan;
  readonly listing: DerivedListing;
  readonly notes: Notes;
  readonly derivations: Pick<DerivationNotes, 'hashOf' | 'save'>;
  readonly bring: Pick<BringIntoLine, 'execute'>;
  /** The same, but that nothing is written: see `withoutWriting`. */
  readonly pretend: Pick<BringIntoLine, 'execute'>;
  readonly retrier: Retrier;
  readonly clock: Clock;
  readonly monotonicClock: MonotonicClock;
  readonly sleeper: Sleeper;
  readonly random: Random;
}

export interface BackfillOptions {
  /** The derivations to fill; all unless given. */
  readonly only?: readonly string[];
  /** Parts of the table that are read at the same time. */
  readonly segments: number;
  /** Rows a page. */
  readonly pageRows: number;
  /** Of the scan. */
  readonly rate: Rate;
  /** So many rows it keeps in mind as seen, in 8 to 22 bytes each: more are brought into line twice where they have a state. */
  readonly mostSeen: number;
  /** The same for no other process. */
  readonly run: string;
  /** Reads, decides and counts from the beginning to the end, and writes nothing, not even how far it is. */
  readonly isDryRun?: boolean;
}

export const BACKFILL_DEFAULTS = { segments: 4, pageRows: 200, mostSeen: 4_000_000 };

export interface BackfillListener {
  /** Told of each row that the definition refuses. */
  readonly onRefused: (key: ItemKey, why: string) => void;
}

/** Of these there is one at a time, whatever is filled. */
const SUBJECT = 'backfill';

/** So much of what is listed is brought into line at a time. */
const AT_ONCE = 200;

/** Brings what is derived of all rows into line with them, beside a live stream: see decision 12. */
export class Backfill {
  readonly #parts: BackfillParts;

  constructor(parts: BackfillParts) {
    this.#parts = parts;
  }

  /**
   * First all rows of the table, then those that something is noted of and that the scan has not found. How far the scan is is noted
   * after each page: whoever executes the same next goes on from there, and what was done of a page is done again, which changes nothing.
   *
   * @param stop once aborted, it ends after the present pages: `isStopped` of the figures says that not all is done.
   * @param onBegin is given the figures, which are up to date until it ends.
   * @throws Fault `configuration` for a derivation that cannot be filled, or a rate that cannot be kept; `conflict` where another
   *   process has taken over; another where something cannot be read or written, whatever is tried. What was noted stays.
   */
  async execute(
    options: BackfillOptions,
    listener: BackfillListener,
    stop: AbortSignal,
    onBegin: (figures: BackfillFigures) => void = () => undefined,
  ): Promise<BackfillFigures> {
    const { model, scan, notes, retrier, monotonicClock: clock, sleeper } = this.#parts;
    const names = filledNames(model, options.only);
    const chosen = derivationsOf(model).filter((one) => names.includes(one.model.name));
    const size = await tryAgain(retrier, () => scan.size(), NO_LIMIT.signal);
    const perSecond = unitsPerSecond(options.rate, size);
    const { segments, run, isDryRun = false } = options;
    // What was done by another definition is to be done again.
    const plan = JSON.stringify(
      chosen.map((one) => [one.model.name, this.#parts.derivations.hashOf(model.keys, one)]),
    );
    const progress = isDryRun
      ? unnotedProgress(segments)
      : await ScanProgress.open({ notes, subject: SUBJECT, plan, segments, run });
    const figures = new BackfillFigures(size.rows, names, progress);
    onBegin(figures);
    const filling = new Filling(this.#parts, options, {
      ...{ progress, figures, listener },
      bring: isDryRun ? this.#parts.pretend : this.#parts.bring,
      pace: new Pace({ clock, sleeper }, perSecond),
      isChosen: (name) => names.includes(name),
    });
    await filling.scan(stop);
    if (!stop.aborted) await filling.listed(stop);
    figures.isStopped = !filling.isComplete;
    if (filling.isComplete && !isDryRun) {
      // Before it is forgotten that it was done: whoever dies in between does the end of it again.
      const done = options.only === undefined ? derivationsOf(model) : chosen;
      await this.#parts.derivations.save(model.keys, done, this.#parts.clock.now());
      await progress.finish();
    }
    return figures;
  }
}

interface FillingParts {
  readonly bring: BackfillParts['bring'];
  readonly progress: Pick<ScanProgress, 'segments' | 'save'>;
  readonly figures: BackfillFigures;
  readonly listener: BackfillListener;
  readonly pace: Pace;
  readonly isChosen: Choice;
}

/** One execution. */
class Filling {
  /** Whether nothing is left. */
  isComplete = false;
  readonly #parts: BackfillParts & FillingParts;
  readonly #options: BackfillOptions;
  readonly #seen: SeenSet;
  readonly #fingerprints: Fingerprinter;

  constructor(parts: BackfillParts, options: BackfillOptions, own: FillingParts) {
    this.#parts = { ...parts, ...own };
    this.#options = options;
    this.#seen = new SeenSet(options.mostSeen);
    this.#fingerprints = new Fingerprinter(() => parts.random.next());
  }

  /** All rows, segments at the same time. Where one fails, the others end after their present page. */
  async scan(stop: AbortSignal): Promise<void> {
    const failing = new AbortController();
    const either = AbortSignal.any([stop, failing.signal]);
    const results = await Promise.allSettled(
      this.#parts.progress.segments.map(async (place) => {
        try {
          await this.#segment(place, either);
        } catch (error) {
          failing.abort();
          throw error;
        }
      }),
    );
    for (const result of results) if (result.status === 'rejected') throw result.reason;
  }

  async #segment(begun: SegmentPlace, stop: AbortSignal): Promise<void> {
    const { scan, retrier, clock, pace, progress, figures } = this.#parts;
    const { segments, pageRows } = this.#options;
    for (let place = begun; !place.isDone;) {
      // It waits for its turn no longer than until it is to stop.
      await pace.turn(stop).catch((error: unknown) => {
        if (!stop.aborted) throw error;
      });
      if (stop.aborted) return;
      const { segment, from } = place;
      let at = 0;
      const page = await tryAgain(
        retrier,
        () => {
          at = clock.now();
          return scan.page({ segment, segments, from, limit: pageRows });
        },
        NO_LIMIT.signal,
      );
      pace.took(page.readUnits);
      figures.readUnits += page.readUnits;
      const rows = page.rows.map(({ key, attributes }) => ({ key, scanned: { attributes, at } }));
      const tally = figures.added(segment, { ...(await this.#fill(rows)), scanned: rows.length });
      place = { segment, from: page.next, isDone: page.next === undefined, tally };
      await progress.save(place);
      await this.#othersRun(stop);
    }
  }

  /** What is noted of rows that the scan has not found, and pointers, where they are kept apart from the rows. */
  async listed(stop: AbortSignal): Promise<void> {
    const { listing, model, isChosen, figures } = this.#parts;
    for await (const page of listing.states()) {
      const keys: ItemKey[] = [];
      for (const { derivation, row } of page)
        if (isChosen(derivation))
          if (row === undefined) figures.unknown++;
          else keys.push(row);
      if (!(await this.#fillUnseen(keys, stop))) return;
    }
    if (model.pointers.some(({ name }) => isChosen(name)))
      for await (const page of listing.elsewhere([])) {
        const pointers = page.flatMap((item) =>
          item.is === 'pointer' && isChosen(item.entity.model.name) ? [pointerKey(item.entity)] : [],
        );
        if (!(await this.#fillUnseen(pointers, stop))) return;
      }
    this.isComplete = true;
  }

  /** @returns false where it is to stop. */
  async #fillUnseen(keys: readonly ItemKey[], stop: AbortSignal): Promise<boolean> {
    const distinct = [...new Map(keys.map((key) => [itemKey(key), key])).values()];
    const unseen = distinct.filter((key) => !this.#seen.has(this.#fingerprints.of(itemKey(key))));
    for (let from = 0; from < unseen.length; from += AT_ONCE) {
      if (stop.aborted) return false;
      const some = unseen.slice(from, from + AT_ONCE).map((key) => ({ key }));
      this.#parts.figures.add({ ...(await this.#fill(some)), listed: some.length });
      await this.#othersRun(stop);
    }
    await this.#othersRun(stop);
    return !stop.aborted;
  }

  async #fill(rows: readonly RowToBring[]): Promise<Partial<BackfillTally>> {
    const { bring, isChosen, listener, figures } = this.#parts;
    const { faults, tally, derivations } = await bring.execute(rows, NO_LIMIT, isChosen);
    figures.addEach(derivations);
    let refused = 0;
    for (const [index, { key }] of rows.entries()) {
      const fault = faults[index];
      // What may pass later is not passed over: the next run begins with this page.
      if (Fault.is(fault) && fault.kind !== 'permanent') throw fault;
      if (fault !== undefined) {
        refused++;
        listener.onRefused(key, fault.message);
      }
      this.#seen.add(this.#fingerprints.of(itemKey(key)));
    }
    return { ...tally, refused };
  }

  /** Lets signals in, also where a store answers without giving others a turn. */
  async #othersRun(stop: AbortSignal): Promise<void> {
    await this.#parts.sleeper.sleep(0, stop);
  }
}
