import type { TableDefinition } from '../../domain/definition/define-table.ts';
import { Fault } from '../../domain/fault.ts';
import { isTableDefinition } from '../definition/definition-in.ts';
import type { HandlerOptions } from '../lambda/environment-handler.ts';
import type { LambdaHandler } from './create-handler.ts';

/**
 * Makes a Lambda handler for the search queue of a definition, which takes its documents to the search server:
 * `export const handler = createIndexHandler(definition)`. Settings are the environment's, as docs/configuration.md lists them;
 * the event source mapping must have `FunctionResponseTypes: [ReportBatchItemFailures]`.
 *
 * The handler rejects with a Fault `configuration` that names every variable that is wrong or missing, or every collection
 * whose fields the definition does not declare.
 *
 * @throws Fault `configuration` when the definition is not made by `defineTable`.
 */
export function createIndexHandler(
  definition: TableDefinition,
  options?: Omit<HandlerOptions, 'onPoison'>,
): LambdaHandler {
  if (!isTableDefinition(definition))
    throw new Fault(
      'configuration',
      'createIndexHandler was given no definition: give it what defineTable(…) returns',
    );
  // Not a static import, as in `createHandler`.
  const loading = import('../lambda/environment-indexer.ts').then(({ environmentIndexer }) =>
    environmentIndexer(definition, options),
  );
  loading.catch(() => undefined);
  return async (event, context) => (await loading)(event, context);
}
