/** What is done before a series: V8 has compiled what it will. */
export interface WarmUp {
  /** At least so many batches. */
  readonly batches: number;
  /** Then more, until so many records are handled: small batches need more of them than large ones … */
  readonly records: number;
  /** … or so much time has passed, as some take very long. */
  readonly milliseconds: number;
}

/**
 * Warms up, collects garbage so that none of before is in a figure, and warms up again: a collection that is asked for throws away
 * what V8 has compiled, and the ten batches of a thousand that follow take twice the processor time.
 *
 * @param run handles a batch, and says how many records it had.
 */
export async function warmUp(
  plan: WarmUp,
  run: () => Promise<{ readonly records: number }>,
  collect = (globalThis as { gc?: () => void }).gc,
): Promise<void> {
  await handleBatches(plan, run);
  collect?.();
  await handleBatches(plan, run);
}

async function handleBatches(
  { batches, records, milliseconds }: WarmUp,
  run: () => Promise<{ readonly records: number }>,
): Promise<void> {
  const started = performance.now();
  let handled = 0;
  for (let n = 0; n < batches || (handled < records && performance.now() - started < milliseconds); n++)
    handled += (await run()).records;
}
