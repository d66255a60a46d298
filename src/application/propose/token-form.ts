/* What a piece of a key looks like by itself. */

const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
const DAY = /^(?:19|20)\d\d-(?:0[1-9]|1[0-2])(?:-(?:0[1-9]|[12]\d|3[01]))?$/;
const MOMENT =
  /^(?:19|20)\d\d-?[01]\d-?[0-3]\d[T ][0-2]\d:?[0-5]\d(?::?[0-5]\d(?:\.\d+)?)?(?:Z|[+-]\d\d:?\d\d)?$/;
/** A word that a programmer has written: letters, and what joins them; perhaps a version behind it. */
const WORD = /^[$@_.!*+-]*[A-Za-z][A-Za-z_.$ -]*(?:_?[vV]?\d{1,2})?$/;
const LONGEST_LABEL = 48;
/** A word and a mark that ends it: `id_` of `id_17`. */
const PREFIX = /^[$@]?[A-Za-z][A-Za-z$]*[_\-.=:@#](?=.)/;

/** Whether a piece may stand in a template as it is: a template has no other `<` and `>` than those of parts. */
export function canBeLiteral(token: string): boolean {
  return !/[<>]/.test(token) && token.isWellFormed();
}

/** Whether it looks like what a programmer writes into every key of a kind, and not like data. */
export function isLabel(token: string): boolean {
  return token.length <= LONGEST_LABEL && WORD.test(token) && !UUID.test(token);
}

/** Whether it is the version of a layout, which names no data behind it: `v3`. */
export function isVersion(token: string): boolean {
  return /^v(?:er(?:sion)?)?[._]?\d+$/i.test(token);
}

/** The word before data in one piece; empty where there is none. */
export function prefixOf(token: string): string {
  const [prefix = ''] = PREFIX.exec(token) ?? [];
  return isMoment(token) || UUID.test(token) ? '' : prefix;
}

export function isMoment(token: string): boolean {
  return MOMENT.test(token);
}

/** What all of these are, where it is something that has a name of its own. */
export function formOf(tokens: readonly string[]): 'date' | 'time' | 'id' | undefined {
  if (tokens.length === 0) return undefined;
  if (tokens.every((token) => DAY.test(token))) return 'date';
  if (tokens.every((token) => MOMENT.test(token))) return 'time';
  return tokens.every((token) => UUID.test(token)) ? 'id' : undefined;
}

/** Whether two words are written in the same case: `ORDER` and `ITEM`, but not `ORDER` and `anna`. */
export function isSameCase(one: string, other: string): boolean {
  return caseOf(one) === caseOf(other);
}

function caseOf(word: string): string {
  if (word === word.toUpperCase()) return 'upper';
  return word === word.toLowerCase() ? 'lower' : 'mixed';
}
