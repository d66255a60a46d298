import { commandsOf } from '../../domain/command.ts';
import { originText } from '../../domain/derived-rows.ts';
import { storedRow } from '../../domain/stored-rows.ts';
import { Fault } from '../../domain/fault.ts';
import { keyTextOf } from '../../domain/key-value.ts';
import { kindsOf } from '../../domain/roles.ts';
import { itemKey } from '../../domain/row.ts';
import type { TableModel } from '../../domain/table-model.ts';
import { type Attributes, DecodedAttributes } from '../../domain/value.ts';
import { changeOf } from './refusal.ts';

/** More may be derived of derived rows, which is not followed further. */
const MOST_STEPS = 5;

/**
 * The items of its own table that a row leads to, by `rows`, over derived rows too: nobody else may write those. Each by
 * its `itemKey`.
 *
 * @param models what is derived from the table: several where the definition changes, as a row that one has derived is read
 *   by the other.
 */
export function derivedKeys(
  models: readonly TableModel[],
  attributes: Attributes,
  steps = MOST_STEPS,
): readonly string[] {
  if (steps === 0 || !models.some(({ rows }) => rows.some(({ derivedRows }) => derivedRows.length > 0)))
    return [];
  return models.flatMap((model) =>
    derivedRows(model, attributes).flatMap((row) => [
      itemOfRow(model, row),
      ...derivedKeys(models, row, steps - 1),
    ]),
  );
}

/** The rows of its own table that are derived from a row; none where nothing can be. */
function derivedRows(model: TableModel, attributes: Attributes): readonly Attributes[] {
  const { partition, partitionType, sort, sortType } = model.keys;
  const inPartition = keyTextOf(attributes.get(partition), partitionType);
  const inSort = sort === undefined ? undefined : keyTextOf(attributes.get(sort), sortType);
  const row = inPartition === undefined ? undefined : model.rowOf(inPartition, inSort);
  if (row === undefined || 'malformed' in row) return [];
  // Most kinds have none: what else their rows ask for need not be worked out.
  if (kindsOf(row).every(({ model: kind }) => kind.derivedRows.length === 0)) return [];
  try {
    return commandsOf(changeOf(row, undefined, attributes)).flatMap((command) =>
      command.does !== 'rows'
        ? []
        : command.put
            .filter(({ table }) => table === undefined)
            .map((derived) =>
              DecodedAttributes.of(
                storedRow(derived, originText({ model: command.model, row: command.change.row })),
              ),
            ),
    );
  } catch (error) {
    // A derived row of which nothing can be derived.
    if (Fault.is(error)) return [];
    throw error;
  }
}

function itemOfRow({ keys }: TableModel, row: Attributes): string {
  const { partition, partitionType, sort, sortType } = keys;
  return itemKey({
    partition: keyTextOf(row.get(partition), partitionType) ?? '',
    sort: sort === undefined ? undefined : keyTextOf(row.get(sort), sortType),
  });
}
