import type { VerifyFigures } from '../../../application/drift/verify-report.ts';

/** What a terminal is told of a comparison. */
export const VERIFY_FORMAT =
  'verifying {rows} rows | {suspects} suspects | drift {drift} | {duration_formatted}';

/** Its figures now. */
export function verifyFigures(figures: VerifyFigures | undefined) {
  const { rows = 0, suspects = 0, findings = 0 } = figures ?? {};
  return {
    rows: rows.toLocaleString('en'),
    suspects: suspects.toLocaleString('en'),
    drift: findings.toLocaleString('en'),
  };
}
