import { MemoryDerivedRowRepository } from '../../adapters/memory/memory-derived-row-repository.ts';
import { MemoryDerivedState } from '../../adapters/memory/memory-derived-state.ts';
import { MemoryMatcherRepository } from '../../adapters/memory/memory-matcher-repository.ts';
import { MemoryTable } from '../../adapters/memory/memory-table.ts';
import { type Drift, subsystemOf, verify } from '../../application/verify/verify.ts';
import type { TableDefinition } from '../../domain/definition/define-table.ts';
import type { Attributes } from '../../domain/value.ts';
import type { Entry } from '../world/entry.ts';
import type { World } from '../world/world.ts';

/** Rows whose latest changes have left the stream unread, which is noted: what is derived of them may be as it was before, or as it is. */
export interface LostRows {
  /** Their keys. */
  readonly keys: ReadonlySet<string>;
  /** Whether something that has drifted may have come of one of them. */
  readonly explains: (drift: Drift) => boolean;
}

export async function lostRowsOf(world: World): Promise<LostRows> {
  const keys = new Set<string>();
  const names = new Set<string>();
  for (const [key, entries] of unhandledEnds(world)) {
    if (!entries.some((entry) => world.reigns.lossOf(entry) === 'noted')) continue;
    keys.add(key);
    for (const row of entries.flatMap(({ before, after }) => [before, after]))
      if (row !== undefined) for (const name of await derivedOf(row, world.definition)) names.add(name);
  }
  return { keys, explains: (drift) => names.has(nameOf(drift, world.definition)) };
}

/** By key, the records after the last one that was handled. */
function unhandledEnds({ ledger }: World): ReadonlyMap<string, readonly Entry[]> {
  const ends = new Map<string, Entry[]>();
  for (const entry of ledger.entries)
    if (ledger.isAcknowledged(entry)) ends.delete(entry.key);
    else ends.set(entry.key, [...(ends.get(entry.key) ?? []), entry]);
  return ends;
}

/** What a recount makes of a row by itself: all that is missing where nothing is derived. */
async function derivedOf(row: Attributes, definition: TableDefinition): Promise<readonly string[]> {
  const { drift } = await verify(new OneRow(row, definition), definition);
  return drift.map((one) => nameOf(one, definition));
}

function nameOf(drift: Drift, definition: TableDefinition): string {
  const subsystem = subsystemOf(drift, definition);
  const [what = ''] = subsystem === 'matcher' ? drift.what.split(']:') : [drift.what];
  // A document says of which collection it is; of which derivation it was, nobody may know.
  return subsystem === 'search' ? drift.what : `${drift.derivation} ${what.replace(/\]$/, '')}`;
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
