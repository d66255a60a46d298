import type { TableDefinition } from '../../domain/definition/define-table.ts';
import { type ItemsOptions, type MadeItem, makeItems } from '../rows/make-items.ts';
import { chanceOf } from '../world/chance.ts';

const ATTEMPTS = 8;

/**
 * The items of a seed's world. Rows that are made up may all be refused by chance: then others are.
 *
 * @throws Fault `configuration` where no row of a kind is found that the definition takes, or a sample is none.
 */
export function itemsOf(
  definition: TableDefinition,
  seed: number,
  options: ItemsOptions = {},
): readonly MadeItem[] {
  for (let attempt = 1; ; attempt++)
    try {
      return makeItems(definition, chanceOf(seed, 'items', attempt), options);
    } catch (error) {
      if (attempt === ATTEMPTS) throw error;
    }
}
