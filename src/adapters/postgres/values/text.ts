/*
 * PostgreSQL stores neither U+0000 nor half a surrogate pair, in `text` or in `jsonb`. U+0001 stands before what stands for
 * them, and for itself: `U+0001 0` is U+0000, `U+0001 1` is U+0001, and `U+0001 d83d` the unit D83D. All other texts, so nearly
 * all, are as they are. No two texts share one, and by their bytes they stand in the order in which they stood.
 */

const MARK = '\u0001';
const SPECIAL = /[\u0000\u0001]|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g;
const MARKED = /\u0001(?:([01])|([0-9a-f]{4}))/g;

/** A text as PostgreSQL can hold it. */
export function storedText(text: string): string {
  if (!text.includes('\u0000') && !text.includes(MARK) && text.isWellFormed()) return text;
  return text.replaceAll(SPECIAL, (unit) => {
    const code = unit.charCodeAt(0);
    return MARK + code.toString(16);
  });
}

/** The text that is stored so. */
export function readText(stored: string): string {
  if (!stored.includes(MARK)) return stored;
  return stored.replaceAll(MARKED, (_, low: string | undefined, unit: string | undefined) =>
    String.fromCharCode(Number.parseInt(low ?? unit ?? '', 16)),
  );
}
