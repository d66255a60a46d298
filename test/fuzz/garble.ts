import type { Random } from '../../src/random/random.ts';
import type { Json } from './json.ts';

/** What JSON is made of, and what it must not hold. */
const CHARACTERS = [
  '"',
  '\\',
  '{',
  '}',
  '[',
  ']',
  ':',
  ',',
  '-',
  '+',
  '.',
  'e',
  'E',
  '0',
  '9',
  'n',
  't',
  'u',
  'S',
  'N',
];
const STRANGE = [
  ' ',
  '\n',
  '\0',
  '\ud800',
  '\udc00',
  'é',
  '\\u0000',
  '\\ud800',
  '1e999',
  '__proto__',
  'null',
];

/** Damages JSON text here and there: mostly it remains JSON of another meaning, at times it is none any more. */
function garbled(text: string, random: Random): string {
  let result = text;
  for (let edits = random.int(1, 4); edits > 0; edits--) {
    const at = random.int(0, result.length - 1);
    const before = result.slice(0, at);
    result = random.weighted<() => string>([
      [4, () => before + random.pick(CHARACTERS) + result.slice(at + 1)],
      [3, () => before + random.pick(CHARACTERS) + result.slice(at)],
      [2, () => before + random.pick(STRANGE) + result.slice(at)],
      [4, () => before + result.slice(at + random.int(1, 3))],
      [
        2,
        () =>
          before +
          String.fromCharCode(result.charCodeAt(at) ^ (1 << random.int(0, 6))) +
          result.slice(at + 1),
      ],
      [1, () => before + result.slice(at, at + 40) + result.slice(at)],
    ])();
  }
  return result;
}

/** The record that damaged text still means; undefined when a few attempts gave no JSON. */
export function garbledRecord(text: string, random: Random): Json | undefined {
  for (let attempt = 0; attempt < 6; attempt++)
    try {
      return JSON.parse(garbled(text, random)) as Json;
    } catch (error) {
      if (!(error instanceof SyntaxError)) throw error;
    }
  return undefined;
}
