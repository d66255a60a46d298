import { Fault } from '../../domain/fault.ts';
import type { TableModel } from '../../domain/table-model.ts';

/**
 * The derivations to fill, in the order of their names.
 *
 * @throws Fault `configuration` for a name that no derivation has, or an effect that is not run for rows that were there before it.
 */
export function filledNames(model: TableModel, only: readonly string[] | undefined): readonly string[] {
  const { documents, counts, pointers, derivedRows, effects } = model;
  const filled = effects.filter(({ backfill }) => backfill);
  const names = new Set(
    [...documents, ...counts, ...pointers, ...derivedRows, ...filled].map(({ name }) => name),
  );
  for (const name of only ?? []) {
    if (names.has(name)) continue;
    throw new Fault(
      'configuration',
      effects.some((effect) => effect.name === name)
        ? `${name} is an effect that is not run for rows that were there before it: give it { backfill: true } in the definition`
        : `no derivation is called ${JSON.stringify(name)}: there are ${[...names].join(', ')}`,
    );
  }
  return [...new Set(only ?? names)].sort();
}
