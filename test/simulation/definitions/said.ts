/** Something of a definition, and how one would write it down. */
export interface Said<T = unknown> {
  readonly value: T;
  readonly text: string;
}

/** What `JSON` can say. */
export function plain<T>(value: T): Said<T> {
  return { value, text: worded(value) };
}

function worded(value: unknown): string {
  if (typeof value === 'string') return `'${value}'`;
  if (Array.isArray(value)) return `[${value.map(worded).join(', ')}]`;
  if (typeof value !== 'object' || value === null) return String(value);
  return object(
    Object.fromEntries(
      Object.entries(value as Readonly<Record<string, unknown>>).map(([name, one]) => [
        name,
        { value: one, text: worded(one) },
      ]),
    ),
  ).text;
}

/** Members that are undefined are left out. */
export function object(members: Readonly<Record<string, Said | undefined>>): Said<Record<string, unknown>> {
  const value: Record<string, unknown> = {};
  const texts: string[] = [];
  for (const [name, said] of Object.entries(members)) {
    if (said === undefined) continue;
    value[name] = said.value;
    texts.push(`${/^\w+$/.test(name) ? name : JSON.stringify(name)}: ${said.text}`);
  }
  return { value, text: texts.length === 0 ? '{}' : `{ ${texts.join(', ')} }` };
}
