/**
 * A key template, read by a regular expression: a part takes at least one character and ends where what follows it first
 * occurs; the last one takes the rest.
 */
export class KeyPattern {
  readonly names: readonly string[];
  readonly #template: string;
  readonly #shape: RegExp;
  /** Parts end where what follows them last occurs. */
  readonly #lastShape: RegExp;

  constructor(template: string) {
    this.#template = template;
    const [prefix = '', ...pieces] = template.split(/<(\w+)>/);
    this.names = pieces.filter((_, index) => index % 2 === 0);
    let shape = escaped(prefix);
    let lastShape = shape;
    for (let index = 0; index < pieces.length; index += 2) {
      const next = escaped(pieces[index + 1] ?? '');
      shape += `${index + 2 < pieces.length ? `(.(?:(?!${next}).)*)` : '(.+)'}${next}`;
      lastShape += `(.+)${next}`;
    }
    this.#shape = new RegExp(`^${shape}$`, 's');
    this.#lastShape = new RegExp(`^${lastShape}$`, 's');
  }

  /** The parts of a key, in the order of their names; undefined where the key is not of this shape. */
  partsOf(key: string): readonly string[] | undefined {
    return this.#shape.exec(key)?.slice(1);
  }

  /** Whether a key that has these parts can be read in no other way. */
  isOnlyFor(parts: readonly string[]): boolean {
    const key = this.keyOf(parts);
    return [this.#shape, this.#lastShape].every((shape) => {
      const read = shape.exec(key)?.slice(1);
      return read !== undefined && parts.every((part, index) => read[index] === part);
    });
  }

  /** The key that has these parts, given in the order of their names. */
  keyOf(parts: readonly string[]): string {
    const left = parts.values();
    return this.#template.replace(/<\w+>/g, () => left.next().value ?? '');
  }
}

function escaped(literal: string): string {
  return literal.replace(/[\\^$.*+?()[\]{}|/-]/g, '\\$&');
}
