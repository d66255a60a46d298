import { backendModule } from '../composition/backend.ts';
import { compose, streamWorker } from '../composition/container.ts';
import { systemModule } from '../composition/system.module.ts';
import { readConfig } from '../config.ts';
import { createHandler } from './create-handler.ts';

/** Milliseconds that the runtime has to report the last batch: Lambda grants 300 in all after SIGTERM. */
const TIME_TO_REPORT = 150;

const { backend, logLevel, retries, quarantineMaxShare, failureMode, deadlineMarginMs } = readConfig(
  process.env,
);
const container = compose(
  backendModule(backend),
  systemModule(
    { level: logLevel, stream: process.stdout, readable: process.stdout.isTTY },
    retries,
    quarantineMaxShare,
  ),
);
const stopping = new AbortController();
const handle = createHandler(streamWorker(container), {
  failureMode,
  deadlineMarginMs,
  table: backend.kind === 'aws' ? backend.table : undefined,
  stop: stopping.signal,
});
let underWay: Promise<unknown> | undefined;

/** The function that Lambda calls. Built once an instance, from the environment. */
export const handler: typeof handle = async (event, context) => {
  const batch = handle(event, context);
  underWay = batch;
  try {
    return await batch;
  } finally {
    underWay = undefined;
  }
};

// Lambda sends this to functions with an extension before it takes an instance away. The batch that is under way is
// reported: as failed, as far as it is not done.
process.once('SIGTERM', () => {
  stopping.abort();
  // `process.exit` would wait for the runtime's thread that waits for the next invocation. This listener is gone by
  // now, so the signal does what it does by itself.
  const exit = () => process.kill(process.pid, 'SIGTERM');
  const close = () => void container.unbindAllAsync().finally(exit);
  if (underWay === undefined) close();
  else void underWay.catch(() => undefined).then(() => setTimeout(close, TIME_TO_REPORT));
});
