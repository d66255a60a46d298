/** Operands and operators that a filter may have (src/filter.cpp:889). */
const MAX_OPERATIONS = 100;

/**
 * The ids that a filter matches; `all` where it is every document, a text where it is refused. Only filters by id are known
 * (src/filter.cpp:428-500): `id:a`, `id:=a`, `id:[a,b]`, and several of them with `||`.
 */
export function idsIn(filter: string): ReadonlySet<string> | 'all' | { readonly problem: string } {
  const operands = splitAt(filter, '||');
  if (operands.length * 2 - 1 > MAX_OPERATIONS)
    return {
      problem: `\`filter_by\` has too many operations. Maximum allowed: ${MAX_OPERATIONS}. Use \`--filter-by-max-ops\` command line argument to customize this value.`,
    };
  const ids = new Set<string>();
  for (const operand of operands) {
    const [, value] = /^\s*id\s*:\s*=?\s*(.+)$/s.exec(operand) ?? [];
    if (value === undefined) return { problem: 'Could not parse the filter query.' };
    const list = /^\[(.*)\]$/s.exec(value.trim())?.[1];
    const values = list === undefined ? splitToValues(value).slice(0, 1) : splitToValues(list);
    // Also inside back-ticks, which are gone by now.
    if (values.includes('*')) return 'all';
    for (const id of values) ids.add(id);
  }
  return ids;
}

/** Values between commas. Back-ticks hold a comma together, and none can be inside (src/string_utils.cpp:146). */
function splitToValues(text: string): string[] {
  return splitAt(text, ',')
    .map((value) => value.replaceAll(/(?<!\\)`/g, '').trim())
    .filter((value) => value !== '');
}

function splitAt(text: string, separator: string): string[] {
  const parts: string[] = [];
  let isTicked = false;
  let start = 0;
  for (let at = 0; at < text.length; at++) {
    if (text[at] === '`' && text[at - 1] !== '\\') isTicked = !isTicked;
    if (isTicked || !text.startsWith(separator, at)) continue;
    parts.push(text.slice(start, at));
    start = at + separator.length;
  }
  return [...parts, text.slice(start)];
}
