import type { Finding } from '../../../domain/drift/finding.ts';
import { expectedOf } from '../../../domain/drift/expected.ts';
import { kindsOf } from '../../../domain/roles.ts';
import type { ItemKey } from '../../../domain/row.ts';
import { satisfies } from '../../../domain/when.ts';
import { DefinitionRecount, type Recount } from '../../../application/verify/recount.ts';
import type { Random } from '../../../random/random.ts';
import type { World } from '../../world/world.ts';
import { plantCount, plantMiscounted } from './plant-counts.ts';
import { plantDocument } from './plant-documents.ts';
import { plantPointer } from './plant-pointers.ts';
import { plantRow } from './plant-rows.ts';

/** Something that was changed behind the worker's back, as a verification must name it. */
export interface Planted extends Pick<Finding, 'drift' | 'derivation' | 'item'> {
  /** The row that it is derived from: whoever changes that may mend it. */
  readonly row?: ItemKey;
  /** Whether something may be derived from it, which follows it. */
  readonly isSource?: boolean;
}

/** Where something may be planted. */
export interface Site {
  readonly world: World;
  readonly random: Random;
  /** What must be derived, and is. */
  readonly expected: Recount;
  /** Whether nothing else happens until it is mended. */
  readonly isQuiet: boolean;
  /** Whether the row may be used: not one of which something is planted already. */
  readonly isFree: (row: ItemKey) => boolean;
  /** Whether nothing is planted there yet. */
  readonly isNew: (place: Pick<Planted, 'derivation' | 'item'>) => boolean;
  /** Whether nothing is planted yet: what more may be derived from is planted alone. */
  readonly isFirst: boolean;
}

/** Plants one thing; undefined where there is nothing that it could be done to. */
export type Planter = (
  site: Site,
) => readonly Planted[] | undefined | Promise<readonly Planted[] | undefined>;

const PLANTERS: readonly Planter[] = [plantDocument, plantCount, plantMiscounted, plantPointer, plantRow];

/** So often something is looked for that can be changed. */
const ATTEMPTS = 4;

/** Plants one thing of some kind. */
export async function plantOne(site: Site): Promise<readonly Planted[]> {
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const planted = await site.random.pick(PLANTERS)(site);
    if (planted !== undefined) return planted;
  }
  return [];
}

/** What a recount expects of the rows that the world has now. */
export function expectedIn(world: World): Recount {
  const recount = new DefinitionRecount(world.definition);
  for (const row of world.recountedRows()) recount.add(row);
  return recount;
}

/** Whether the definition tells what must be derived of a row, there or gone: of one that it refuses, nothing is found. */
export function isTold({ world }: Pick<Site, 'world'>, key: ItemKey): boolean {
  const row = world.definition.model.rowOf(key.partition, key.sort);
  if (row === undefined || 'malformed' in row) return false;
  const attributes = world.rowAt(key);
  try {
    for (const kind of kindsOf(row))
      expectedOf(
        kind,
        attributes !== undefined && satisfies(kind.model.when, attributes) ? attributes : undefined,
      );
    return true;
  } catch {
    return false;
  }
}
