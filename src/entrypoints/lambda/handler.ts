import { ProcessBatch } from '../../application/process-batch.ts';
import { backendModule } from '../composition/backend.ts';
import { compose } from '../composition/container.ts';
import { systemModule } from '../composition/system.module.ts';
import { readConfig } from '../config.ts';
import { createHandler } from './create-handler.ts';

const config = readConfig(process.env);
const container = compose(
  backendModule(config.backend),
  systemModule({ level: config.logLevel, stream: process.stdout, readable: process.stdout.isTTY }),
);

/** The function that Lambda calls. Built once an instance, from the environment. */
export const handler = createHandler(container.get(ProcessBatch), config.failureMode);

// Lambda sends this to functions with an extension before it takes an instance away.
process.once('SIGTERM', () => void container.unbindAllAsync());
