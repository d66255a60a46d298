/** Shorter measurements would show the clock's grain and single collections of garbage. */
const LEAST_MS = 150;

/** Milliseconds that this process's threads have been on the processor while `work` ran, garbage collection included. */
export async function processorMs(work: () => Promise<unknown>): Promise<number> {
  const before = process.cpuUsage();
  await work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000;
}

/** Microseconds of processor time a record, of work that is repeated until it has taken long enough to tell. */
export async function microsecondsPerRecord(
  records: number,
  work: () => unknown,
  leastMs = LEAST_MS,
): Promise<number> {
  let rounds = 0;
  const before = process.cpuUsage();
  for (;;) {
    await work();
    rounds++;
    const { user, system } = process.cpuUsage(before);
    if (user + system >= leastMs * 1000) return (user + system) / (rounds * records);
  }
}
