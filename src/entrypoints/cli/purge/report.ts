import type { PurgeFigures } from '../../../application/purge/purge.ts';

export function purgeReport(
  form: 'text' | 'json',
  name: string,
  { is, states, documents, counts, pointers, rows, scanned, left, isStopped }: PurgeFigures,
  isDryRun: boolean,
): string {
  const removed = { states, documents, counts, pointers, rows };
  if (form === 'json')
    return `${JSON.stringify({
      ...{ name, kind: is, ...removed, scanned, left: Object.fromEntries(left) },
      ...{ dryRun: isDryRun, stopped: isStopped },
    })}\n`;
  const parts = {
    'noted rows': states,
    documents,
    'amounts counted': counts,
    pointers,
    'derived rows': rows,
  };
  const named = Object.entries(parts).flatMap(([what, number]) =>
    number === 0 ? [] : [`${what} ${number.toLocaleString('en')}`],
  );
  return `${[
    `${isDryRun ? 'would remove' : 'removed'}: ${named.join(', ') || 'nothing'}`,
    ...Array.from(left, ([what, number]) => `left: ${number.toLocaleString('en')} ${what}`),
    endLine(name, isDryRun, isStopped, left.size > 0),
  ].join('\n')}\n`;
}

function endLine(name: string, isDryRun: boolean, isStopped: boolean, isLeft: boolean): string {
  if (isDryRun)
    return isStopped
      ? 'stopped before the end; nothing was removed'
      : `nothing was removed: contrail purge ${name} --yes removes it`;
  if (isStopped) return 'stopped: the same command goes on from here';
  return isLeft ? 'done, but for what is left' : 'done: nothing is left';
}
