import type { TimeLimit } from './time-limit.ts';

/**
 * Does work that many take part in, each with a time limit of its own, which is up when the whole is: a signal that too
 * many listen to is taken for a leak by Node.js, with a warning.
 *
 * @param work is given what makes a limit for one of them.
 */
export async function withOwnLimits<T>(
  { signal, remaining }: TimeLimit,
  work: (ownLimit: () => TimeLimit) => Promise<T>,
): Promise<T> {
  const controllers: AbortController[] = [];
  const abortAll = () => {
    for (const controller of controllers) controller.abort();
  };
  signal.addEventListener('abort', abortAll);
  try {
    return await work(() => {
      const controller = new AbortController();
      if (signal.aborted) controller.abort();
      controllers.push(controller);
      return { signal: controller.signal, remaining };
    });
  } finally {
    signal.removeEventListener('abort', abortAll);
  }
}
