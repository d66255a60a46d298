import type { Delivery } from '../../../../src/application/delivery.ts';
import {
  type BatchDependencies,
  type BatchResult,
  ProcessBatch,
} from '../../../../src/application/process-batch.ts';
import { Metrics } from '../../../../src/application/ports/metrics.ts';
import { NO_TALLIES } from '../../../../src/application/tallies.ts';
import type { TimeLimit } from '../../../../src/application/time-limit.ts';

type HandleOne = (delivery: Delivery) => Promise<BatchResult>;

/** A worker that knows no batch: it handles records one by one, in the way of `handleAll`, and reports on all of them. */
export function eachByItself(
  deps: BatchDependencies,
  handleAll: (deliveries: readonly Delivery[], handleOne: HandleOne) => Promise<readonly BatchResult[]>,
): Pick<ProcessBatch, 'execute'> {
  const { metrics } = deps;
  const single = new ProcessBatch({
    ...deps,
    metrics: new (class extends Metrics {
      override readonly add = metrics.add.bind(metrics);
      override readonly request = metrics.request.bind(metrics);
      override flush() {
        // Goes out with the whole batch.
      }
    })(),
  });
  return {
    async execute(deliveries: readonly Delivery[], limit?: TimeLimit) {
      const results = await handleAll(deliveries, (delivery) => single.execute([delivery], limit));
      metrics.flush();
      return {
        outcomes: results.flatMap(({ outcomes }) => outcomes),
        ...NO_TALLIES,
      };
    },
  };
}
