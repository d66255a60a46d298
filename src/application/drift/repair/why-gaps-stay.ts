import type { VerifyFigures } from '../verify-report.ts';

/**
 * Why gaps stay open after a repair that was begun when they were noted already; undefined where it has healed what they left: everything was looked
 * at, and nothing differs any more.
 *
 * @param only the derivations that alone were looked at; none for all.
 */
export function whyGapsStay(
  figures: Pick<
    VerifyFigures,
    'findings' | 'mended' | 'undecided' | 'refused' | 'uncompared' | 'derivations' | 'sample'
  >,
  only: readonly string[],
  isStopped: boolean,
): string | undefined {
  const { findings, mended, undecided, refused, uncompared, sample } = figures;
  if (isStopped) return 'the repair was stopped before its end';
  if (sample !== undefined) return 'only a sample was looked at: leave --sample out';
  if (only.length > 0) return 'only some derivations were looked at: leave --only out';
  if (findings > mended) return 'drift is left';
  if (undecided > 0) return 'of some items it could not be told whether they are right';
  if (refused > 0) return 'the definition refuses some rows';
  if (uncompared.size > 0)
    return `not everything could be compared: ${[...uncompared.keys()].join('; ')}. Once you know that it is right, close them: contrail gaps --close-before`;
  return undefined;
}
