import { publishVerification } from '../../application/drift/publish-verification.ts';
import type { Verify } from '../../application/drift/verify.ts';
import type { VerifyOptions } from '../../application/drift/verify-parts.ts';
import type { VerifyFigures } from '../../application/drift/verify-report.ts';
import type { Logger } from '../../application/ports/logger.ts';
import type { Metrics } from '../../application/ports/metrics.ts';
import type { TimeLimit } from '../../application/time-limit.ts';
import { Fault } from '../../domain/fault.ts';

/** What compares all that is derived, and says what came of it. */
export interface Verifier {
  readonly verify: Pick<Verify, 'execute'>;
  readonly metrics: Metrics;
  readonly logger: Logger;
}

/** What a function says that has compared everything. */
export interface Verification {
  readonly rows: number;
  readonly drift: number;
  readonly undecided: number;
  readonly refused: number;
}

/** So many items of each sort the log names. */
const MOST_LOGGED = 100;

/**
 * Compares all that is derived with the table's rows, within a time limit, logs what differs, and publishes the result's metrics.
 *
 * @throws Fault `transient` when the time runs out before the end: what was found by then is logged and published, but no verification.
 */
export async function verifyTable(
  { verify, metrics, logger }: Verifier,
  options: VerifyOptions,
  { signal }: TimeLimit,
): Promise<Verification> {
  let figures: VerifyFigures | undefined;
  const logged = { drift: 0, undecided: 0, refused: 0 };
  const log = (what: keyof typeof logged, fields: Readonly<Record<string, unknown>>) => {
    if (++logged[what] <= MOST_LOGGED) logger.log(what === 'drift' ? 'error' : 'warn', what, fields);
  };
  try {
    await verify.execute(
      options,
      {
        onFinding: ({ drift, derivation, item }) => log('drift', { kind: drift, derivation, item }),
        onUndecided: (item, reason) => log('undecided', { item, reason }),
        onRefused: ({ partition, sort }, reason) => log('refused', { pk: partition, sk: sort, reason }),
      },
      signal,
      (begun) => {
        figures = begun;
      },
    );
  } catch (error) {
    if (!signal.aborted) throw error;
  }
  if (figures === undefined || signal.aborted) {
    if (figures !== undefined) publishVerification(metrics, figures, true);
    throw new Fault(
      'transient',
      `the function's time ran out after ${figures?.rows ?? 0} rows, before all was compared: give it more (VerifyMemory gives it ` +
        'more of a processor), or run contrail verify on a schedule in a container, where there is no limit',
    );
  }
  publishVerification(metrics, figures, false);
  const { rows, findings: drift, undecided, refused, derivations, uncompared } = figures;
  logger.log('info', 'verified', {
    ...{ rows, drift, undecided, refused, derivations: Object.fromEntries(derivations) },
    ...(uncompared.size > 0 && { uncompared: Object.fromEntries(uncompared) }),
  });
  return { rows, drift, undecided, refused };
}
