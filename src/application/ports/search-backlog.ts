/** How much the search queue holds. */
export abstract class SearchBacklog {
  /**
   * About how many actions are on the queue, those among them that somebody is carrying out just now; dead letters are not. What was sent a minute ago or
   * longer, and is not carried out yet, is among them.
   *
   * @throws Fault when it cannot be told. Rejects once `signal` is aborted.
   */
  abstract waiting(signal?: AbortSignal): Promise<number>;
}
