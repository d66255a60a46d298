import { countKey } from '../../../domain/count.ts';
import type { CountedRow } from '../../../domain/count-move.ts';
import { rowAs } from '../../../domain/drift/row-of.ts';
import { Fault } from '../../../domain/fault.ts';
import { itemKey } from '../../../domain/row.ts';
import type { CountFold } from '../count-fold.ts';
import type { CountPassParts } from '../count-pass.ts';
import { tryAgain } from '../scan-all.ts';
import { rowName } from '../subject.ts';

/** So many states are read at a time. */
const AT_ONCE = 500;

/**
 * Adds what is noted as counted for rows, whatever they say themselves, to a fold: each with the version of its state, so that a fold is another where a state
 * has moved.
 *
 * @param derivations those whose states are read.
 * @returns those of them of which a state cannot be read by its row: what they add up to is not known.
 */
export async function addStatesTo(
  fold: CountFold,
  parts: CountPassParts,
  derivations: ReadonlySet<string>,
  signal: AbortSignal,
): Promise<ReadonlySet<string>> {
  const unread = new Set<string>();
  for await (const page of parts.listing.states(signal)) {
    const rows: CountedRow[] = [];
    for (const { derivation, row: key } of page) {
      if (!derivations.has(derivation)) continue;
      const kind = parts.model.rows.find(({ counts }) => counts.some(({ name }) => name === derivation));
      const model = kind?.counts.find(({ name }) => name === derivation);
      // It may be one from which rows are derived under the same name.
      if (kind === undefined || model === undefined) continue;
      const row = key && rowAs(parts.model, kind, key);
      if (row === undefined) unread.add(derivation);
      else rows.push({ model, row });
    }
    for (let from = 0; from < rows.length; from += AT_ONCE)
      await addSome(fold, parts, rows.slice(from, from + AT_ONCE), unread, signal);
  }
  return unread;
}

async function addSome(
  fold: CountFold,
  { matcher, retrier }: CountPassParts,
  rows: readonly CountedRow[],
  unread: Set<string>,
  signal: AbortSignal,
): Promise<void> {
  const states = await tryAgain(retrier, () => matcher.look(rows, signal), signal);
  for (const [at, { model, row }] of rows.entries()) {
    const state = states[at];
    if (Fault.is(state)) unread.add(model.name);
    if (state === undefined || Fault.is(state)) continue;
    const { generation, epoch, sequence, fill = 0 } = state.version;
    // What was counted elsewhere, by an earlier definition, is in another count.
    const contributions = state.contributions.filter(
      ({ tuple, at: place }) => itemKey(place) === itemKey(countKey(model, tuple)),
    );
    const name = `${rowName(row)} ${generation}/${epoch}/${sequence}/${fill}`;
    if (contributions.length > 0) fold.addRow({ model, contributions }, name);
  }
}
