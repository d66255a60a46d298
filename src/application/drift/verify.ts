import type { Finding } from '../../domain/drift/finding.ts';
import { Fingerprinter } from '../../domain/drift/fingerprint.ts';
import { sampleBound } from '../../domain/drift/sample-bound.ts';
import { Fault } from '../../domain/fault.ts';
import { keyOf } from '../../domain/row.ts';
import { ALL_HASHES, CountFold, findingsOf, type FoldedCount } from './count-fold.ts';
import { addRowsTo, addStoredTo, type CountPassParts, readStored } from './count-pass.ts';
import { type CountSuspectsParts, settleCounts } from './count-suspects.ts';
import { lookAgain } from './look.ts';
import type { LookParts } from './look-parts.ts';
import { mendCounts } from './repair/mend-counts.ts';
import { MendSubjects } from './repair/mend-subjects.ts';
import { Differing, Sample } from './sample.ts';
import { scanAll, tryAgain } from './scan-all.ts';
import { subjectWords } from './subject.ts';
import { Suspects } from './suspects.ts';
import { Walk } from './walk.ts';
import type { VerifyOptions, VerifyParts } from './verify-parts.ts';
import { type VerifyFigures, type VerifyListener, VerifyReport } from './verify-report.ts';

/**
 * Compares all that is derived with what the table's rows say must be, both ways and whole contents, while changes go on. Writes
 * nothing unless it is told what to mend. What differs is drift where two looks, so far apart, have shown the same, and nothing was handled in between that could
 * have moved it: see decision 13.
 */
export class Verify {
  readonly #parts: VerifyParts;

  constructor(parts: VerifyParts) {
    this.#parts = parts;
  }

