import type { TableDefinition } from '../../domain/definition/define-table.ts';
import { type ItemsOptions, type MadeItem, makeItems } from '../rows/make-items.ts';
import { type UniqueParts, withUniqueParts } from '../rows/unique-parts.ts';
import { chanceOf } from '../world/chance.ts';

const ATTEMPTS = 8;

export interface SubjectItemsOptions extends ItemsOptions {
  /** By kinds of rows, parts of their keys that no two rows share. None, unless given. */
  readonly unique?: UniqueParts;
}

/**
 * The items of a seed's world. Rows that are made up may all be refused by chance: then others are.
 *
 * @throws Fault `configuration` where no row of a kind is found that the definition takes, a sample is none, or parts that
 *   are said to be unique are none.
 */
export function itemsOf(
  definition: TableDefinition,
  seed: number,
  { unique = {}, ...options }: SubjectItemsOptions = {},
): readonly MadeItem[] {
  for (let attempt = 1; ; attempt++)
    try {
      return withUniqueParts(
        definition,
        makeItems(definition, chanceOf(seed, 'items', attempt), options),
        unique,
      );
    } catch (error) {
      if (attempt === ATTEMPTS) throw error;
    }
}
