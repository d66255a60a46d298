import {
  commandsForRow,
  type DerivingCommand,
  type ReconcileDefaultImageCommand,
  type RunEffectCommand,
} from '../../domain/command.ts';
import type { Change } from '../../domain/change.ts';
import { groupBy } from '../../domain/coalesce.ts';
import type { DerivedKey } from '../../domain/derived-rows.ts';
import { givenTo } from '../../domain/effect.ts';
import { Fault } from '../../domain/fault.ts';
import { pointersAt } from '../../domain/pointer.ts';
import { kindsOf, rolesOf } from '../../domain/roles.ts';
import { type ItemKey, itemKey } from '../../domain/row.ts';
import { rowAsIs } from '../../domain/row-as-is.ts';
import type { TableModel } from '../../domain/table-model.ts';
import type { Attributes } from '../../domain/value.ts';
import type { Version } from '../../domain/version.ts';
import type { Clock } from '../ports/clock.ts';
import type { DerivedRowRepository } from '../ports/derived-row-repository.ts';
import type { MatcherRepository } from '../ports/matcher-repository.ts';
import type { SearchFences } from '../ports/search-fences.ts';
import type { SearchQueue } from '../ports/search-queue.ts';
import type { SourceRows } from '../ports/source-rows.ts';
import { withOwnLimits } from '../own-limits.ts';
import type { ReconcileDefaultImage } from '../reconcile-default-image.ts';
import type { Retrier } from '../retry.ts';
import type { RunEffects } from '../run-effects.ts';
import { NO_LIMIT, type TimeLimit } from '../time-limit.ts';
import { bringFenced, type ReadRow, type Work } from './bring-fenced.ts';
import { type Fenced, nameOf } from './fenced.ts';
import { fencedCounts } from './fenced-counts.ts';
import { fencedDocuments } from './fenced-documents.ts';
import { fencedRows } from './fenced-rows.ts';

/** A row of the table, there or gone. */
export interface RowToBring {
  readonly key: ItemKey;
  /** How a consistent reading has found it, where there was one; otherwise it is read. */
  readonly scanned?: {
    readonly attributes: Attributes;
    /** When that was begun, in milliseconds since 1970. */
    readonly at: number;
  };
  /** Derived rows that say they are derived from it: those that it does not give are removed, though nothing is noted of them. At most 15. */
  readonly listed?: readonly { readonly derivation: string; readonly key: DerivedKey }[];
  /** Whether documents that must not be there are deleted though nothing is noted of them. */
  readonly isCleared?: boolean;
  /** The version of a change of the row that nobody has handled: actions for older ones may still be queued, and must not come last. */
  readonly since?: Version | undefined;
}

/** `unchanged` counts derivations of rows, others what was written, sent or run; pointers of entities as well where they are right. */
export const ZERO_BROUGHT = { documents: 0, counts: 0, rows: 0, pointers: 0, effects: 0, unchanged: 0 };
export type BroughtTally = keyof typeof ZERO_BROUGHT;

/** What was done for one derivation, or would have been. */
export interface DerivationTally {
  written: number;
  unchanged: number;
}

export interface BroughtResult {
  /** One for each row, in the order given: undefined where everything that is derived of it is in line, or under way to the index. */
  readonly faults: readonly (Fault | undefined)[];
  readonly tally: Readonly<Record<BroughtTally, number>>;
  /** The same by the derivations' names: those that were asked for something. */
  readonly derivations: ReadonlyMap<string, DerivationTally>;
}

export interface BringIntoLineDependencies {
  readonly model: TableModel;
  readonly rows: SourceRows;
  readonly matcher: MatcherRepository;
  readonly derivedRows: DerivedRowRepository;
  readonly fences: SearchFences;
  readonly queue: SearchQueue;
  readonly pointers: ReconcileDefaultImage;
  readonly effects: Pick<RunEffects, 'execute'>;
  readonly retrier: Retrier;
  readonly clock: Clock;
}

/** Which derivations are to be brought into line, by name. */
export type Choice = (derivation: string) => boolean;

