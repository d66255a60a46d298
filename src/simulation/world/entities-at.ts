import { toDelivery } from '../../adapters/dynamodb-stream/to-delivery.ts';
import type { TableDefinition } from '../../domain/definition/define-table.ts';
import type { Entity } from '../../domain/pointer.ts';
import { kindsOf } from '../../domain/roles.ts';
import type { Entry } from './entry.ts';

/**
 * Those that may have a pointer to a record's row, whichever kind it is of: a worker that keeps the rows itself clears the pointers
 * of the other kinds where it has missed a change of the row.
 */
export function entitiesAt({ clean }: Entry, { model }: TableDefinition): readonly Pick<Entity, 'parts'>[] {
  const delivery = toDelivery(clean, model);
  if (delivery.kind !== 'change') return [];
  return kindsOf(delivery.change.row)
    .filter((row) => row.model.pointers.length > 0)
    .map((row) => ({ parts: row.parts.slice(0, row.model.partition.names.length) }));
}
