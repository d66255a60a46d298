/*
 * What a derived row says it is derived from. In the table of its source that is a derivation and a row; in another one the source's
 * table stands with the derivation, `copies@orders 4#…`, as several tables may derive into one under the same names.
 */

/**
 * @param own the table of the source rows, by its name or ARN.
 * @param table where the derived row is; undefined for the source's own.
 * @param origin as `originText` has it.
 */
export function storedOrigin(own: string, table: string | undefined, origin: string): string {
  if (table === undefined) return origin;
  const blank = origin.indexOf(' ');
  return `${origin.slice(0, blank)}@${nameOf(own)}${origin.slice(blank)}`;
}

/** As `originText` has it, where it is a row of this table; otherwise as it is stored, which is no row's. */
export function originIn(own: string, table: string | undefined, stored: string): string {
  if (table === undefined) return stored;
  const [, derivation, source, row] = /^([^@ ]*)@(\S*)( .*)$/s.exec(stored) ?? [];
  if (derivation === undefined || row === undefined) return `@${stored}`;
  return source === nameOf(own) ? derivation + row : stored;
}

function nameOf(table: string): string {
  return table.slice(table.lastIndexOf('/') + 1);
}
