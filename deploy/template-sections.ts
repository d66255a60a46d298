import type { Filter } from '../src/entrypoints/deployment/filters.ts';

/**
 * The template with these lines between the markers `# NAME:begin` and `# NAME:end`, as deep as they stand, whatever
 * was there.
 *
 * @throws Error when the template has not exactly one of each marker, in their order.
 */
export function withSection(template: string, name: string, content: readonly string[]): string {
  const lines = template.split('\n');
  const begin = onlyLine(lines, `# ${name}:begin`);
  const end = onlyLine(lines, `# ${name}:end`);
  if (end < begin) throw new Error(`the template has # ${name}:end before # ${name}:begin`);
  const indent = /^ */.exec(lines[begin] ?? '')?.[0] ?? '';
  const indented = content.map((line) => `${indent}${line}`);
  return [...lines.slice(0, begin + 1), ...indented, ...lines.slice(end)].join('\n');
}

/** The template without what only documents need: all between markers, and lines of texts that name their queues. */
export function withoutDocuments(template: string): string {
  let isWithin = false;
  const kept = template.split('\n').filter((line) => {
    const isEnd = line.trim() === '# documents:end';
    if (line.trim() === '# documents:begin') isWithin = true;
    const isKept = !isWithin && !isEnd && !/\$\{Search(?:Queue|DeadLetters)\./.test(line);
    if (isEnd) isWithin = false;
    return isKept;
  });
  return kept.join('\n');
}

/** The template with these filters between the markers for them. */
export function withFilters(template: string, filters: readonly Filter[]): string {
  const patterns = filters.map((filter) => `- Pattern: ${quoted(JSON.stringify(filter))}`);
  return withSection(template, 'filters', patterns);
}

/** A text as YAML has it, whatever is in it. */
export function quoted(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}

function onlyLine(lines: readonly string[], marker: string): number {
  const found = lines.flatMap((line, index) => (line.trim().startsWith(marker) ? [index] : []));
  const [index] = found;
  if (index === undefined || found.length > 1)
    throw new Error(`the template has ${found.length} lines that begin with ${marker}, expected one`);
  return index;
}
