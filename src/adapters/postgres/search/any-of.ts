/** A phrase, also without its end, or a word; `-` before it says what must not be there. */
const PART = /-?"[^"]*(?:"|$)|[^\s"]+/g;

/**
 * A text for `websearch_to_tsquery` that finds what has any of a text's words and phrases, and nothing of what it says must not be there.
 *
 * @param text as `websearch_to_tsquery` reads it.
 */
export function anyOf(text: string): string {
  const parts = (text.match(PART) ?? []).filter((part) => part.toLowerCase() !== 'or');
  const absent = parts.filter((part) => part.startsWith('-'));
  const wanted = parts.filter((part) => !part.startsWith('-'));
  // `or` binds less than what stands side by side.
  return wanted.length === 0
    ? absent.join(' ')
    : wanted.map((part) => [part, ...absent].join(' ')).join(' or ');
}
