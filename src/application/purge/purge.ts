import { Fault } from '../../domain/fault.ts';
import { derivationsOf } from '../../domain/plan/derivation-data.ts';
import { type GoneDerivation, goneDerivation } from '../../domain/plan/gone-derivation.ts';
import { rowAs, rowOfDocument } from '../../domain/drift/row-of.ts';
import { type ItemKey, keyOf, type Row } from '../../domain/row.ts';
import type { TableModel } from '../../domain/table-model.ts';
import {
  type ClearDocuments,
  type ListedDocument,
  ownerOfDocument,
} from '../bring-into-line/clear-documents.ts';
import { tryAgain } from '../drift/scan-all.ts';
import type { DerivationNotes } from '../plan/derivation-notes.ts';
import type { Clock } from '../ports/clock.ts';
import type { DerivedListing, ListedItem } from '../ports/derived-listing.ts';
import type { MonotonicClock } from '../ports/monotonic-clock.ts';
import type { Notes } from '../ports/notes.ts';
import type { SearchFences } from '../ports/search-fences.ts';
import type { Sleeper } from '../ports/sleeper.ts';
import type { ScannedRow, TableScan } from '../ports/table-scan.ts';
import type { Retrier } from '../retry.ts';
import { Pace, type Rate, unitsPerSecond } from '../scan/pace.ts';
import { ScanProgress, unnotedProgress } from '../scan/scan-progress.ts';
import { ownTurn, scanSegments } from '../scan/scan-segments.ts';
import { NO_LIMIT } from '../time-limit.ts';
import type { RemoveDerived } from './remove-derived.ts';

export interface PurgeParts {
  readonly model: TableModel;
  readonly scan: TableScan;
  readonly notes: Notes;
  readonly derivations: Pick<DerivationNotes, 'load' | 'forget'>;
  /** Lists what another definition has derived. */
  readonly listingOf: (model: TableModel) => DerivedListing;
  readonly fences: Pick<SearchFences, 'documents'>;
  readonly removing: Removing;
  /** The same, but that nothing is written: see `withoutWriting`. */
  readonly pretending: Removing;
  readonly retrier: Retrier;
  readonly clock: Clock;
  readonly monotonicClock: MonotonicClock;
  readonly sleeper: Sleeper;
}

export interface Removing {
  readonly clear: Pick<ClearDocuments, 'execute'>;
  readonly remove: RemoveDerived;
}

export interface PurgeOptions {
  /** Counts only, and removes nothing. */
  readonly isDryRun: boolean;
  /** Parts of the table that are read at the same time. */
  readonly segments: number;
  /** Rows a page. */
  readonly pageRows: number;
  /** Of the scan, and of what is removed: a unit each. */
  readonly rate: Rate;
  /** The same for no other process. */
  readonly run: string;
}

/** What was removed, or would be; `left` what could not be, by why. */
export class PurgeFigures {
  readonly is: GoneDerivation['is'];
  states = 0;
  documents = 0;
  counts = 0;
  pointers = 0;
  rows = 0;
  scanned = 0;
  readonly left = new Map<string, number>();
  isStopped = false;

  constructor(is: GoneDerivation['is']) {
    this.is = is;
  }

  leave(why: string): void {
    this.left.set(why, (this.left.get(why) ?? 0) + 1);
  }
}

/** Of these there is one at a time. */
const SUBJECT = 'purge';

/** So much of what is listed is removed at a time. */
const AT_ONCE = 200;

const NO_ROW_KEY = "states that keep only a digest of their row's key";
const NO_NAME = 'documents of which only a digest of the name is known';
const OF_WHICH_ROW = 'documents whose id does not say which row they are of, in a collection that others use';
const UNCOUNTED = 'counts in which no row is noted, and which something else has changed';

/** Removes what a derivation that the definition has no more has derived, beside a live worker of the present definition. */
export class Purge {
  readonly #parts: PurgeParts;

