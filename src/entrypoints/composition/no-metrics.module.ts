import { ContainerModule } from 'inversify';
import { Metrics } from '../../application/ports/metrics.ts';
import { NoMetrics } from '../no-metrics.ts';

/** For commands whose standard output is the report's. */
export const noMetricsModule = new ContainerModule(({ rebind }) => {
  void rebind(Metrics).toConstantValue(new NoMetrics());
});
