import {
  type Derivation,
  defineTable,
  type TableDefinition,
} from '../../../src/domain/definition/define-table.ts';
import { type MadeItem, makeItems } from '../../../src/simulation/rows/make-items.ts';
import { itemsOf } from '../../../src/simulation/subjects/items-of.ts';
import { subjectOf } from '../../../src/simulation/subjects/subject-of.ts';
import { chanceOf } from '../../../src/simulation/world/chance.ts';
import type { Subject } from '../../../src/simulation/world/subject.ts';
import { randomDefinition } from '../definitions/random-definition.ts';

/** A definition by chance, with items by chance. What can be left out of it has a name. */
export function randomSubject(seed: number, take: (name: string) => boolean): Subject {
  const random = randomDefinition(seed, { take });
  const { definition } = random;
  const found = foundFor(definition, seed, movedOnly(definition, random.later));
  return subjectOf({ definition, ...found, code: {} });
}

interface Found {
  readonly items: readonly MadeItem[];
  readonly later: TableDefinition | undefined;
}

/** Rows that are made up may all be refused by chance: then others are. The later definition is left out where it takes none of them. */
function foundFor(definition: TableDefinition, seed: number, later: TableDefinition): Found {
  const options = { perKind: 4, later };
  try {
    return { items: makeItems(definition, chanceOf(seed, 'items'), options), later };
  } catch {
    try {
      return { items: itemsOf(definition, seed, options), later };
    } catch {
      return { items: itemsOf(definition, seed, { ...options, later: undefined }), later: undefined };
    }
  }
}

/** What another definition changes that moves as rows change, without a backfill: what is counted, and which rows are derived. */
function movedOnly(definition: TableDefinition, later: TableDefinition): TableDefinition {
  const derive = Object.entries(definition.spec.derive).map(([name, was]): [string, Derivation] => {
    const is = later.spec.derive[name];
    if (was.is === 'counts' && is?.is === 'counts') return [name, { ...is, of: was.of }];
    const isMoved = was.is === 'rows' && is?.is === 'rows' && String(was.spec.on) === String(is.spec.on);
    return [name, isMoved ? { ...is, of: was.of } : was];
  });
  return defineTable({ ...definition.spec, derive: Object.fromEntries(derive) });
}