  constructor(parts: PurgeParts) {
    this.#parts = parts;
  }

  /**
   * First what is noted of rows goes, with the counts and derived rows that it names, in one transaction each; then what stands in the table, and documents, by
   * the queue. At the end what was noted of the derivation is forgotten, unless something is left. What is gone is not found again: whoever executes the
   * same next goes on.
   *
   * - States leave a tombstone each, which expires.
   * - What stands where a derivation of the present definition derives, or is a document that one of its rows gives, stays.
   * - Rows of a derivation with `keep` stay.
   *
   * @param stop once aborted, it ends after the present pages.
   * @param onBegin is given the figures, which are up to date until it ends.
   * @throws Fault `configuration` for a derivation that the definition has, or of which nothing is noted; `conflict` where another process has taken over;
   *   another where something cannot be read or written, whatever is tried.
   */
  async execute(
    name: string,
    options: PurgeOptions,
    stop: AbortSignal,
    onBegin: (figures: PurgeFigures) => void = () => undefined,
  ): Promise<PurgeFigures> {
    const { scan, notes, derivations, retrier, monotonicClock: clock, sleeper } = this.#parts;
    const gone = await this.#gone(name);
    const size = await tryAgain(retrier, () => scan.size(), NO_LIMIT.signal);
    const pace = new Pace({ clock, sleeper }, unitsPerSecond(options.rate, size));
    const { segments, run, isDryRun } = options;
    const progress = isDryRun
      ? unnotedProgress(segments)
      : await ScanProgress.open({ notes, subject: SUBJECT, plan: name, segments, run });
    const figures = new PurgeFigures(gone.is);
    onBegin(figures);
    const { removing, pretending } = this.#parts;
    const purging = new Purging(this.#parts, {
      ...{ gone, figures, pace, isDryRun, stop },
      ...(isDryRun ? pretending : removing),
    });
    await purging.states();
    if (gone.is === 'documents') await purging.documents(gone);
    else if (gone.is !== 'effect') {
      const parts = { ...this.#parts, pace, progress, pageRows: options.pageRows };
      await scanSegments(
        parts,
        async ({ rows }) => {
          figures.scanned += rows.length;
          await purging.scanned(rows);
          return {};
        },
        stop,
      );
      await purging.elsewhere();
    }
    figures.isStopped = stop.aborted;
    if (isDryRun || stop.aborted) return figures;
    if (figures.left.size === 0) await derivations.forget(name);
    await progress.finish();
    return figures;
  }

  async #gone(name: string): Promise<GoneDerivation> {
    const { model, derivations } = this.#parts;
    const there = new Set(derivationsOf(model).map((one) => one.model.name));
    if (there.has(name))
      throw new Fault(
        'configuration',
        `the definition still has the derivation ${name}: take it out, deploy that, and purge it then`,
      );
    const noted = await derivations.load();
    const known = noted.get(name);
    if (known !== undefined) return goneDerivation(name, known.data);
    const gone = [...noted.keys()].filter((other) => !there.has(other));
    throw new Fault(
      'configuration',
      `nothing is noted of a derivation ${JSON.stringify(name)}, as no backfill of it was ever complete; ` +
        (gone.length === 0 ? 'none is gone' : `gone are ${gone.join(', ')}`),
    );
  }
}

interface PurgingParts extends Removing {
  readonly gone: GoneDerivation;
  readonly figures: PurgeFigures;
  readonly pace: Pace;
  readonly isDryRun: boolean;
  readonly stop: AbortSignal;
}

/** One execution. */
class Purging {
  readonly #parts: PurgeParts & PurgingParts;
  readonly #listing: DerivedListing;

  constructor(parts: PurgeParts, own: PurgingParts) {
    this.#parts = { ...parts, ...own };
    this.#listing = parts.listingOf(own.gone.table);
  }

