/** Order by code unit: the same on every machine, whatever its locale. */
export function compareTexts(a: string, b: string): number {
  return Number(a > b) - Number(a < b);
}

/**
 * Order by UTF-8 bytes, that is by code point, as DynamoDB orders sort keys. Order by code unit is the same except for
 * surrogates, which stand for code points above all that a single unit can name.
 */
export function compareUtf8(a: string, b: string): number {
  const length = Math.min(a.length, b.length);
  for (let index = 0; index < length; index++) {
    const difference = rankOf(a.charCodeAt(index)) - rankOf(b.charCodeAt(index));
    if (difference !== 0) return difference;
  }
  return a.length - b.length;
}

/** The code unit, with surrogates (D800 to DFFF) moved behind all others. */
function rankOf(unit: number): number {
  if (unit < 0xd800) return unit;
  return unit < 0xe000 ? unit + 0x2000 : unit - 0x800;
}