const ALL: Choice = () => true;

/** Brings what is derived of rows into line with the rows as they are now, beside a live stream: for a backfill, a repair and a redrive. */
export class BringIntoLine {
  readonly #deps: BringIntoLineDependencies;

  constructor(deps: BringIntoLineDependencies) {
    this.#deps = deps;
  }

  /**
   * Afterwards what is derived of each row without a fault is as the row was at some moment since it was read, or newer, or, where the
   * stream is behind that, follows the stream until it has caught up.
   *
   * - Idempotent: what is in line is not written again, but for documents, of which only the index knows what they are.
   * - Concurrency: any number of callers, beside any number of workers. Nothing is counted twice, nor put over what is newer.
   * - Effects run only where their definition says `backfill`, and where nothing is noted of their having run for the row.
   * - A row that the definition refuses has a `permanent` fault, and nothing of it is changed.
   *
   * @param rows those that are there twice count as the last one.
   */
  async execute(
    rows: readonly RowToBring[],
    limit: TimeLimit = NO_LIMIT,
    isChosen: Choice = ALL,
  ): Promise<BroughtResult> {
    const { matcher, derivedRows, fences, queue } = this.#deps;
    const bringing = new Bringing(this.#deps, isChosen);
    const distinct = [...new Map(rows.map((row) => [itemKey(row.key), row])).values()];
    await withOwnLimits(limit, async (ownLimit) => {
      await bringing.look(distinct, ownLimit());
      await Promise.all([
        bringing.bring(fencedDocuments(fences, queue), 'documents', ownLimit()),
        bringing.bring(fencedCounts(matcher), 'counts', ownLimit()),
        bringing.bring(fencedRows(derivedRows), 'rows', ownLimit()),
        bringing.point(ownLimit()),
        bringing.run(ownLimit()),
      ]);
    });
    return {
      faults: rows.map(({ key }) => bringing.faults.get(itemKey(key))),
      tally: bringing.tally,
      derivations: bringing.derivations,
    };
  }
}

/** One execution. */
class Bringing {
  readonly tally = { ...ZERO_BROUGHT };
  readonly derivations = new Map<string, DerivationTally>();
  /** By the row's item. One that may pass goes before one that will not. */
  readonly faults = new Map<string, Fault>();
  readonly #deps: BringIntoLineDependencies;
  readonly #isChosen: Choice;
  readonly #works: Work<DerivingCommand>[] = [];
  readonly #pointers: ReconcileDefaultImageCommand[] = [];
  readonly #effects: RunEffectCommand[] = [];

  constructor(deps: BringIntoLineDependencies, isChosen: Choice) {
    this.#deps = deps;
    this.#isChosen = isChosen;
  }

  /** Finds out what the rows ask for: those that nobody has read yet, as they are read. */
  async look(rows: readonly RowToBring[], limit: TimeLimit): Promise<void> {
    const { model, retrier, clock } = this.#deps;
    const unread: Omit<ReadRow, 'attributes' | 'at'>[] = [];
    for (const { key, scanned, listed, isCleared, since } of rows) {
      const row = model.rowOf(key.partition, key.sort);
      if (row === undefined) continue;
      if ('malformed' in row) this.#fail(itemKey(key), malformedFault(row));
      else if (scanned === undefined) unread.push({ key, row, listed, isCleared, since });
      else this.#ask({ key, row, listed, isCleared, since, ...scanned });
    }
    const faults = await retrier.run(
      unread,
      async (some, signal) => {
        const at = clock.now();
        const found = await this.#deps.rows.read(
          some.map(({ key }) => key),
          signal,
        );
        return some.map((one, index) => {
          const attributes = found[index];
          if (Fault.is(attributes)) return attributes;
          this.#ask({ ...one, attributes, at });
          return 'done';
        });
      },
      limit,
    );
    for (const [index, { key }] of unread.entries()) this.#fail(itemKey(key), faults[index]);
  }