  /**
   * Memory does not grow with the table. It is done when it resolves; what could not be told is counted then.
   *
   * @param onBegin is given the figures, which are up to date until it ends.
   * @throws Fault `configuration` for a derivation that there is none of; another where something cannot be read, whatever is
   *   tried. Rejects once `signal` is aborted.
   */
  async execute(
    options: VerifyOptions,
    listener: VerifyListener,
    signal: AbortSignal,
    onBegin: (figures: VerifyFigures) => void = () => undefined,
  ): Promise<VerifyFigures> {
    const parts = this.#parts;
    const names = comparedNames(parts, options.only);
    const look: LookParts = { ...parts, isAsked: (derivation) => names.includes(derivation) };
    const fingerprints = new Fingerprinter(() => parts.random.next());
    const report = new VerifyReport(names, listener, fingerprints);
    onBegin(report);
    const differing = new Differing();
    const { repair } = options;
    /** Whether rows were counted otherwise since they were added up. */
    const counted = { otherwise: false };
    const suspects = new Suspects({
      ...{ clock: parts.clock, sleeper: parts.sleeper, backlog: parts.backlog, fingerprints },
      ...{ settleMs: options.settleMs, looks: options.looks },
      mend: repair && new MendSubjects(parts, repair),
      keepsSides: options.keepsSides ?? false,
      look: (subjects, until) => tryAgain(parts.retrier, () => lookAgain(look, subjects, until), until),
      verdicts: {
        found: (subject, findings, mendingOf) => {
          for (const finding of findings) report.found(finding, mendingOf?.(finding));
          counted.otherwise ||= mendingOf !== undefined && findings.some(isOfCounts);
          if (options.sample !== undefined) differing.add(subject);
        },
        undecided: (subject, why) => report.undecidedOf(subjectWords(subject), why),
        refused: (subject, why) => {
          if (subject.is === 'row') report.refusedOf(keyOf(subject.row), why);
        },
      },
    });
    const fold = new CountFold(fingerprints, { most: options.mostTuples });
    const walk = new Walk({ parts, look, options, report, suspects, fold, fingerprints });
    if (options.sample !== undefined) {
      const sample = new Sample(parts.random, options.sample);
      await scanAll(parts, options, async (rows) => walk.draw(rows, sample), signal);
      await walk.drawn(sample.keys, signal);
      await walk.finish(signal);
      const wrong = differing.countAmong(sample.keys);
      const { length: size } = sample.keys;
      report.sample = { size, differing: wrong, bound: sampleBound(size, wrong) };
      return report;
    }
    await scanAll(parts, options, (rows, until) => walk.rows(rows, until), signal);
    await walk.derived(signal);
    await walk.finish(signal);
    if (parts.model.counts.some(({ name }) => names.includes(name)))
      await this.#compareCounts(
        look,
        options,
        // What was right by two mistakes is wrong once one of them is mended.
        { report, fingerprints, fold: counted.otherwise ? undefined : fold },
        signal,
      );
    return report;
  }

  /** Of as many tuples at a time as memory has room for, from the lowest hash to the highest. */
  async #compareCounts(
    look: LookParts,
    options: VerifyOptions,
    { report, fingerprints, fold: first }: Counting,
    signal: AbortSignal,
  ): Promise<void> {
    const parts = { ...this.#parts, ...look };
    const foldFrom = async (from: number) => {
      const fold = new CountFold(fingerprints, { most: options.mostTuples, from });
      await addRowsTo(fold, parts, options, signal, true);
      await addStoredTo(fold, parts, signal);
      return fold;
    };
    for (let fold = first ?? (await foldFrom(0)); ; fold = await foldFrom(fold.below)) {
      const suspects = [];
      for (const count of fold.counts()) {
        report.compared(count.model.name);
        if (findingsOf(count).length > 0) suspects.push(count);
      }
      const { below } = fold;
      await this.#settleCounts(parts, options, { report, fingerprints }, suspects, signal);
      if (below >= ALL_HASHES) return;
    }
  }

  async #settleCounts(
    parts: CountPassParts & Pick<VerifyParts, 'sleeper'>,
    options: VerifyOptions,
    { report, fingerprints }: Omit<Counting, 'fold'>,
    suspects: readonly FoldedCount[],
    signal: AbortSignal,
  ): Promise<void> {
    const looking: Omit<CountSuspectsParts, 'found' | 'undecided'> = {
      addRows: (next, until) => addRowsTo(next, parts, options, until),
      readStored: (counts, until) => readStored(parts, counts, until),
      settle: async (until) => {
        await parts.sleeper.sleep(options.settleMs, until);
        until.throwIfAborted();
      },
      ...{ fingerprints, looks: options.looks },
    };
    const found: FoldedCount[] = [];
    await settleCounts(
      {
        ...looking,
        found: (count) => found.push(count),
        undecided: (count, why) => tellUndecided(report, count, why),
      },
      suspects,
      signal,
    );
    const { repair: kinds } = options;
    if (kinds === undefined)
      for (const count of found) for (const finding of findingsOf(count)) report.found(finding);
    else
      await mendCounts(
        {
          ...{ ...looking, passes: parts, kinds },
          found: (finding, mending) => report.found(finding, mending),
        },
        found,
        signal,
      );
  }
}

interface Counting {
  readonly report: VerifyReport;
  readonly fingerprints: Fingerprinter;
  /** What the first pass has added up; undefined where that is not so any more. */
  readonly fold: CountFold | undefined;
}

function isOfCounts({ item }: Finding): boolean {
  return item.startsWith('what is counted for ');
}

function tellUndecided(report: VerifyReport, count: FoldedCount, why: string): void {
  for (const { item } of findingsOf(count)) report.undecidedOf(item, why);
}

/** @throws Fault `configuration` for a name that no derivation has, or one that is not compared. */
function comparedNames({ model }: Pick<VerifyParts, 'model'>, only: readonly string[] | undefined) {
  const { documents, counts, pointers, derivedRows, effects } = model;
  const names = [...documents, ...counts, ...pointers, ...derivedRows].map(({ name }) => name);
  for (const name of only ?? []) {
    if (names.includes(name)) continue;
    const isEffect = effects.some((effect) => effect.name === name);
    throw new Fault(
      'configuration',
      isEffect
        ? `${name} is an effect: what its code did, nobody can compare`
        : `there is no derivation ${name}; there are ${names.join(', ')}`,
    );
  }
  return only === undefined ? names : names.filter((name) => only.includes(name));
}
