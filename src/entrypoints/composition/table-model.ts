import { ContainerModule, type ServiceIdentifier } from 'inversify';
import type { TableDefinition } from '../../domain/definition/define-table.ts';
import type { TableModel } from '../../domain/table-model.ts';

/** What is derived from the table's rows. */
export const TABLE_MODEL: ServiceIdentifier<TableModel> = Symbol('TableModel');

/** Another definition than the fleet's. */
export function definitionModule({ model }: TableDefinition): ContainerModule {
  return new ContainerModule(({ rebind }) => void rebind(TABLE_MODEL).toConstantValue(model));
}
