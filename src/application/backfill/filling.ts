import { Fingerprinter } from '../../domain/drift/fingerprint.ts';
import { Fault } from '../../domain/fault.ts';
import { kindsOf } from '../../domain/roles.ts';
import { type ItemKey, itemKey, keyOf } from '../../domain/row.ts';
import { answerByKey, documentKeyOf } from '../../domain/search-document.ts';
import { pointerKey } from '../../domain/stored-rows.ts';
import type { RowModel } from '../../domain/table-model.ts';
import type { Choice, RowToBring } from '../bring-into-line/bring-into-line.ts';
import {
  type ListedDocument,
  ownerOfDocument,
  type OwnerOfDocument,
} from '../bring-into-line/clear-documents.ts';
import { tryAgain } from '../drift/scan-all.ts';
import { SeenSet } from '../drift/seen-set.ts';
import type { ScannedRow } from '../ports/table-scan.ts';
import type { Pace } from '../scan/pace.ts';
import type { ScanProgress } from '../scan/scan-progress.ts';
import { scanSegments } from '../scan/scan-segments.ts';
import { NO_LIMIT } from '../time-limit.ts';
import type { BackfillListener, BackfillOptions, BackfillParts } from './backfill.ts';
import type { BackfillFigures, BackfillTally } from './backfill-figures.ts';
import { replicateExported } from './replicate-exported.ts';
import { checkAge, type ExportedFill } from './exported-fill.ts';

/** So much of what is listed is brought into line at a time. */
const AT_ONCE = 200;

export interface FillingParts {
  readonly progress: Pick<ScanProgress, 'segments' | 'save'>;
  readonly figures: BackfillFigures;
  readonly listener: BackfillListener;
  readonly pace: Pace;
  readonly isChosen: Choice;
}

/** One execution of a backfill. */
export class Filling {
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
    const { exported, pageRows } = this.#options;
    if (exported !== undefined) await this.#seeBefore(exported, stop);
    if (stop.aborted) return;
    await scanSegments(
      { ...this.#parts, scan: exported?.rows ?? this.#parts.scan, pageRows },
      async ({ segment, rows, readUnits, at }) => {
        figures.readUnits += readUnits;
        const filled =
          exported === undefined
            ? await this.#fill(rows.map(({ key, attributes }) => ({ key, scanned: { attributes, at } })))
            : await this.#fillExported(rows, exported);
        await this.#othersRun(stop);
        return figures.added(segment, { ...filled, scanned: rows.length });
      },
      stop,
    );
  }

  /** Those that were done before it was left: read out of the export again, so that none is asked of the table for what is noted of it. */
  async #seeBefore({ rows: exported }: ExportedFill, stop: AbortSignal): Promise<void> {
    const { retrier } = this.#parts;
    const { segments } = this.#parts.progress;
    const begun = segments.filter(({ from, isDone }) => from !== undefined || isDone);
    await Promise.all(
      begun.map(async ({ segment, from: end }) => {
        let from: string | undefined;
        do {
          const request = { segment, segments: segments.length, from, limit: this.#options.pageRows };
          const page = await tryAgain(retrier, () => exported.page(request), NO_LIMIT.signal);
          for (const { key } of page.rows) this.#see(key);
          await this.#othersRun(stop);
          from = page.next;
        } while (from !== undefined && from !== end && !stop.aborted);
      }),
    );
  }

  /**
   * Rows as they were. What is not to be derived of a row that has changed since, and what the definition refuses as it was, is decided on as the row
   * is now.
   */
  async #fillExported(
    rows: readonly ScannedRow[],
    { rows: { description } }: ExportedFill,
  ): Promise<Partial<BackfillTally>> {
    const { clock, pace, model, replica, retrier } = this.#parts;
    const { isDryRun = false } = this.#options;
    checkAge(description, clock.now());
    const { at } = description;
    const unkept =
      replica === undefined || isDryRun
        ? new Map<string, Fault>()
        : await replicateExported({ replica, model, retrier }, rows, at);
    for (const { key } of rows) {
      const fault = unkept.get(itemKey(key));
      if (fault !== undefined) this.#parts.listener.onRefused(key, fault.message);
    }
    const filled = await this.#fill(
      rows
        .filter(({ key }) => !unkept.has(itemKey(key)))
        .map(({ key, attributes }) =>
          this.#hasEffects(key) ? { key } : { key, scanned: { attributes, at } },
        ),
      'as they were',
    );
    const { documents = 0, counts = 0, rows: derived = 0, pointers = 0, effects = 0 } = filled;
    if (!isDryRun) pace.took(documents + counts + derived + pointers + effects);
    return { ...filled, refused: filled.refused + unkept.size };
  }

  /** Whether effects are run for such a row: that a later change asked for none is noted nowhere. */
  #hasEffects({ partition, sort }: ItemKey): boolean {
    const { model, isChosen } = this.#parts;
    const row = model.rowOf(partition, sort);
    if (row === undefined || 'malformed' in row) return false;
    return kindsOf(row).some((kind) =>
      kind.model.effects.some(({ backfill, name }) => backfill && isChosen(name)),
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

  /** @param read whether rows that were scanned are so no longer: then those that are refused are read once more. */
  async #fill(
    rows: readonly RowToBring[],
    read?: 'as they were',
  ): Promise<Partial<BackfillTally> & { readonly refused: number }> {
    const { bring, isChosen, listener, figures } = this.#parts;
    const { faults, tally, derivations } = await bring.execute(rows, NO_LIMIT, isChosen);
    figures.addEach(derivations);
    const again: RowToBring[] = [];
    let refused = 0;
    for (const [index, { key, scanned }] of rows.entries()) {
      const fault = faults[index];
      // What may pass later is not passed over: the next run begins with this page.
      if (Fault.is(fault) && fault.kind !== 'permanent') throw fault;
      if (fault !== undefined && read === 'as they were' && scanned !== undefined) again.push({ key });
      else if (fault !== undefined) {
        refused++;
        listener.onRefused(key, fault.message);
      }
      this.#see(key);
    }
    if (again.length === 0) return { ...tally, refused };
    const more = await this.#fill(again);
    const sum = { ...tally, refused };
    for (const name of Object.keys(sum) as (keyof typeof sum)[]) sum[name] += more[name] ?? 0;
    return sum;
  }

  #see(key: ItemKey): void {
    this.#seen.add(this.#fingerprints.of(itemKey(key)));
    this.#know(key);
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
