import { MemoryDerivedRowRepository } from '../../adapters/memory/memory-derived-row-repository.ts';
import { MemoryDerivedState } from '../../adapters/memory/memory-derived-state.ts';
import { MemoryMatcherRepository } from '../../adapters/memory/memory-matcher-repository.ts';
import { MemoryTable } from '../../adapters/memory/memory-table.ts';
import { type Drift, subsystemOf, verify } from '../../application/verify/verify.ts';
import { groupBy } from '../../domain/coalesce.ts';
import type { TableDefinition } from '../../domain/definition/define-table.ts';
import type { DocumentKey } from '../../domain/search-document.ts';
import type { Attributes } from '../../domain/value.ts';
import { documentsChangedBy, rowsGivenBy } from '../subjects/asked-of.ts';
import type { Entry } from '../world/entry.ts';
import type { World } from '../world/world.ts';

/** Rows of which changes have left the stream unread, which is noted: what is derived of them may be as it was before. */
export interface LostRows {
  /** The keys of those whose latest changes are lost. */
  readonly keys: ReadonlySet<string>;
  /** Whether something that has drifted may have come of a lost change, and of none that was handled since. */
  readonly explains: (drift: Drift) => boolean;
}

export async function lostRowsOf(world: World): Promise<LostRows> {
  const { ledger, reigns, definition } = world;
  const keys = new Set<string>();
  const names = new Set<string>();
  const isLost = (entry: Entry) => reigns.lossOf(entry) === 'noted';
  const withLost = new Set(ledger.entries.filter(isLost).map(({ key }) => key));
  for (const [key, entries] of groupBy(ledger.entries, ({ key }) => key)) {
    if (!withLost.has(key)) continue;
    const last = entries.findLastIndex(isLost);
    const since = entries.slice(last + 1).filter((entry) => ledger.isAcknowledged(entry));
    const mended = await mendedBy(since, world);
    for (const name of await derivedOf(entries.slice(0, last + 1), definition))
      if (!mended.has(name)) names.add(name);
    if (since.length === 0) keys.add(key);
  }
  return { keys, explains: (drift) => names.has(nameOf(drift, definition)) };
}

/**
 * What later changes tell of is put right by them. What a lost one made of another kind, or at another place, is not; nor is a
 * document that they do not change, unless the worker sees by its copy of the table that it has missed something.
 */
async function mendedBy(
  entries: readonly Entry[],
  { definition, isReplicated }: World,
): Promise<ReadonlySet<string>> {
  const mended = new Set(await derivedOf(entries, definition));
  if (isReplicated) return mended;
  const changed = new Set(entries.flatMap((entry) => documentsChangedBy(entry, definition)).map(textOf));
  for (const { before, after } of entries)
    for (const row of [before, after])
      for (const key of documentsChangedBy({ before: undefined, after: row }, definition))
        if (!changed.has(textOf(key))) mended.delete(textOf(key));
  return mended;
}

/** What a recount makes of the rows before and after changes, each by itself: all that is missing where nothing is derived. */
async function derivedOf(
  entries: readonly Entry[],
  definition: TableDefinition,
): Promise<ReadonlySet<string>> {
  const names = new Set<string>();
  for (const row of new Set(entries.flatMap(({ before, after }) => [before, after]))) {
    if (row === undefined) continue;
    const { drift } = await verify(new OneRow(row, definition), definition);
    for (const one of drift) names.add(nameOf(one, definition));
  }
  // A recount does not tell of rows that depend on the change.
  for (const entry of entries)
    for (const { derivation, name } of rowsGivenBy(entry, definition))
      names.add(nameOf({ derivation, problem: 'missing', what: name }, definition));
  return names;
}

function nameOf(drift: Drift, definition: TableDefinition): string {
  const subsystem = subsystemOf(drift, definition);
  const [what = ''] = subsystem === 'matcher' ? drift.what.split(']:') : [drift.what];
  // A document says of which collection it is; of which derivation it was, nobody may know.
  return subsystem === 'search' ? drift.what : `${drift.derivation} ${what.replace(/\]$/, '')}`;
}

/** A document, as drift says it. */
function textOf({ collection, id }: DocumentKey): string {
  return `${collection}/${id}`;
}

class OneRow extends MemoryDerivedState {
  readonly #row: Attributes;

  constructor(row: Attributes, { model }: TableDefinition) {
    super(
      { documents: () => [] },
      new MemoryTable(model),
      new MemoryMatcherRepository(),
      new MemoryDerivedRowRepository(),
    );
    this.#row = row;
  }

  override async *rows() {
    yield this.#row;
  }
}
