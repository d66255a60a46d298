import type { ContainerModule } from 'inversify';
import type { PoisonListener } from '../../application/poison-listener.ts';
import type { TableDefinition } from '../../domain/definition/define-table.ts';
import { backendModule } from '../composition/backend.ts';
import { compose, streamWorker } from '../composition/container.ts';
import { systemModule } from '../composition/system.module.ts';
import { definitionModule } from '../composition/table-model.ts';
import { readConfig } from '../config.ts';
import type { Environment } from '../environment-reader.ts';
import { endingInOrder } from './ending-in-order.ts';
import { handlerOf } from './handler-of.ts';

/** How a handler differs from what the environment says. */
export interface HandlerOptions {
  /** Settings by the names of docs/configuration.md: the process's environment, unless given. */
  readonly environment?: Environment;
  /** Bind more ports, or rebind some of them to other adapters. */
  readonly modules?: readonly ContainerModule[];
  /** Told of every record that can never be handled. It blocks, or goes to quarantine, all the same. */
  readonly onPoison?: PoisonListener;
}

/**
 * Makes the function that Lambda calls, with the settings of the environment. Once per instance: it also ends the
 * process in good order when Lambda asks for that.
 *
 * @throws Fault `configuration` that names every variable that is wrong or missing.
 */
export function environmentHandler(
  definition: TableDefinition,
  { environment = process.env, modules = [], onPoison }: HandlerOptions = {},
): ReturnType<typeof handlerOf> {
  const config = readConfig(environment, definition.model);
  const { backend, logLevel, failureMode, deadlineMarginMs } = config;
  const container = compose(
    backendModule(backend),
    systemModule(
      { level: logLevel, stream: process.stdout, readable: process.stdout.isTTY },
      { ...config, onPoison },
    ),
    definitionModule(definition),
    ...modules,
  );
  return endingInOrder(container, (stop) =>
    handlerOf(streamWorker(container), { failureMode, deadlineMarginMs, table: backend.table, stop }),
  );
}
