/** How many search actions a worker's queue has taken since the worker started, repeats not counted. */
export class SentActions {
  count = 0;
}
