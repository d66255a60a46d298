/** What is done before a series: V8 has compiled what it will. */
export interface WarmUp {
  /** At least so many batches. */
  readonly batches: number;
  /** Then more, until so many records are handled: small batches need more of them than large ones … */
  readonly records: number;
  /** … or so much time has passed, as some take very long. */
  readonly milliseconds: number;
}

/** @param run handles a batch, and says how many records it had. */
export async function warmUp(
  { batches, records, milliseconds }: WarmUp,
  run: () => Promise<{ readonly records: number }>,
): Promise<void> {
  const started = performance.now();
  let handled = 0;
  for (let n = 0; n < batches || (handled < records && performance.now() - started < milliseconds); n++)
    handled += (await run()).records;
}
