import type { DriftKind, Finding } from './finding.ts';

/** What became of a finding that was to be mended. */
export interface Mending {
  readonly isMended: boolean;
  /** What was done; otherwise why the finding is left. */
  readonly what: string;
}

/** What a repair mends unless it is told: everything but what must not be there, which it would delete. */
export const USUALLY_MENDED: readonly DriftKind[] = ['missing', 'stale', 'wrong'];

/** Those of which what a derivation made of a row is to be mended: all or none of them, as it is mended as one. */
export function areToBeMended(
  findings: readonly Pick<Finding, 'drift'>[],
  kinds: readonly DriftKind[],
): boolean {
  const isNamed = ({ drift }: Pick<Finding, 'drift'>) => kinds.includes(drift);
  // To bring it into line would delete what is extra.
  const deletesUnasked = findings.some(({ drift }) => drift === 'extra') && !kinds.includes('extra');
  return findings.some(isNamed) && !deletesUnasked;
}

/** Why a finding is left whose kind was not named. */
export function notAskedFor({ drift }: Pick<Finding, 'drift'>, kinds: readonly DriftKind[]): string {
  return kinds.includes(drift)
    ? 'to mend it would delete what is extra beside it: name extra'
    : `${drift} is not among what is to be mended`;
}

/** What was done about a finding that is no more. */
export function whatWasDone({ drift, item }: Pick<Finding, 'drift' | 'item'>): string {
  const isExtra = drift === 'extra';
  if (item.startsWith('document ')) return isExtra ? 'deleted from the index' : 'sent to the index anew';
  if (item.startsWith('pointer ')) return isExtra ? 'removed' : 'decided on anew';
  if (item.startsWith('count ')) return 'set to what its states add up to';
  if (item.startsWith('what is counted')) return isExtra ? 'counted no more' : 'counted anew';
  return isExtra ? 'removed' : 'derived anew';
}
