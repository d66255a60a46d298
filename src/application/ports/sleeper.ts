/** Waits. */
export abstract class Sleeper {
  /** Resolves after the milliseconds, or as soon as the signal is aborted. Never rejects. */
  abstract sleep(milliseconds: number, signal: AbortSignal): Promise<void>;
}
