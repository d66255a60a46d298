import { ContainerModule } from 'inversify';
import { EmfMetrics } from '../../adapters/aws/emf/emf-metrics.ts';
import { VERIFY_DEFAULTS } from '../../application/drift/verify-parts.ts';
import { Logger } from '../../application/ports/logger.ts';
import { ALWAYS_PUBLISHED, Metrics } from '../../application/ports/metrics.ts';
import type { TableDefinition } from '../../domain/definition/define-table.ts';
import { searchSchemas } from '../../domain/search-schemas.ts';
import { awsIndexerModule } from '../composition/aws-indexer.module.ts';
import { awsScanModule } from '../composition/aws-scan.module.ts';
import { awsModule } from '../composition/aws.module.ts';
import { compose } from '../composition/container.ts';
import { typesenseModule } from '../composition/indexer.ts';
import { systemModule } from '../composition/system.module.ts';
import { definitionModule } from '../composition/table-model.ts';
import { verifyIn } from '../composition/verify.ts';
import { invocationFields, type InvocationContext } from '../invocation.ts';
import { readVerifierConfig } from '../verifier-config.ts';
import { endingInOrder } from './ending-in-order.ts';
import type { HandlerOptions } from './environment-handler.ts';
import { type Verification, verifyTable } from './verify-table.ts';
import { withinTime } from './within-time.ts';

/**
 * Makes the function that Lambda calls on a schedule: it compares all that is derived with the table's rows, with the settings of the environment, whatever
 * the event says. It mends nothing.
 *
 * @throws Fault `configuration` that names every variable that is wrong or missing, or every collection without a schema.
 */
export function environmentVerifier(
  definition: TableDefinition,
  { environment = process.env, modules = [] }: Omit<HandlerOptions, 'onPoison'> = {},
): (event: unknown, context?: InvocationContext | null) => Promise<Verification> {
  const { model } = definition;
  const config = readVerifierConfig(environment, model);
  const { backend, engine, settleMs, logLevel, deadlineMarginMs } = config;
  const container = compose(
    ...[awsModule(backend), awsIndexerModule(backend), awsScanModule(backend)],
    systemModule({ level: logLevel, stream: process.stdout, readable: process.stdout.isTTY }, config),
    definitionModule(definition),
    ...(engine === undefined ? [] : [typesenseModule(engine, model)]),
    new ContainerModule(({ rebind }) => {
      void rebind(Metrics).toResolvedValue(
        () =>
          new EmfMetrics({
            ...{ ...backend.metrics, stream: process.stdout, fields: invocationFields },
            always: ALWAYS_PUBLISHED.verify,
          }),
        [],
      );
    }),
    ...modules,
  );
  const verifier = {
    verify: verifyIn(container, engine && searchSchemas(model.documents)),
    metrics: container.get(Metrics),
    logger: container.get(Logger),
  };
  const options = { ...VERIFY_DEFAULTS, settleMs };
  return endingInOrder(
    container,
    (stop) => (_: unknown, context?: InvocationContext | null) =>
      withinTime(context, { deadlineMarginMs, stop }, (limit) => verifyTable(verifier, options, limit)),
  );
}
