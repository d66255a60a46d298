import type { Logger } from '../../../application/ports/logger.ts';
import type { HandleRecords } from '../../../application/read-stream/handle-records.ts';
import { Fault } from '../../../domain/fault.ts';

/**
 * Has what a batch sent to the search queue brought into the index after it, beside the batches that follow: once for all that end
 * meanwhile. What fails stays in the queue, and is tried with the next batch.
 *
 * @param drain resolves to the faults of what was refused for good, if to anything.
 */
export function draining(handle: HandleRecords, drain: () => unknown, logger: Logger): HandleRecords {
  let isDraining = false;
  let isAsked = false;
  const drainAll = async () => {
    isAsked = true;
    if (isDraining) return;
    isDraining = true;
    try {
      while (isAsked) {
        isAsked = false;
        const refused = await drain();
        if (Array.isArray(refused))
          for (const fault of refused as unknown[])
            if (Fault.is(fault)) logger.log('error', 'a document was refused for good', { error: fault });
      }
    } catch (error) {
      logger.log('warn', 'documents could not be indexed', { error });
    } finally {
      isDraining = false;
    }
  };
  return async (records, limit) => {
    const results = await handle(records, limit);
    void drainAll();
    return results;
  };
}
