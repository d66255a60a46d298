import type { SearchAnswer, SearchHit } from '../../../adapters/embedded-search/searchable-collection.ts';
import { printable } from '../../../adapters/json/excerpt.ts';
import { toJson } from '../../../domain/json.ts';
import type { Value } from '../../../domain/value.ts';

/** Where nobody says how wide it is. */
const WIDTH = 100;
/** Of one column. */
const WIDEST = 32;
const GAP = '  ';

/** A line for each document, and one with what was found. What a terminal would take for a command is escaped. */
export function* jsonLines({ found, of, hits, facets }: SearchAnswer): Generator<string> {
  for (const { score, fields } of hits)
    yield `${printable(`{"score":${score},"document":${toJson(fields)}}`)}\n`;
  yield `${printable(JSON.stringify({ found, of, facets }))}\n`;
}

/**
 * A table of documents, the facets, and how many there are. What documents say reaches no terminal as it is: controls are
 * written as escapes.
 *
 * @param show the fields to show; unless given, as many as there is room for.
 * @param width of the terminal, in characters.
 */
export function* textReport(
  { found, of, hits, facets }: SearchAnswer,
  show: readonly string[] | undefined,
  width = WIDTH,
): Generator<string> {
  yield* table(hits, show, width);
  for (const { field, values, distinct } of facets) {
    yield `${hits.length > 0 ? '\n' : ''}${printable(field)}: ${plural(distinct, 'value')}\n`;
    for (const { value, count } of values)
      yield `  ${cell(value, WIDEST).padEnd(WIDEST)}${GAP}${count.toLocaleString('en')}\n`;
    if (distinct > values.length) yield `  … and ${(distinct - values.length).toLocaleString('en')} more\n`;
  }
  if (hits.length + facets.length > 0) yield '\n';
  const shown = found > hits.length ? `, ${hits.length.toLocaleString('en')} shown` : '';
  yield `${found.toLocaleString('en')} of ${plural(of, 'document')} found${shown}\n`;
}

function* table(
  hits: readonly SearchHit[],
  show: readonly string[] | undefined,
  width: number,
): Generator<string> {
  if (hits.length === 0) return;
  const names = ['id', ...(show ?? new Set(hits.flatMap(({ fields }) => Object.keys(fields))))];
  let left = width;
  const columns: { readonly cells: readonly string[]; readonly width: number }[] = [];
  for (const name of new Set(names)) {
    const cells = [name, ...hits.map(({ fields }) => textOf(fields[name]))].map((text) => cell(text, WIDEST));
    const column = { cells, width: Math.max(...cells.map(lengthOf)) };
    // Those that are asked for are shown, room or not.
    if (columns.length > 0 && show === undefined && column.width > left) break;
    left -= column.width + GAP.length;
    columns.push(column);
  }
  for (let row = 0; row <= hits.length; row++)
    yield `${columns
      .map(({ cells, width: wide }) => (cells[row] ?? '') + ' '.repeat(wide - lengthOf(cells[row] ?? '')))
      .join(GAP)
      .trimEnd()}\n`;
}

function textOf(value: Value | undefined): string {
  if (value === undefined) return '';
  return typeof value === 'string' ? value : toJson(value);
}

/** A text on one line, no longer than so many characters. */
function cell(text: string, longest: number): string {
  const characters = Array.from(printable(text.slice(0, 4 * longest)));
  return characters.length > longest ? `${characters.slice(0, longest - 1).join('')}…` : characters.join('');
}

function lengthOf(text: string): number {
  return Array.from(text).length;
}

function plural(count: number, one: string): string {
  return `${count.toLocaleString('en')} ${one}${count === 1 ? '' : 's'}`;
}
