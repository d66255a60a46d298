/** CloudWatch keeps what it is told by the minute. */
const MINUTE_MS = 60_000;

/** Does something every minute, which keeps no process up, and, when it ends, once more. */
export function everyMinute(act: () => void): { readonly end: () => void } {
  const timer = setInterval(act, MINUTE_MS);
  timer.unref();
  return {
    end: () => {
      clearInterval(timer);
      act();
    },
  };
}