  /** What is noted of rows, and what that names. */
  async states(): Promise<void> {
    const { gone, figures, remove } = this.#parts;
    if (gone.is === 'documents' || gone.is === 'pointer') return;
    for await (const page of this.#listing.states()) {
      const rows: Row[] = [];
      for (const { derivation, row: key } of page) {
        if (derivation !== gone.name) continue;
        const row = key && rowAs(gone.table, gone.row, key);
        if (row === undefined) figures.leave(NO_ROW_KEY);
        else rows.push(row);
      }
      const isGoingOn = await this.#each(rows, async (some) => {
        figures.states += some.length;
        const { counts, rows: derived } = await remove.states(gone, some);
        figures.counts += counts;
        figures.rows += derived;
      });
      if (!isGoingOn) return;
    }
  }

  /** What stands among the table's rows. */
  async scanned(rows: readonly ScannedRow[]): Promise<void> {
    const items = rows.flatMap(({ key, attributes }) => {
      const item = this.#listing.inTable(key, attributes);
      return item === undefined || this.#isTaken(key) ? [] : [item];
    });
    await this.#items(items);
  }

  /** What stands apart from them. */
  async elsewhere(): Promise<void> {
    const { gone } = this.#parts;
    for await (const page of this.#listing.elsewhere([])) {
      const own = page.filter((item) => nameOf(item) === gone.name);
      if (!(await this.#items(own))) return;
    }
  }

  /** Documents that no row of the present definition gives. */
  async documents(gone: Extract<GoneDerivation, { is: 'documents' }>): Promise<void> {
    const { model, fences, clear, figures } = this.#parts;
    for await (const page of fences.documents([gone.model.collection])) {
      const documents: ListedDocument[] = [];
      for (const key of page) {
        // Others may have documents in the same collection, also of another table.
        if (
          key !== undefined &&
          rowOfDocument(gone.table, gone.row, gone.model, key.id, undefined) === 'none'
        )
          continue;
        const owner = key === undefined ? undefined : ownerOfDocument(model, key);
        if (key === undefined || owner === undefined) figures.leave(NO_NAME);
        else if (owner === 'unknown') figures.leave(OF_WHICH_ROW);
        else documents.push({ key, row: owner === 'none' ? owner : keyOf(owner.row) });
      }
      const isGoingOn = await this.#each(documents, async (some) => {
        figures.documents += await clear.execute(some);
      });
      if (!isGoingOn) return;
    }
  }

  #items(items: readonly ListedItem[]): Promise<boolean> {
    const { gone, figures, remove, isDryRun } = this.#parts;
    return this.#each(items, async (some) => {
      figures.pointers += await remove.pointers(some);
      // Of what states name it was said already that it would go.
      if (isDryRun) return;
      const left = await remove.counts(some);
      for (let count = 0; count < left; count++) figures.leave(UNCOUNTED);
      figures.rows += await remove.rows(gone, some);
    });
  }

  /** Whether a derivation of the present definition derives there: its worker brings it into line. */
  #isTaken({ partition, sort }: ItemKey): boolean {
    const row = this.#parts.model.rowOf(partition, sort);
    return row !== undefined && !('malformed' in row) && row.model.derivedBy !== undefined;
  }

  /** Removes things, some at a time, at the pace that is asked for. @returns false where it is to stop. */
  async #each<T>(things: readonly T[], remove: (some: readonly T[]) => Promise<void>): Promise<boolean> {
    const { pace, stop, sleeper } = this.#parts;
    for (let from = 0; from < things.length; from += AT_ONCE) {
      if (!(await ownTurn(pace, stop))) return false;
      const some = things.slice(from, from + AT_ONCE);
      await remove(some);
      pace.took(some.length);
      await sleeper.sleep(0, stop).catch(() => undefined);
    }
    return !stop.aborted;
  }
}

function nameOf(item: ListedItem): string {
  return item.is === 'pointer' ? item.entity.model.name : item.model.name;
}
