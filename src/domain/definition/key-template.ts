import { kindOf } from '../plain-value.ts';
import { repeatedIn } from './problems.ts';

/** The parts of a key; or what is wrong with a key that begins like one of the template's; undefined for other keys. */
export type KeyMatch = { readonly parts: readonly string[] } | { readonly malformed: string } | undefined;

/**
 * The shape of one key: literals and `<named>` parts, such as `ORDER#<order>`. A part may hold any characters, `#`
 * included, and at least one; it ends where the next literal first occurs, and the last part takes the rest.
 */
export class KeyTemplate {
  readonly text: string;
  /** What every key of this shape begins with; the whole key where there are no parts. */
  readonly prefix: string;
  /** Whether there are no parts. */
  readonly fixed: boolean;
  /** The names of the parts, in order. */
  readonly names: readonly string[];
  /** What stands before, between and after the parts: one more than there are names. */
  readonly literals: readonly string[];

  constructor(text: string) {
    this.text = text;
    const pieces = text.split(/<(\w+)>/);
    this.literals = pieces.filter((_, index) => index % 2 === 0);
    this.names = pieces.filter((_, index) => index % 2 === 1);
    this.prefix = this.literals[0] ?? '';
    this.fixed = this.names.length === 0;
  }

  match(key: string): KeyMatch {
    if (this.fixed) return key === this.text ? { parts: [] } : undefined;
    if (!key.startsWith(this.prefix)) return undefined;
    // As long as it will be: what is pushed to keeps room for more, and rows keep their parts.
    const parts = this.names.slice();
    let from = this.prefix.length;
    for (let index = 0; index < this.names.length; index++) {
      const next = this.literals[index + 1] ?? '';
      const last = index === this.names.length - 1;
      const to = last ? key.length - next.length : key.indexOf(next, from + 1);
      if (to <= from || !key.startsWith(next, to))
        return { malformed: `has no ${this.names[index]}; expected ${this.text}` };
      const part = key.slice(from, to);
      if (!part.isWellFormed()) return { malformed: 'is not well-formed Unicode' };
      parts[index] = part;
      from = to + next.length;
    }
    return { parts };
  }

  /** The key that these parts make, in the order of the names. */
  render(parts: readonly string[]): string {
    let key = this.prefix;
    for (const [index, part] of parts.entries()) key += part + (this.literals[index + 1] ?? '');
    return key;
  }

  /**
   * Why the parts have no key of their own: the key that they make could be made of others, or none can be. Undefined
   * when they have one.
   */
  unsuitable(parts: readonly string[]): string | undefined {
    const empty = this.names.find((_, index) => (parts[index] ?? '') === '');
    if (empty !== undefined) return `its ${empty} is empty`;
    if (!parts.every((part) => part.isWellFormed())) return 'a part of it is not well-formed Unicode';
    return this.#isReadableTwice(parts)
      ? `its ${this.names.join(' and ')}, joined as in ${this.text}, could be another's`
      : undefined;
  }

  /** Whether a literal between two parts stands at another place too, so that the key could be split differently. */
  #isReadableTwice(parts: readonly string[]): boolean {
    const key = this.render(parts);
    // The first and the last place where each literal can stand: the key is read in one way only if they are the same.
    let first = this.prefix.length;
    for (const [index, part] of parts.entries()) {
      if (index === parts.length - 1) break;
      const found = key.indexOf(this.literals[index + 1] ?? '', first + 1);
      if (found !== first + part.length) return true;
      first = found + (this.literals[index + 1] ?? '').length;
    }
    let last = key.length - (this.literals.at(-1) ?? '').length;
    for (let index = parts.length - 1; index > 0; index--) {
      const literal = this.literals[index] ?? '';
      const found = key.lastIndexOf(literal, last - 1 - literal.length);
      if (found !== last - (parts[index] ?? '').length - literal.length) return true;
      last = found;
    }
    return false;
  }
}

/** What is wrong with a template's text; undefined when nothing is. */
export function templateProblem(text: unknown): string | undefined {
  if (typeof text !== 'string') return `must be a string, and is ${kindOf(text)}`;
  if (text === '') return 'is empty';
  if (!text.isWellFormed()) return 'is not well-formed Unicode';
  const { literals, names } = new KeyTemplate(text);
  if (literals.some((literal) => /[<>]/.test(literal)))
    return 'has a < or > that belongs to no part: a part is written <name>, its name of letters, digits and _';
  if (literals.slice(1, -1).includes(''))
    return 'has two parts with nothing between them, so that nobody could tell where the first ends';
  if (names.includes('__proto__')) return 'names a part __proto__';
  const repeated = repeatedIn(names);
  return repeated === undefined ? undefined : `names the part <${repeated}> twice`;
}
