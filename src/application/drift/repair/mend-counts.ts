import type { CountCorrection, CountSays } from '../../../domain/count-correction.ts';
import type { CountFigures } from '../../../domain/drift/compare.ts';
import type { DriftKind, Finding } from '../../../domain/drift/finding.ts';
import { type Mending, notAskedFor, whatWasDone } from '../../../domain/drift/mending.ts';
import { Fault } from '../../../domain/fault.ts';
import { findingsOf, type FoldedCount } from '../count-fold.ts';
import type { CountPassParts } from '../count-pass.ts';
import { type CountSuspectsParts, settleCounts } from '../count-suspects.ts';
import { addStatesTo } from './add-states.ts';

export interface MendCountsParts extends Omit<CountSuspectsParts, 'found' | 'undecided'> {
  readonly passes: CountPassParts;
  readonly kinds: readonly DriftKind[];
  readonly found: (finding: Finding, mending: Mending) => void;
}

/**
 * Mends counts that differ from what the rows add up to. The error of a count is what its own states contradict, and nothing else: a row that is
 * not counted as it says is mended by itself, and takes its counts along, and a change that is still to be handled moves both. So
 * the states are added up, as often as the rows were, and what the count is off by is taken from it on condition that it is as it was seen.
 *
 * @param counts those that differ, as they were seen.
 */
export async function mendCounts(
  parts: MendCountsParts,
  counts: readonly FoldedCount[],
  signal: AbortSignal,
): Promise<void> {
  const { kinds, found } = parts;
  const findings = new Map<string, Finding>();
  const asked: FoldedCount[] = [];
  for (const count of counts) {
    const [finding] = findingsOf(count);
    if (finding === undefined) continue;
    findings.set(count.name, finding);
    if (kinds.includes(finding.drift)) asked.push(count);
    else found(finding, { isMended: false, what: notAskedFor(finding, kinds) });
  }
  if (asked.length === 0) return;
  /** Why each is left as it is. */
  const left = await correctAll(parts, asked, signal);
  // They are looked at again as the rows say.
  const differing = new Map<string, string>();
  await settleCounts(
    {
      ...parts,
      found: ({ name }) => differing.set(name, 'it differs still'),
      undecided: ({ name }, why) => differing.set(name, why),
    },
    asked,
    signal,
  );
  for (const { name } of asked) {
    const finding = findings.get(name);
    if (finding === undefined) continue;
    const why = differing.get(name);
    if (why !== undefined) found(finding, { isMended: false, what: left.get(name) ?? why });
    else found(finding, { isMended: true, what: left.has(name) ? AGREES : whatWasDone(finding) });
  }
}

const AGREES = 'it agrees by now';

/** @returns why counts were left as they are, by their names. */
async function correctAll(
  parts: MendCountsParts,
  counts: readonly FoldedCount[],
  signal: AbortSignal,
): Promise<ReadonlyMap<string, string>> {
  const { passes } = parts;
  const derivations = new Set(counts.map(({ model }) => model.name));
  const left = new Map(counts.map(({ name }) => [name, ROWS_DIFFER]));
  let unread: ReadonlySet<string> = new Set();
  const contradicted: FoldedCount[] = [];
  await settleCounts(
    {
      ...parts,
      addRows: async (fold, until) => {
        unread = await addStatesTo(fold, passes, derivations, until);
      },
      found: (count) => contradicted.push(count),
      undecided: ({ name }, why) => left.set(name, why),
    },
    counts,
    signal,
  );
  for (const count of contradicted) {
    const { name, model, tuple } = count;
    const [seen, to] = [saysOf(count.is), saysOf(count.must)];
    if (unread.has(model.name)) left.set(name, UNREAD);
    else if (seen === 'nothing' || to === 'nothing') left.set(name, FOREIGN);
    else {
      const why = await correct(parts, { model, tuple, seen, to }, signal);
      if (why === undefined) left.delete(name);
      else left.set(name, why);
    }
  }
  return left;
}

const ROWS_DIFFER = 'it is what is noted as counted for its rows: what they are counted under differs';
const UNREAD =
  "what is noted of some of its rows cannot be read, as only a digest of their row's key is kept";
const FOREIGN =
  'what is stored is no count: something other than Contrail wrote it; delete it, and repair again';

/** `nothing` where what is stored is no count. */
function saysOf(figures: CountFigures | undefined): CountSays | undefined | 'nothing' {
  if (figures === undefined) return undefined;
  const { count, rows } = figures;
  return count === undefined || rows === undefined ? 'nothing' : { count, rows };
}

/** @returns why it was not done; undefined where it was. */
async function correct(
  { passes: { matcher } }: MendCountsParts,
  correction: CountCorrection,
  signal: AbortSignal,
): Promise<string | undefined> {
  signal.throwIfAborted();
  try {
    const [result] = await matcher.correct([correction], signal);
    if (result === 'done') return undefined;
    return Fault.is(result) ? result.message : 'it moved when it was to be corrected';
  } catch (error) {
    signal.throwIfAborted();
    return Fault.from(error).message;
  }
}
