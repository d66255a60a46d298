import { groupBy } from '../../../domain/coalesce.ts';
import type { DriftKind, Finding } from '../../../domain/drift/finding.ts';
import { areToBeMended } from '../../../domain/drift/mending.ts';
import { Fault } from '../../../domain/fault.ts';
import { itemKey, keyOf } from '../../../domain/row.ts';
import type { SearchAction } from '../../../domain/search-action.ts';
import { pointerKey } from '../../../domain/stored-rows.ts';
import { fillVersion } from '../../../domain/version.ts';
import type { RowToBring } from '../../bring-into-line/bring-into-line.ts';
import type { Result } from '../../result.ts';
import { NO_LIMIT } from '../../time-limit.ts';
import type { LookParts } from '../look-parts.ts';
import { tryAgain } from '../scan-all.ts';
import type { Subject } from '../subject.ts';
import type { VerifyParts } from '../verify-parts.ts';
import type { MendParts } from './mend-parts.ts';

type Of<Is extends Subject['is']> = Extract<Subject, { readonly is: Is }>;

/** A subject, and what was found of it. */
export interface Found {
  readonly subject: Subject;
  readonly findings: readonly Finding[];
}

/** A subject's row, and the derivations that are to be brought into line with it. */
interface Work {
  readonly place: number;
  readonly names: readonly string[];
  /** Whether something is removed by it. */
  readonly removes: boolean;
  readonly row: RowToBring;
}

export type MendSubjectsParts = MendParts &
  Pick<LookParts, 'fences' | 'derivedRows'> &
  Pick<VerifyParts, 'retrier'>;

/** So many rows are removed at a time that a row does not give: what it gives must fit beside them. */
const MOST_REMOVED = 15;

/**
 * Mends what was found of rows and pointers: not by undoing what was found, but by bringing what is derived of the row into line with it as it is now, behind
 * the fences. So a finding that was none does no harm, and nothing that is handled meanwhile is lost. See decision 13.
 */
export class MendSubjects {
  readonly #parts: MendSubjectsParts;
  readonly #kinds: readonly DriftKind[];

  /** @param kinds which findings are to be mended. */
  constructor(parts: MendSubjectsParts, kinds: readonly DriftKind[]) {
    this.#parts = parts;
    this.#kinds = kinds;
  }

  get kinds(): readonly DriftKind[] {
    return this.#kinds;
  }

  /** Whether something of this is to be mended. */
  isAsked(findings: readonly Finding[]): boolean {
    return this.#namesIn(findings).length > 0;
  }

  /** @returns of each why it could not be mended, in the order given; undefined where everything was done that is to be done. */
  async execute(found: readonly Found[], signal: AbortSignal): Promise<readonly (Fault | undefined)[]> {
    const faults: (Fault | undefined)[] = found.map(() => undefined);
    const works = found.flatMap(({ subject, findings }, place) => this.#worksOf(subject, findings, place));
    // Who takes a key must find that it was given up.
    for (const some of [works.filter(({ removes }) => removes), works.filter(({ removes }) => !removes)])
      for (const [place, fault] of await this.#bring(some, signal)) faults[place] ??= fault;
    for (const [place, { subject }] of found.entries()) {
      signal.throwIfAborted();
      if (subject.is === 'document') faults[place] = await this.#deleteDocument(subject, signal);
      if (subject.is === 'derived row') faults[place] = await this.#discard(subject, signal);
    }
    return faults;
  }

  #worksOf(subject: Subject, findings: readonly Finding[], place: number): readonly Work[] {
    const names = this.#namesIn(findings);
    const removes = findings.some(({ drift }) => drift === 'extra');
    if (subject.is === 'pointer')
      return [{ place, names, removes, row: { key: pointerKey(subject.entity) } }];
    if (subject.is !== 'row') return [];
    const key = keyOf(subject.row);
    const isCleared = findings.some(
      ({ drift, derivation, item }) =>
        drift === 'extra' && item.startsWith('document ') && names.includes(derivation),
    );
    const listed = subject.listed.filter(({ derivation }) => names.includes(derivation));
    if (listed.length === 0) return [{ place, names, removes, row: { key, isCleared } }];
    const works: Work[] = [];
    for (let from = 0; from < listed.length; from += MOST_REMOVED)
      works.push({
        ...{ place, names, removes },
        row: { key, isCleared, listed: listed.slice(from, from + MOST_REMOVED) },
      });
    return works;
  }

  /** The derivations of which something is to be mended. */
  #namesIn(findings: readonly Finding[]): readonly string[] {
    return Array.from(groupBy(findings, ({ derivation }) => derivation)).flatMap(([name, some]) =>
      areToBeMended(some, this.#kinds) ? [name] : [],
    );
  }

  /** Those that share their derivations go together, but of one row one after the other. */
  async #bring(works: readonly Work[], signal: AbortSignal): Promise<ReadonlyMap<number, Fault>> {
    const faults = new Map<number, Fault>();
    for (let left = works; left.length > 0;) {
      const keys = new Set<string>();
      const later: Work[] = [];
      const now = left.filter((work) => {
        const name = itemKey(work.row.key);
        if (keys.has(name)) later.push(work);
        const isFirst = !keys.has(name);
        keys.add(name);
        return isFirst;
      });
      for (const some of groupBy(now, ({ names }) => names.toSorted().join(' ')).values()) {
        signal.throwIfAborted();
        const limit = { ...NO_LIMIT, signal };
        const rows = some.map(({ row }) => row);
        const isChosen = (name: string) => some[0].names.includes(name);
        const results = (await this.#parts.bring.execute(rows, limit, isChosen)).faults;
        for (const [index, { place }] of some.entries()) {
          const fault = results[index];
          if (fault !== undefined) faults.set(place, fault);
        }
      }
      left = later;
    }
    signal.throwIfAborted();
    return faults;
  }

  /** What comes of a change that gives the document after all is newer, and passes. */
  async #deleteDocument({ key }: Of<'document'>, signal: AbortSignal): Promise<Fault | undefined> {
    const { fences, queue, wallClock, retrier } = this.#parts;
    return failing(() =>
      tryAgain(
        retrier,
        async () => {
          const [fence] = (await fences?.load([key], signal)) ?? [];
          if (Fault.is(fence)) throw fence;
          const version = fillVersion(fence?.version, wallClock.now());
          const { generation, epoch, sequence, fill } = version;
          const action: SearchAction = {
            ...{ key, version, document: undefined },
            identity: { stream: 'fill', sequence: [generation, epoch, sequence, fill].join(' ') },
          };
          const [result] = await queue.send([action], signal);
          throwUnlessDone(result);
        },
        signal,
      ),
    );
  }

  async #discard({ key, source }: Of<'derived row'>, signal: AbortSignal): Promise<Fault | undefined> {
    const { derivedRows, retrier } = this.#parts;
    return failing(() =>
      tryAgain(
        retrier,
        async () => {
          const [result] = await derivedRows.discard([{ key, source }], signal);
          // Another's by now: the next look tells.
          if (result !== 'conflict') throwUnlessDone(result);
        },
        signal,
      ),
    );
  }
}

function throwUnlessDone(result: Result | undefined): void {
  if (result === 'done') return;
  throw Fault.is(result) ? result : new Fault('transient', 'the adapter gave no result');
}

async function failing(work: () => Promise<unknown>): Promise<Fault | undefined> {
  try {
    await work();
    return undefined;
  } catch (error) {
    return Fault.from(error);
  }
}
