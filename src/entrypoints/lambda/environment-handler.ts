import type { ContainerModule } from 'inversify';
import type { PoisonListener } from '../../application/poison-listener.ts';
import type { TableDefinition } from '../../domain/definition/define-table.ts';
import { backendModule } from '../composition/backend.ts';
import { compose, streamWorker } from '../composition/container.ts';
import { systemModule } from '../composition/system.module.ts';
import { definitionModule } from '../composition/table-model.ts';
import { readConfig } from '../config.ts';
import type { Environment } from '../environment-reader.ts';
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

/** Milliseconds for the runtime to report the last batch, of the 300 that Lambda grants after SIGTERM. */
const TIME_TO_REPORT = 150;

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
  const stopping = new AbortController();
  const handle = handlerOf(streamWorker(container), {
    failureMode,
    deadlineMarginMs,
    table: backend.table,
    stop: stopping.signal,
  });
  let inProgress: Promise<unknown> | undefined;

  // Lambda sends this to functions with an extension before it removes an instance. The batch in progress is still
  // reported: what is not done by then, as failed.
  process.once('SIGTERM', () => {
    stopping.abort();
    // `process.exit` would wait for the runtime's thread, which waits for the next invocation. This listener is removed
    // by now, so the signal ends the process.
    const exit = () => process.kill(process.pid, 'SIGTERM');
    const close = () => void container.unbindAllAsync().finally(exit);
    if (inProgress === undefined) close();
    else void inProgress.catch(() => undefined).then(() => setTimeout(close, TIME_TO_REPORT));
  });

  return async (event, context) => {
    const batch = handle(event, context);
    inProgress = batch;
    try {
      return await batch;
    } finally {
      inProgress = undefined;
    }
  };
}
