/** The parts of a key; or what is wrong with a key that begins like one of the template's; undefined for other keys. */
export type KeyMatch = { readonly parts: readonly string[] } | { readonly malformed: string } | undefined;

/**
 * The shape of one key: literals and `<named>` parts, such as `IMG#<image_id>`. A part may hold any characters, `#`
 * included, and at least one; it ends where the next literal first occurs, and the last part takes the rest.
 */
export class KeyTemplate {
  readonly text: string;
  /** What every key of this shape begins with; the whole key where there are no parts. */
  readonly prefix: string;
  /** Whether there are no parts. */
  readonly fixed: boolean;
  readonly #names: readonly string[];
  readonly #literals: readonly string[];

  constructor(text: string) {
    this.text = text;
    const pieces = text.split(/<(\w+)>/);
    this.#literals = pieces.filter((_, index) => index % 2 === 0);
    this.#names = pieces.filter((_, index) => index % 2 === 1);
    this.prefix = this.#literals[0] ?? '';
    this.fixed = this.#names.length === 0;
  }

  match(key: string): KeyMatch {
    if (this.fixed) return key === this.text ? { parts: [] } : undefined;
    if (!key.startsWith(this.prefix)) return undefined;
    const parts: string[] = [];
    let from = this.prefix.length;
    for (let index = 0; index < this.#names.length; index++) {
      const next = this.#literals[index + 1] ?? '';
      const last = index === this.#names.length - 1;
      const to = last ? key.length - next.length : key.indexOf(next, from + 1);
      if (to <= from || !key.startsWith(next, to))
        return { malformed: `has no ${this.#names[index]}; expected ${this.text}` };
      const part = key.slice(from, to);
      if (!part.isWellFormed()) return { malformed: 'is not well-formed Unicode' };
      parts.push(part);
      from = to + next.length;
    }
    return { parts };
  }
}
