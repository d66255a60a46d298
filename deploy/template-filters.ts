import type { Filter } from './filters.ts';

const BEGIN = '# filters:begin';
const END = '# filters:end';

/**
 * The template with these filters between its two markers, whatever was there.
 *
 * @throws Error when the template has not exactly one of each marker, in their order.
 */
export function withFilters(template: string, filters: readonly Filter[]): string {
  const lines = template.split('\n');
  const begin = onlyLine(lines, BEGIN);
  const end = onlyLine(lines, END);
  if (end < begin) throw new Error(`the template has ${END} before ${BEGIN}`);
  const indent = /^ */.exec(lines[begin] ?? '')?.[0] ?? '';
  const patterns = filters.map(
    (filter) => `${indent}- Pattern: '${JSON.stringify(filter).replaceAll("'", "''")}'`,
  );
  return [...lines.slice(0, begin + 1), ...patterns, ...lines.slice(end)].join('\n');
}

function onlyLine(lines: readonly string[], marker: string): number {
  const found = lines.flatMap((line, index) => (line.trim().startsWith(marker) ? [index] : []));
  const [index] = found;
  if (index === undefined || found.length > 1)
    throw new Error(`the template has ${found.length} lines that begin with ${marker}, expected one`);
  return index;
}
