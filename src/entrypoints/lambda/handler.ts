import { backendModule } from '../composition/backend.ts';
import { compose, streamWorker } from '../composition/container.ts';
import { systemModule } from '../composition/system.module.ts';
import { readConfig } from '../config.ts';
import { createHandler } from './create-handler.ts';

/** Milliseconds for the runtime to report the last batch, of the 300 that Lambda grants after SIGTERM. */
const TIME_TO_REPORT = 150;

const config = readConfig(process.env);
const { backend, logLevel, failureMode, deadlineMarginMs } = config;
const container = compose(
  backendModule(backend),
  systemModule({ level: logLevel, stream: process.stdout, readable: process.stdout.isTTY }, config),
);
const stopping = new AbortController();
const handle = createHandler(streamWorker(container), {
  failureMode,
  deadlineMarginMs,
  table: backend.table,
  stop: stopping.signal,
});
let inProgress: Promise<unknown> | undefined;

/** The function that Lambda calls. Built once per instance, from the environment. */
export const handler: typeof handle = async (event, context) => {
  const batch = handle(event, context);
  inProgress = batch;
  try {
    return await batch;
  } finally {
    inProgress = undefined;
  }
};

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