  #ask(read: ReadRow): void {
    const change = rowAsIs(read.row, read.attributes);
    try {
      const commands = commandsForRow(change).filter((command) => this.#isChosen(nameOf(command)));
      const effects = this.#effectsFor(change);
      for (const command of commands)
        if (command.does === 'pointer') this.#pointers.push(command);
        else this.#works.push({ read, command });
      this.#effects.push(...effects);
    } catch (error) {
      this.#fail(change.item, Fault.from(error));
      return;
    }
    // A pointer may be left where no row is that it could point to.
    for (const entity of pointersAt(this.#deps.model.pointers, read.key))
      if (this.#isChosen(entity.model.name)) this.#pointers.push({ does: 'pointer', change, entity });
  }

  /** The effects that are to be run for a row that was there before them. */
  #effectsFor(change: Change): readonly RunEffectCommand[] {
    const isFilled = kindsOf(change.row).some(({ model }) => model.effects.some((one) => one.backfill));
    if (!isFilled || change.after === 'absent') return [];
    return rolesOf(change).flatMap((role) =>
      role.row.model.effects
        .filter(({ backfill, name }) => backfill && this.#isChosen(name))
        .flatMap((model): RunEffectCommand[] => {
          const given = givenTo(model, role);
          return given === undefined ? [] : [{ does: 'effect', change: role, model, given }];
        }),
    );
  }

  /** Brings into line what is behind states or fences. */
  async bring<C extends DerivingCommand, State extends { readonly version: Version }, Write>(
    fenced: Fenced<C, State, Write>,
    tallied: BroughtTally,
    limit: TimeLimit,
  ): Promise<void> {
    const works = this.#works.filter((work): work is Work<C> => work.command.does === fenced.does);
    const attempt = bringFenced(fenced, this.#deps, ({ command }, as) => {
      this.#count(nameOf(command), tallied, as === 'written' ? 1 : 0, as === 'written' ? 0 : 1);
    });
    const faults = await this.#deps.retrier.run(works, attempt, limit);
    for (const [index, { command }] of works.entries()) this.#fail(command.change.item, faults[index]);
  }

  /** Brings pointers into line: each is decided on as it and its rows are now, and so needs no fence. */
  async point(limit: TimeLimit): Promise<void> {
    const byName = groupBy(this.#pointers, ({ entity }) => entity.model.name);
    await Promise.all(
      Array.from(byName, async ([name, commands]) => {
        const { failed, tally } = await this.#deps.pointers.execute(commands, limit);
        for (const [change, fault] of failed) this.#fail(change.item, fault);
        const { kept, ...written } = tally;
        this.#count(name, 'pointers', sumOf(written), kept);
      }),
    );
  }

  /** What is noted of an effect having run is newer than what its change is here, whatever it ran for. */
  async run(limit: TimeLimit): Promise<void> {
    const byName = groupBy(this.#effects, ({ model }) => model.name);
    await Promise.all(
      Array.from(byName, async ([name, commands]) => {
        const { failed, tally } = await this.#deps.effects.execute(commands, limit);
        for (const [change, fault] of failed) this.#fail(change.item, fault);
        this.#count(name, 'effects', tally.run + tally.skipped, tally.repeated);
      }),
    );
  }

  #count(name: string, tallied: BroughtTally, written: number, unchanged: number): void {
    this.tally[tallied] += written;
    this.tally.unchanged += unchanged;
    const own = this.derivations.get(name) ?? { written: 0, unchanged: 0 };
    own.written += written;
    own.unchanged += unchanged;
    this.derivations.set(name, own);
  }

  #fail(item: string, fault: Fault | undefined): void {
    if (fault === undefined) return;
    const known = this.faults.get(item);
    if (known === undefined || known.kind === 'permanent') this.faults.set(item, fault);
  }
}

function malformedFault({ malformed, reason }: { readonly malformed: string; readonly reason: string }) {
  return new Fault('permanent', malformed, { reason });
}

function sumOf(numbers: Readonly<Record<string, number>>): number {
  return Object.values(numbers).reduce((sum, number) => sum + number, 0);
}
