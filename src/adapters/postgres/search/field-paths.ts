import { storedText } from '../values/text.ts';

/** Where the members of lists and sets, and all other single values, are: after the path to a field. */
const SINGLES = ['[*] ? (@.type() != "object" && @.type() != "array")', '.SS[*]', '.NS[*]', '.BS[*]', '.B'];

/**
 * Paths to all single values of a field, as `jsonb` holds them: a list of texts, as JSON.
 *
 * @param field a name, or names of maps and of what is in them: `address.city`. Lists of maps are gone through.
 * @param condition what they must be, if anything, as a filter of jsonpath.
 */
export function pathsTo(field: string, condition?: string): string {
  const names = field.split('.').map((name) => JSON.stringify(storedText(name)));
  const filter = condition === undefined ? '' : ` ? (${condition})`;
  return JSON.stringify(SINGLES.map((single) => `lax $.${names.join('.')}${single}${filter}`));
}
