import { KeyTemplate } from '../../domain/definition/key-template.ts';
import type { Pattern, PartRule } from '../../domain/definition/overlap.ts';
import type { KeyType } from '../../domain/key-value.ts';
import { isMoment } from './token-form.ts';

/** A piece of a key between two separators: always the same, or something that varies behind a word that does not. */
export type Token = { readonly constant: string } | { readonly prefix: string };

/** What the values of one attribute of a key have in common. What varies last may hold further separators. */
export interface KeyShape {
  /** Empty where there is one piece only. */
  readonly separator: string;
  readonly tokens: readonly Token[];
}

/** Characters that nothing but a key has. */
const SURE_SEPARATORS = ['#', '|', '~'];
/** In the order in which one is looked for in a key. */
const SEPARATORS = [...SURE_SEPARATORS, '/', ':', ';', ','];

/**
 * What a key is split at: of those that are sure the one that it has most often (`T#acme|invoice|17` has three pieces),
 * else the first that is not a part of what stands there.
 */
export function separatorOf(text: string): string {
  const [first, ...others] = SURE_SEPARATORS.map((separator) => ({
    separator,
    count: text.split(separator).length - 1,
  })).toSorted((a, b) => b.count - a.count);
  // Between two pieces alone, data may have one as well as the key.
  if (first !== undefined && first.count > Math.max(1, ...others.map(({ count }) => count)))
    return first.separator;
  return SEPARATORS.find((separator) => text.includes(separator) && !isWithinValue(text, separator)) ?? '';
}

/** A time has `:`, and so has an address, which has `/` too. */
function isWithinValue(text: string, separator: string): boolean {
  if (separator === ':') return isMoment(text) || text.includes('://');
  return separator === '/' && text.includes('://');
}

const OUTSIDE_OF_TIMES = /(?<![T ]\d\d|[T ]\d\d:\d\d):/;

export function tokensOf(text: string, type: KeyType): { separator: string; tokens: string[] } {
  const separator = type === 'S' ? separatorOf(text) : '';
  if (separator === '') return { separator, tokens: [text] };
  return { separator, tokens: text.split(separator === ':' ? OUTSIDE_OF_TIMES : separator) };
}

/** What stands before, between and after what varies: one more than there is of that. */
export function literalsOf({ separator, tokens }: KeyShape): string[] {
  const literals = [''];
  for (const [index, token] of tokens.entries()) {
    const before = index === 0 ? '' : separator;
    const fixed = 'constant' in token ? token.constant : token.prefix;
    literals.push(`${literals.pop() ?? ''}${before}${fixed}`);
    if (!('constant' in token)) literals.push('');
  }
  return literals;
}

export function variablesOf({ tokens }: KeyShape): number {
  return tokens.filter((token) => !('constant' in token)).length;
}

/** The template, with parts of these names. */
export function templateText(shape: KeyShape, names: readonly string[]): string {
  return literalsOf(shape)
    .map((literal, index) => (index < names.length ? `${literal}<${names[index] ?? ''}>` : literal))
    .join('');
}

/** Finds what varies in keys of a shape; undefined for keys of another. */
export function matcherOf(shape: KeyShape): (text: string) => readonly string[] | undefined {
  const count = variablesOf(shape);
  const template = new KeyTemplate(
    templateText(
      shape,
      Array.from({ length: count }, (_, at) => `p${at}`),
    ),
  );
  return (text) => {
    const match = template.match(text);
    return match !== undefined && 'parts' in match ? match.parts : undefined;
  };
}

export function patternOf(shape: KeyShape, rules: readonly PartRule[]): Pattern {
  return { literals: literalsOf(shape), rules };
}

/** The narrowest shape of which the keys of both are. */
export function generalised(one: KeyShape, other: KeyShape): KeyShape {
  if (one.separator !== other.separator) return ANYTHING;
  const { separator } = one;
  const [length, longest] = [one.tokens.length, other.tokens.length].toSorted((a, b) => a - b);
  const tokens: Token[] = [];
  for (let index = 0; index < (length ?? 0); index++) {
    const [a, b] = [one.tokens[index], other.tokens[index]];
    const token = common(a, b);
    // A part is never empty, and the last takes what follows, separators and all.
    const isEmpty = (isEmptyToken(a) || isEmptyToken(b)) && !isEmptyToken(token);
    const goesOn = index + 1 < (length ?? 0) || length === longest;
    if (isEmpty && index + 1 === longest) return ANYTHING;
    if (isEmpty || !goesOn) return { separator, tokens: [...tokens, varying(token)] };
    tokens.push(token);
  }
  return { separator, tokens };
}

const ANYTHING: KeyShape = { separator: '', tokens: [{ prefix: '' }] };

function isEmptyToken(token: Token | undefined): boolean {
  return token !== undefined && 'constant' in token && token.constant === '';
}

function varying(token: Token): Token {
  return 'constant' in token ? { prefix: '' } : token;
}

function common(one: Token | undefined, other: Token | undefined): Token {
  if (one === undefined || other === undefined) return { prefix: '' };
  if ('constant' in one && 'constant' in other && one.constant === other.constant) return one;
  if ('prefix' in one && 'prefix' in other && one.prefix === other.prefix) return one;
  return { prefix: '' };
}
