import { derivationsOf } from '../../domain/plan/derivation-data.ts';
import type { ItemKey } from '../../domain/row.ts';
import type { TableModel } from '../../domain/table-model.ts';
import type { BringIntoLine } from '../bring-into-line/bring-into-line.ts';
import type { ClearDocuments } from '../bring-into-line/clear-documents.ts';
import { tryAgain } from '../drift/scan-all.ts';
import type { Clock } from '../ports/clock.ts';
import type { DerivedListing } from '../ports/derived-listing.ts';
import type { MonotonicClock } from '../ports/monotonic-clock.ts';
import type { Notes } from '../ports/notes.ts';
import type { Random } from '../ports/random.ts';
import type { SearchFences } from '../ports/search-fences.ts';
import type { Sleeper } from '../ports/sleeper.ts';
import type { TableReplica } from '../ports/table-replica.ts';
import type { TableScan } from '../ports/table-scan.ts';
import type { DerivationNotes } from '../plan/derivation-notes.ts';
import type { Retrier } from '../retry.ts';
import { Pace, type Rate, unitsPerSecond, writesPerSecond } from '../scan/pace.ts';
import { ScanProgress, unnotedProgress } from '../scan/scan-progress.ts';
import { NO_LIMIT } from '../time-limit.ts';
import { checkExport, type ExportedFill } from './exported-fill.ts';
import { filledNames } from './filled-names.ts';
import { BackfillFigures } from './backfill-figures.ts';
import { Filling } from './filling.ts';

export interface BackfillParts {
  readonly model: TableModel;
  readonly scan: TableScan;
  readonly listing: DerivedListing;
  readonly notes: Notes;
  readonly derivations: Pick<DerivationNotes, 'hashOf' | 'save'>;
  readonly fences: Pick<SearchFences, 'documents'>;
  readonly bring: Pick<BringIntoLine, 'execute'>;
  readonly clear: Pick<ClearDocuments, 'execute'>;
  /** Where the table is that rows are read from, if it is not the table's own. */
  readonly replica?: TableReplica | undefined;
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
  /** Of the scan; with an export, of what is written. */
  readonly rate: Rate;
  /** Where the rows come from, if not from the table. */
  readonly exported?: ExportedFill | undefined;
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

/** Brings what is derived of all rows into line with them, beside a live stream: see decision 12. */
export class Backfill {
  readonly #parts: BackfillParts;

  constructor(parts: BackfillParts) {
    this.#parts = parts;
  }

  /**
   * First all rows of the table, or of the export, then those that something is noted of and that the scan has not found. How far the scan is is noted
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
    const { model, notes, monotonicClock: clock, sleeper } = this.#parts;
    const names = filledNames(model, options.only);
    const chosen = derivationsOf(model).filter((one) => names.includes(one.model.name));
    const { segments, run, exported, isDryRun = false } = options;
    if (exported !== undefined) checkExport(exported, this.#parts.clock.now());
    const { rows, perSecond } = await this.#sizeFor(options);
    // What was done by another definition, or of another export, is to be done again.
    const plan = JSON.stringify([
      ...chosen.map((one) => [one.model.name, this.#parts.derivations.hashOf(model.keys, one)]),
      ...(exported === undefined ? [] : [['export', exported.rows.description.identity]]),
    ]);
    const progress = isDryRun
      ? unnotedProgress(segments)
      : await ScanProgress.open({ notes, subject: SUBJECT, plan, segments, run });
    const figures = new BackfillFigures(rows, names, progress);
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

  async #sizeFor({ exported, rate }: BackfillOptions) {
    if (exported !== undefined)
      return { rows: exported.rows.description.rows, perSecond: writesPerSecond(rate) };
    const { retrier, scan } = this.#parts;
    const size = await tryAgain(retrier, () => scan.size(), NO_LIMIT.signal);
    return { rows: size.rows, perSecond: unitsPerSecond(rate, size) };
  }
}
