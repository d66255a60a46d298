import type { Container } from 'inversify';

/** Milliseconds for the runtime to report the last batch, of the 300 that Lambda grants after SIGTERM. */
const TIME_TO_REPORT = 150;

/**
 * A handler that ends the process in good order when Lambda asks for that.
 *
 * @param make makes the handler; the signal is aborted when the process should stop.
 */
export function endingInOrder<Event, Context, Response>(
  container: Pick<Container, 'unbindAllAsync'>,
  make: (stop: AbortSignal) => (event: Event, context?: Context) => Promise<Response>,
): (event: Event, context?: Context) => Promise<Response> {
  const stopping = new AbortController();
  const handle = make(stopping.signal);
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
