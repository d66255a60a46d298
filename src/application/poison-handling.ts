import type { Delivery, Outcome } from './delivery.ts';
import type { RecordState } from './record-state.ts';
import type { TimeLimit } from './time-limit.ts';

/** What becomes of records that can never be handled, where they need not block. */
export interface PoisonHandling {
  /** To be called before anything of a batch is carried out: notes what is known of its records from earlier deliveries. */
  begin(deliveries: readonly Delivery[], states: RecordState[], limit: TimeLimit): Promise<PoisonOfBatch>;
}

/** The same for one batch. */
export interface PoisonOfBatch {
  /**
   * To be called once all that may be carried out has been: puts aside what can never be.
   *
   * @returns whether records that waited for that may go on.
   */
  execute(states: RecordState[], limit: TimeLimit): Promise<boolean>;

  /** To be called when it is known what becomes of the batch. */
  end(outcomes: readonly Outcome[], limit: TimeLimit): Promise<void>;
}
