import { nameOfKey, readOrigin, type RowsState } from '../../domain/derived-rows.ts';
import { rowAs, rowOfDocument } from '../../domain/drift/row-of.ts';
import type { Fingerprinter } from '../../domain/drift/fingerprint.ts';
import { Fault } from '../../domain/fault.ts';
import type { Entity } from '../../domain/pointer.ts';
import { kindsOf } from '../../domain/roles.ts';
import type { Row } from '../../domain/row.ts';
import type { RowModel } from '../../domain/table-model.ts';
import { satisfies } from '../../domain/when.ts';
import type { ListedItem, ListedRow, ListedState } from '../ports/derived-listing.ts';
import type { ScannedRow } from '../ports/table-scan.ts';
import type { CountFold } from './count-fold.ts';
import { lookAgain, lookAtPointers } from './look.ts';
import { lookAtRows, type RowLook } from './look-at-rows.ts';
import type { LookParts } from './look-parts.ts';
import { tryAgain } from './scan-all.ts';
import { SeenSet } from './seen-set.ts';
import { documentName, pointerName, rowName, type Subject } from './subject.ts';
import type { Suspects } from './suspects.ts';
import type { VerifyOptions, VerifyParts } from './verify-parts.ts';
import type { VerifyReport } from './verify-report.ts';

export interface WalkParts {
  readonly parts: VerifyParts;
  readonly look: LookParts;
  readonly options: VerifyOptions;
  readonly report: VerifyReport;
  readonly suspects: Suspects;
  readonly fold: CountFold;
  readonly fingerprints: Fingerprinter;
}

/** So much of what is listed is looked at at a time. */
const AT_ONCE = 500;

/**
 * The first look at everything: from the rows to what is derived, then from what is stored back to the rows, where it was not looked at already. What differs
 * is noted among the suspects.
 */
export class Walk {
  readonly #parts: WalkParts;
  readonly #seen: SeenSet;
  /** Of each kind, the parts of some row of it. */
  readonly #known = new Map<RowModel, readonly string[]>();
  /** Other tables that rows are derived into. */
  readonly #tables = new Set<string>();
  #settling: Promise<void> | undefined;

  constructor(parts: WalkParts) {
    this.#parts = parts;
    this.#seen = new SeenSet(parts.options.mostSeen);
  }

  /** Looks at rows of the table, and at what is derived of them. */
  async rows(rows: readonly ScannedRow[], signal: AbortSignal): Promise<void> {
    const { parts, look, report } = this.#parts;
    const looks: RowLook[] = [];
    const entities: Entity[] = [];
    const listed: ListedItem[] = [];
    for (const { key, attributes } of rows) {
      report.rows++;
      const found = look.model.rowOf(key.partition, key.sort);
      try {
        const item = parts.listing.inTable(key, attributes);
        if (item !== undefined) listed.push(item);
        if (found === undefined) continue;
        if ('malformed' in found) {
          report.refusedOf(key, found.reason);
          continue;
        }
        for (const row of kindsOf(found)) {
          if (!satisfies(row.model.when, attributes)) continue;
          this.#known.set(row.model, row.parts);
          if (this.#isLookedAt(row)) looks.push({ row, listed: [], attributes });
          entities.push(...this.#entitiesOf(row));
        }
      } catch (error) {
        if (!Fault.is(error)) throw error;
        report.refusedOf(key, error.reason);
      }
    }
    await this.#lookAtRows(looks, signal);
    await this.#lookAtPointers(entities, signal);
    await this.#lookAtListed(listed, signal);
    await this.#makeRoom(signal);
  }

  /** Looks at what is stored apart from the table's rows. */
  async derived(signal: AbortSignal): Promise<void> {
    const { parts } = this.#parts;
    for await (const page of parts.listing.elsewhere([...this.#tables], signal)) {
      await this.#lookAtListed(page, signal);
      await this.#makeRoom(signal);
    }
    for await (const page of parts.listing.states(signal)) {
      await this.#lookAtSubjects(
        page.flatMap((state) => this.#subjectOfState(state) ?? []),
        signal,
      );
      await this.#makeRoom(signal);
    }
    await this.#lookAtIndex(signal);
  }

  /** Looks at the suspects again until of each it is told what came of it. */
  async settle(signal: AbortSignal): Promise<void> {
    const { suspects, report } = this.#parts;
    await suspects.settle(signal);
    report.suspects = suspects.size;
  }

  /** Where there are too many suspects, everything waits until those are told. */
  async #makeRoom(signal: AbortSignal): Promise<void> {
    const { suspects, options, report } = this.#parts;
    report.suspects = suspects.size;
    while (suspects.size >= options.mostSuspects || this.#settling !== undefined) {
      this.#settling ??= this.settle(signal).finally(() => {
        this.#settling = undefined;
      });
      await this.#settling;
    }
  }

  #isLookedAt({ model }: Row): boolean {
    const { isAsked } = this.#parts.look;
    return [...model.documents, ...model.counts, ...model.derivedRows].some(({ name }) => isAsked(name));
  }

