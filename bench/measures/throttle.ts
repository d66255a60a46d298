import type { ChildProcess } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';

/** Lambda's period, as far as others have measured it. */
const PERIOD_MS = 20;

/**
 * Gives a process a part of a core, as Lambda does: once it has taken that much processor time in a period, it stands still
 * until the next. On Linux only, where the system says how much each thread has taken.
 */
export function throttle(child: ChildProcess, share: number): void {
  const { pid } = child;
  if (pid === undefined) return;
  let periodEnds = performance.now() + PERIOD_MS;
  let budgetMs = share * PERIOD_MS;
  let taken = processorMsOf(pid);
  let isStopped = false;
  const check = () => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    const now = performance.now();
    const total = processorMsOf(pid);
    budgetMs -= total - taken;
    taken = total;
    while (now >= periodEnds) {
      periodEnds += PERIOD_MS;
      // What was not used is lost, and what was too much is owed.
      budgetMs = Math.min(budgetMs, 0) + share * PERIOD_MS;
    }
    if (budgetMs <= 0 !== isStopped) child.kill(isStopped ? 'SIGCONT' : 'SIGSTOP');
    isStopped = budgetMs <= 0;
    setImmediate(check);
  };
  check();
}

/** All of its threads. */
function processorMsOf(pid: number): number {
  let nanoseconds = 0;
  try {
    for (const thread of readdirSync(`/proc/${pid}/task`))
      nanoseconds += Number(readFileSync(`/proc/${pid}/task/${thread}/schedstat`, 'utf8').split(' ')[0]);
  } catch {
    // A thread, or the process, has just ended.
  }
  return nanoseconds / 1e6;
}
