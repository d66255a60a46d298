import type { Metrics } from '../ports/metrics.ts';
import type { VerifyFigures } from './verify-report.ts';

/**
 * Publishes what came of a comparison. One that was stopped publishes only the drift that it has found: that it has found none would end an alarm,
 * and says nothing of what it did not look at.
 */
export function publishVerification(
  metrics: Pick<Metrics, 'add' | 'flush'>,
  { findings, mended, undecided, refused }: VerifyFigures,
  isStopped: boolean,
): void {
  const left = findings - mended;
  if (isStopped && left === 0) return;
  metrics.add('Drift', left);
  metrics.add('Undecided', undecided + refused);
  if (!isStopped) metrics.add('Verifications', 1);
  metrics.flush();
}
