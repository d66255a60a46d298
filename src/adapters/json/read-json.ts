import { parse } from 'lossless-json';
import { Decimal } from '../../domain/decimal.ts';

/**
 * JSON with every digit of its numbers: as Decimals. Names are properties of their own whatever they are called, and of
 * a name that stands twice the last one counts, as with `JSON.parse`.
 *
 * @throws what the parsers throw where it is none; their messages may cite the text.
 */
export function readJson(text: string): unknown {
  // Takes a third of the time of a parser that is not built in. Nearly all texts have short numbers only.
  return LONG_NUMBER.test(text) ? parse(text, undefined, LOSSLESS) : withDecimals(JSON.parse(text));
}

const LOSSLESS = {
  parseNumber: (digits: string) => Decimal.parse(digits),
  onDuplicateKey: ({ newValue }: { readonly newValue: unknown }) => newValue,
};

/** Numbers that JavaScript writes as they were read: those of few digits, without an exponent or a needless 0. */
const SHORT = /(?:0|-?[1-9]\d{0,14}|-?(?:0|[1-9]\d{0,8})\.\d{0,5}[1-9])/;

/** A number that is none of these. Texts may hold what looks like one, which does no harm. */
const LONG_NUMBER = new RegExp(`(?:^|"\\s*:|[,[])\\s*(?=[-\\d])(?!${SHORT.source}\\s*(?:[,\\]}]|$))`);

function withDecimals(value: unknown): unknown {
  if (typeof value === 'number') return Decimal.parse(String(value));
  if (typeof value !== 'object' || value === null) return value;
  const members = value as Record<string, unknown>;
  // An array of its names would be needed once for each object, and is half of the time.
  for (const name in members) {
    if (!Object.hasOwn(members, name)) continue;
    const member = members[name];
    // A property of its own is set, also where it is called `__proto__`.
    if (typeof member === 'number') members[name] = Decimal.parse(String(member));
    else if (typeof member === 'object') withDecimals(member);
  }
  return value;
}
