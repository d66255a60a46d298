import { Metrics } from '../application/ports/metrics.ts';

/** For whoever asks for none. */
export class NoMetrics extends Metrics {
  override add(): void {
    /* nobody reads it */
  }

  override request(): void {
    /* nobody reads it */
  }

  override flush(): void {
    /* nobody reads it */
  }
}