  #entitiesOf({ model, parts }: Row): readonly Entity[] {
    return model.pointers
      .filter(({ name }) => this.#parts.look.isAsked(name))
      .map((pointer) => ({ model: pointer, parts: parts.slice(0, pointer.partition.names.length) }));
  }

  async #lookAtRows(looks: readonly RowLook[], signal: AbortSignal): Promise<void> {
    if (looks.length === 0) return;
    const { parts, look, report, suspects, fold } = this.#parts;
    const results = await tryAgain(parts.retrier, () => lookAtRows(look, looks, signal), signal);
    for (const [at, { row }] of looks.entries()) {
      const result = results[at];
      if (result === undefined) continue;
      const { seen, expected } = result;
      this.#note(rowName(row));
      for (const { model, key } of expected.documents) {
        report.compared(model.name);
        this.#note(documentName(key));
      }
      for (const counted of expected.counts)
        if (counted.contributions.length > 0) fold.addRow(counted, rowName(row));
      for (const { model, rows } of expected.rows) {
        if (rows === undefined)
          report.leftOut(`${model.name}: rows that depend on the change that gave them`);
        else report.compared(model.name, rows.length);
        for (const { table } of rows ?? []) if (table !== undefined) this.#tables.add(table);
      }
      suspects.add({ is: 'row', row, listed: [] }, seen);
    }
  }

  async #lookAtPointers(entities: readonly Entity[], signal: AbortSignal): Promise<void> {
    const fresh = entities.filter((entity) => this.#isNew(pointerName(entity)));
    if (fresh.length === 0) return;
    const { parts, look, report, suspects } = this.#parts;
    const pointers = fresh.map((entity) => ({ is: 'pointer' as const, entity }));
    const seen = await tryAgain(parts.retrier, () => lookAtPointers(look, pointers, signal), signal);
    for (const [at, pointer] of pointers.entries()) {
      report.compared(pointer.entity.model.name);
      const one = seen[at];
      if (one !== undefined) suspects.add(pointer, one);
    }
  }

  async #lookAtListed(items: readonly ListedItem[], signal: AbortSignal): Promise<void> {
    const { look, fold } = this.#parts;
    const asked = items.filter((item) =>
      look.isAsked(item.is === 'pointer' ? item.entity.model.name : item.model.name),
    );
    for (const item of asked) if (item.is === 'count') fold.addStored(item);
    await this.#lookAtPointers(
      asked.flatMap((item) => (item.is === 'pointer' ? [item.entity] : [])),
      signal,
    );
    await this.#lookAtListedRows(
      asked.filter((item): item is ListedRow => item.is === 'row'),
      signal,
    );
  }

  /** Those that a state names are looked at with their sources, or with what states name whose sources are gone. */
  async #lookAtListedRows(listed: readonly ListedRow[], signal: AbortSignal): Promise<void> {
    if (listed.length === 0) return;
    const { parts, look } = this.#parts;
    const sources = listed.map((item) => ({ item, row: this.#sourceOf(item) }));
    const named = sources.flatMap(({ item, row }) => (row === undefined ? [] : [{ item, row }]));
    const rows = named.map(({ item: { model }, row }) => ({ model, row }));
    const states =
      rows.length === 0
        ? []
        : await tryAgain(parts.retrier, () => look.derivedRows.load(rows, signal), signal);
    const unnamed = named.filter(({ item }, at) => !isNoted(states[at], nameOfKey(item.row)));
    const subjects: Subject[] = unnamed.map(({ item: { model, row: derived }, row }) => ({
      ...{ is: 'row', row },
      listed: [{ derivation: model.name, key: derived }],
    }));
    for (const { item, row } of sources)
      if (row === undefined)
        subjects.push({ is: 'derived row', derivation: item.model.name, key: item.row, source: item.source });
    await this.#lookAtSubjects(subjects, signal);
  }

  #sourceOf({ model, source }: ListedRow): Row | undefined {
    const { look } = this.#parts;
    const kind = look.model.rows.find(({ derivedRows }) => derivedRows.includes(model));
    const origin = readOrigin(source, look.model.keys);
    return origin === undefined || kind === undefined ? undefined : rowAs(look.model, kind, origin.row);
  }

  #subjectOfState({ derivation, row: key }: ListedState): Subject | undefined {
    const { look, report } = this.#parts;
    if (!look.isAsked(derivation)) return undefined;
    const isIt = ({ name }: { readonly name: string }) => name === derivation;
    const kind = look.model.rows.find((model) => model.counts.some(isIt) || model.derivedRows.some(isIt));
    const row = key === undefined || kind === undefined ? undefined : rowAs(look.model, kind, key);
    if (row !== undefined) return this.#isNew(rowName(row)) ? { is: 'row', row, listed: [] } : undefined;
    report.leftOut(
      key === undefined
        ? `${derivation}: states that keep only a digest of their row's key`
        : `${derivation}: states of rows that are of no such kind by the definition`,
    );
    return undefined;
  }

  async #lookAtIndex(signal: AbortSignal): Promise<void> {
    const { look } = this.#parts;
    const { index } = look;
    if (index === undefined) return;
    const asked = look.model.documents.filter(({ name }) => look.isAsked(name));
    for (const collection of new Set(asked.map((model) => model.collection))) {
      let page: Subject[] = [];
      for await (const { id } of index.documents(collection, signal)) {
        if (!this.#isNew(documentName({ collection, id }))) continue;
        page.push(...this.#subjectOfDocument(collection, id));
        if (page.length < AT_ONCE) continue;
        await this.#lookAtSubjects(page, signal);
        await this.#makeRoom(signal);
        page = [];
      }
      await this.#lookAtSubjects(page, signal);
      await this.#makeRoom(signal);
    }
  }

  #subjectOfDocument(collection: string, id: string): readonly Subject[] {
    const { look, report } = this.#parts;
    let stray: string | undefined;
    for (const kind of look.model.rows)
      for (const model of kind.documents) {
        if (model.collection !== collection) continue;
        const row = rowOfDocument(look.model, kind, model, id, this.#known.get(kind));
        if (row === 'unknown') {
          report.undecidedOf(
            `document ${collection}/${id}`,
            `its id does not say which row it is of, and the table has no ${kind.name} rows to tell by`,
          );
          return [];
        }
        // Of a derivation that is not asked for, whatever it is.
        if (row !== 'none') return look.isAsked(model.name) ? [{ is: 'row', row, listed: [] }] : [];
        if (look.isAsked(model.name)) stray ??= model.name;
      }
    return stray === undefined ? [] : [{ is: 'document', derivation: stray, key: { collection, id } }];
  }

  /** Looks at what is stored, and at its rows as they are now. */
  async #lookAtSubjects(subjects: readonly Subject[], signal: AbortSignal): Promise<void> {
    if (subjects.length === 0) return;
    const { parts, look, suspects } = this.#parts;
    const seen = await tryAgain(parts.retrier, () => lookAgain(look, subjects, signal), signal);
    for (const [at, subject] of subjects.entries()) {
      const one = seen[at];
      if (one !== undefined) suspects.add(subject, one);
    }
  }

  #note(name: string): void {
    this.#seen.add(this.#parts.fingerprints.of(name));
  }

  /** Whether something was not looked at yet, as far as that is known; from now on it was. */
  #isNew(name: string): boolean {
    const fingerprint = this.#parts.fingerprints.of(name);
    if (this.#seen.has(fingerprint)) return false;
    this.#seen.add(fingerprint);
    return true;
  }
}

function isNoted(state: RowsState | undefined | Fault, name: string): boolean {
  if (state === undefined || Fault.is(state)) return false;
  return state.keys.some((key) => nameOfKey(key) === name);
}
