import type { TableDefinition } from '../../domain/definition/define-table.ts';
import { Fault } from '../../domain/fault.ts';
import { awsIndexerModule } from '../composition/aws-indexer.module.ts';
import { awsModule } from '../composition/aws.module.ts';
import { compose } from '../composition/container.ts';
import { indexDocumentsModule } from '../composition/index-documents.module.ts';
import { indexerIn, typesenseModule } from '../composition/indexer.ts';
import { systemModule } from '../composition/system.module.ts';
import { definitionModule } from '../composition/table-model.ts';
import { readIndexerConfig } from '../indexer-config.ts';
import type { InvocationContext } from '../invocation.ts';
import { endingInOrder } from './ending-in-order.ts';
import type { HandlerOptions } from './environment-handler.ts';
import type { BatchResponse } from './handle-event.ts';
import { indexEvent } from './index-event.ts';
import { withinTime } from './within-time.ts';

/**
 * Makes the function that Lambda calls with messages of the search queue, with the settings of the environment. Once per
 * instance: it also ends the process in good order when Lambda asks for that.
 *
 * @throws Fault `configuration` that names every variable that is wrong or missing, or every collection without a schema.
 */
export function environmentIndexer(
  definition: TableDefinition,
  { environment = process.env, modules = [] }: Omit<HandlerOptions, 'onPoison'> = {},
): (event: unknown, context?: InvocationContext | null) => Promise<BatchResponse> {
  const config = readIndexerConfig(environment, definition.model);
  const { backend, engine, logLevel, deadlineMarginMs } = config;
  if (backend.kind !== 'aws')
    throw new Fault('configuration', `BACKEND is ${backend.kind}, but Lambda's messages are of SQS: set aws`);
  const container = compose(
    awsModule(backend),
    awsIndexerModule(backend),
    systemModule({ level: logLevel, stream: process.stdout, readable: process.stdout.isTTY }, config),
    definitionModule(definition),
    indexDocumentsModule,
    typesenseModule(engine, definition.model),
    ...modules,
  );
  const indexer = indexerIn(container);
  return endingInOrder(
    container,
    (stop) => (event: unknown, context?: InvocationContext | null) =>
      withinTime(context, { deadlineMarginMs, stop }, (limit) => indexEvent(event, indexer, limit)),
  );
}
