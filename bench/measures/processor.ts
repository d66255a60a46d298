/**
 * Microseconds of processor time per record, of work that is repeated for `leastMs`: in less, single collections of
 * garbage would show.
 */
export async function microsecondsPerRecord(
  records: number,
  work: () => unknown,
  leastMs: number,
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
