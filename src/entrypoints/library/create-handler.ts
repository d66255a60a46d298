import { isTableDefinition } from '../definition/definition-in.ts';
import type { TableDefinition } from '../../domain/definition/define-table.ts';
import { Fault } from '../../domain/fault.ts';
import type { InvocationContext } from '../invocation.ts';
import type { HandlerOptions } from '../lambda/environment-handler.ts';
import type { BatchResponse } from '../lambda/handle-event.ts';

/** What Lambda calls, with an event of a DynamoDB Streams event source mapping. */
export type LambdaHandler = (event: unknown, context?: InvocationContext | null) => Promise<BatchResponse>;

/**
 * Makes a Lambda handler for a table's stream: `export const handler = createHandler(definition)`. Settings are the
 * environment's, as docs/configuration.md lists them; the event source mapping must have
 * `FunctionResponseTypes: [ReportBatchItemFailures]`.
 *
 * The handler rejects with a Fault `configuration` that names every variable that is wrong or missing.
 *
 * @throws Fault `configuration` when the definition is not made by `defineTable`.
 */
export function createHandler(definition: TableDefinition, options?: HandlerOptions): LambdaHandler {
  if (!isTableDefinition(definition))
    throw new Fault(
      'configuration',
      'createHandler was given no definition: give it what defineTable(…) returns',
    );
  // Not a static import: whoever only defines a table, as a definition file does, loads no AWS SDK. A bundler puts it
  // into the same file, and it is done before the first invocation.
  const loading = import('../lambda/environment-handler.ts').then(({ environmentHandler }) =>
    environmentHandler(definition, options),
  );
  // Each invocation is told. Until then nobody listens, which must not end the process.
  loading.catch(() => undefined);
  return async (event, context) => (await loading)(event, context);
}
