/** Does work that may break off when it is stopped. @throws all that it fails by otherwise, also when it is stopped by then. */
export async function untilStopped(stop: AbortSignal, work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    if (!stop.aborted || error !== stop.reason) throw error;
  }
}
