import { Fingerprinter } from '../../domain/drift/fingerprint.ts';
import { Fault } from '../../domain/fault.ts';
import { derivationsOf } from '../../domain/plan/derivation-data.ts';
import { kindsOf } from '../../domain/roles.ts';
import { type ItemKey, itemKey, keyOf } from '../../domain/row.ts';
import { answerByKey, documentKeyOf } from '../../domain/search-document.ts';
import { pointerKey } from '../../domain/stored-rows.ts';
import type { RowModel, TableModel } from '../../domain/table-model.ts';
import type { BringIntoLine, Choice, RowToBring } from '../bring-into-line/bring-into-line.ts';
import {
  type ClearDocuments,
  type ListedDocument,
  ownerOfDocument,
  type OwnerOfDocument,
} from '../bring-into-line/clear-documents.ts';
import { SeenSet } from '../drift/seen-set.ts';
import { tryAgain } from '../drift/scan-all.ts';
import type { Clock } from '../ports/clock.ts';
import type { DerivedListing } from '../ports/derived-listing.ts';
import type { MonotonicClock } from '../ports/monotonic-clock.ts';
import type { Notes } from '../ports/notes.ts';
import type { Random } from '../ports/random.ts';
import type { SearchFences } from '../ports/search-fences.ts';
import type { Sleeper } from '../ports/sleeper.ts';
import type { TableScan } from '../ports/table-scan.ts';
import type { DerivationNotes } from '../plan/derivation-notes.ts';
import type { Retrier } from '../retry.ts';
import { Pace, type Rate, unitsPerSecond } from '../scan/pace.ts';
import { ScanProgress, unnotedProgress } from '../scan/scan-progress.ts';
import { scanSegments } from '../scan/scan-segments.ts';
import { NO_LIMIT } from '../time-limit.ts';
import { filledNames } from './filled-names.ts';
import { BackfillFigures, type BackfillTally } from './backfill-figures.ts';

export interface BackfillParts {
  readonly model: TableModel;
  readonly scan: TableScan;
  readonly listing: DerivedListing;
  readonly notes: Notes;
  readonly derivations: Pick<DerivationNotes, 'hashOf' | 'save'>;
  readonly fences: Pick<SearchFences, 'documents'>;
  readonly bring: Pick<BringIntoLine, 'execute'>;
  readonly clear: Pick<ClearDocuments, 'execute'>;
  /** The same, but that nothing is written: see `withoutWriting`. */
  readonly pretend: Pick<BackfillParts, 'bring' | 'clear'>;
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
      ...(isDryRun && this.#parts.pretend),
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
  /** Of each kind, the parts of some row of it. */
  readonly #known = new Map<RowModel, readonly string[]>();

  constructor(parts: BackfillParts, options: BackfillOptions, own: Partial<BackfillParts> & FillingParts) {
    this.#parts = { ...parts, ...own };
    this.#options = options;
    this.#seen = new SeenSet(options.mostSeen);
    this.#fingerprints = new Fingerprinter(() => parts.random.next());
  }

  /** All rows. */
  async scan(stop: AbortSignal): Promise<void> {
    const { figures } = this.#parts;
    await scanSegments(
      { ...this.#parts, pageRows: this.#options.pageRows },
      async ({ segment, rows, readUnits, at }) => {
        figures.readUnits += readUnits;
        const read = rows.map(({ key, attributes }) => ({ key, scanned: { attributes, at } }));
        const filled = await this.#fill(read);
        await this.#othersRun(stop);
        return figures.added(segment, { ...filled, scanned: rows.length });
      },
      stop,
    );
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
    this.isComplete = await this.#clearDocuments(stop);
  }

  /** Documents of rows that are gone, or do not give them, of which only a fence tells. @returns false where it is to stop. */
  async #clearDocuments(stop: AbortSignal): Promise<boolean> {
    const { model, fences, clear, isChosen, figures } = this.#parts;
    const chosen = model.documents.filter(({ name }) => isChosen(name));
    const collections = [...new Set(chosen.map(({ collection }) => collection))];
    if (collections.length === 0) return !stop.aborted;
    for await (const page of fences.documents(collections)) {
      const documents: ListedDocument[] = [];
      for (const key of page) {
        const owner =
          key === undefined ? 'unknown' : ownerOfDocument(model, key, (kind) => this.#known.get(kind));
        // One that no row can have may be another table's, whose worker shares the state table: it is not for a fill to delete.
        if (owner === 'unknown' || owner === 'none') figures.unknownDocuments++;
        else if (isChosen(owner.model.name) && !this.#isDealtWith(owner))
          documents.push({ key: documentKeyOf(owner.model, owner.row), row: keyOf(owner.row) });
      }
      for (let from = 0; from < documents.length; from += AT_ONCE) {
        if (stop.aborted) return false;
        const some = documents.slice(from, from + AT_ONCE);
        figures.add({ documents: await clear.execute(some), listed: some.length });
        await this.#othersRun(stop);
      }
      await this.#othersRun(stop);
      if (stop.aborted) return false;
    }
    return true;
  }

  /** Whether the row was looked at, and its document with it: where the key alone says that there is none, it was not. */
  #isDealtWith({ row, model }: OwnerOfDocument): boolean {
    return this.#seen.has(this.#fingerprints.of(itemKey(keyOf(row)))) && answerByKey(model, row) !== false;
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
      this.#know(key);
    }
    return { ...tally, refused };
  }

  #know({ partition, sort }: ItemKey): void {
    const row = this.#parts.model.rowOf(partition, sort);
    if (row === undefined || 'malformed' in row) return;
    for (const { model, parts } of kindsOf(row)) if (!this.#known.has(model)) this.#known.set(model, parts);
  }

  /** Lets signals in, also where a store answers without giving others a turn. */
  async #othersRun(stop: AbortSignal): Promise<void> {
    await this.#parts.sleeper.sleep(0, stop);
  }
}
