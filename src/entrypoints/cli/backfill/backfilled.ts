import type { Container } from 'inversify';
import type { WinstonLoggerOptions } from '../../../adapters/winston/winston-logger.ts';
import type { Backfill } from '../../../application/backfill/backfill.ts';
import type { Plan } from '../../../application/plan/plan.ts';
import type { Purge } from '../../../application/purge/purge.ts';
import type { TableDefinition } from '../../../domain/definition/define-table.ts';
import { Fault } from '../../../domain/fault.ts';
import { awsIndexerModule } from '../../composition/aws-indexer.module.ts';
import { awsScanModule } from '../../composition/aws-scan.module.ts';
import { awsModule } from '../../composition/aws.module.ts';
import { backfillIn, planIn, purgeIn } from '../../composition/backfill.ts';
import { compose } from '../../composition/container.ts';
import { systemModule } from '../../composition/system.module.ts';
import { noMetricsModule } from '../../composition/no-metrics.module.ts';
import { definitionModule } from '../../composition/table-model.ts';
import { readConfig } from '../../config.ts';
import type { Environment } from '../../environment-reader.ts';
import { whereItIs } from '../where-it-is.ts';

/** What is to be filled, where it is. */
export interface Backfilled {
  readonly backfill: Backfill;
  readonly plan: Plan;
  readonly purge: Purge;
  readonly close: () => Promise<unknown>;
}

/** @throws Fault `configuration` that names what is wrong or missing. */
export async function openBackfilled(
  definition: TableDefinition,
  environment: Environment,
  logging: Omit<WinstonLoggerOptions, 'level'>,
): Promise<Backfilled> {
  const config = readConfig(environment, definition.model);
  const { backend, retries, logLevel } = config;
  const log = { ...logging, level: logLevel };
  const modules = [noMetricsModule];
  switch (backend.kind) {
    case 'memory':
      throw new Fault(
        'configuration',
        'BACKEND is memory, where no other process has anything; leave it out, or set it to aws or postgres',
      );
    case 'postgres': {
      const { createPostgresWorker } = await import('../../postgres-worker.ts');
      const { url, ...database } = backend;
      const worker = createPostgresWorker({ definition, log, retries, modules, url, database });
      try {
        await whereItIs(worker.open);
        return opened(worker.container, worker.close);
      } catch (error) {
        await worker.close();
        throw error;
      }
    }
    case 'aws': {
      const container = compose(
        ...[awsModule(backend), awsIndexerModule(backend), awsScanModule(backend)],
        ...[systemModule(log, config), definitionModule(definition), noMetricsModule],
      );
      return opened(container, () => container.unbindAllAsync());
    }
  }
}

function opened(container: Container, close: Backfilled['close']): Backfilled {
  return { backfill: backfillIn(container), plan: planIn(container), purge: purgeIn(container), close };
}
