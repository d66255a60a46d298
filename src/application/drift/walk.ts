import { rowAs } from '../../domain/drift/row-of.ts';
import type { Fingerprinter } from '../../domain/drift/fingerprint.ts';
import { Fault } from '../../domain/fault.ts';
import type { Entity } from '../../domain/pointer.ts';
import { kindsOf } from '../../domain/roles.ts';
import type { ItemKey, Row } from '../../domain/row.ts';
import type { DocumentKey } from '../../domain/search-document.ts';
import type { RowModel } from '../../domain/table-model.ts';
import { satisfies } from '../../domain/when.ts';
import type { ListedItem, ListedRow, ListedState } from '../ports/derived-listing.ts';
import type { ScannedRow } from '../ports/table-scan.ts';
import type { CountFold } from './count-fold.ts';
import { lookAgain, lookAtPointers } from './look.ts';
import { lookAtRows, type RowLook } from './look-at-rows.ts';
import type { LookParts } from './look-parts.ts';
import type { Sample } from './sample.ts';
import { tryAgain } from './scan-all.ts';
import { subjectOfDocument, unnotedRows } from './listed.ts';
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

  /** Draws some of the rows that something is derived from. */
  draw(rows: readonly ScannedRow[], sample: Sample): void {
    for (const { key } of rows) {
      this.#parts.report.rows++;
      if (this.#kindsAt(key).some((row) => this.#isLookedAt(row) || this.#entitiesOf(row).length > 0))
        sample.add(key);
    }
  }

  /** Looks at the rows that were drawn, as they are now, and at what is derived of them. */
  async drawn(keys: readonly ItemKey[], signal: AbortSignal): Promise<void> {
    const { look, report } = this.#parts;
    for (let from = 0; from < keys.length; from += AT_ONCE) {
      const rows = keys.slice(from, from + AT_ONCE).flatMap((key) => this.#kindsAt(key));
      for (const { model } of rows)
        for (const { name } of [...model.documents, ...model.counts, ...model.derivedRows])
          if (look.isAsked(name)) report.compared(name);
      await this.#lookAtSubjects(
        rows.map((row) => ({ is: 'row', row, listed: [] })),
        signal,
      );
      await this.#lookAtPointers(
        rows.flatMap((row) => this.#entitiesOf(row)),
        signal,
      );
      await this.#makeRoom(signal);
    }
  }

  #kindsAt({ partition, sort }: ItemKey): readonly Row[] {
    const found = this.#parts.look.model.rowOf(partition, sort);
    return found === undefined || 'malformed' in found ? [] : kindsOf(found);
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

  /** The same in the end. */
  async finish(signal: AbortSignal): Promise<void> {
    const { suspects, report } = this.#parts;
    await suspects.finish(signal);
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
    const rows = asked.filter((item): item is ListedRow => item.is === 'row');
    if (rows.length > 0) await this.#lookAtSubjects(await unnotedRows(this.#parts, rows, signal), signal);
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
        page.push(...this.#subjectsOfDocument({ collection, id }));
        if (page.length < AT_ONCE) continue;
        await this.#lookAtSubjects(page, signal);
        await this.#makeRoom(signal);
        page = [];
      }
      await this.#lookAtSubjects(page, signal);
      await this.#makeRoom(signal);
    }
  }

  #subjectsOfDocument(key: DocumentKey): readonly Subject[] {
    const subject = subjectOfDocument(this.#parts.look, key, (kind) => this.#known.get(kind));
    if (subject === undefined || 'is' in subject) return subject === undefined ? [] : [subject];
    this.#parts.report.undecidedOf(`document ${key.collection}/${key.id}`, subject.unknown);
    return [];
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
