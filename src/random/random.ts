import { uniformInt } from 'pure-rand/distribution/uniformInt';
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';
import type { JumpableRandomGenerator } from 'pure-rand/types/JumpableRandomGenerator';

const TWO_32 = 2 ** 32;
/** The generator's first outputs show the seed; seeds that differ little would start alike. */
const WARM_UP = 32;

/** Seeded chance. Whole numbers and exact fractions only, so that every platform draws the same. */
export class Random {
  readonly #generator: JumpableRandomGenerator;

  private constructor(generator: JumpableRandomGenerator) {
    this.#generator = generator;
  }

  static of(seed: number): Random {
    const generator = xoroshiro128plus(seed);
    for (let i = 0; i < WARM_UP; i++) generator.next();
    return new Random(generator);
  }

  /** A second source that is independent of this one: what is drawn from either leaves the other alone. */
  fork(): Random {
    const generator = this.#generator.clone();
    this.#generator.jump();
    return new Random(generator);
  }

  /** An integer, both ends included. */
  int(from: number, to: number): number {
    return uniformInt(this.#generator, from, to);
  }

  /** 0 or more and less than 1. */
  fraction(): number {
    return (this.#generator.next() >>> 0) / TWO_32;
  }

  chance(probability: number): boolean {
    return this.fraction() < probability;
  }

  pick<T>(list: readonly T[]): T {
    return list[this.int(0, list.length - 1)] as T;
  }

  /** Picks by whole-numbered weights. */
  weighted<T>(choices: readonly (readonly [weight: number, choice: T])[]): T {
    let rest = this.int(
      1,
      choices.reduce((sum, [weight]) => sum + weight, 0),
    );
    for (const [weight, choice] of choices) {
      rest -= weight;
      if (rest <= 0) return choice;
    }
    throw new RangeError('nothing to choose from');
  }

  /** `length` characters of the alphabet. */
  text(alphabet: string, length: number): string {
    let text = '';
    for (let i = 0; i < length; i++) text += alphabet.charAt(this.int(0, alphabet.length - 1));
    return text;
  }

  /** `words` times eight hexadecimal digits. */
  hex(words: number): string {
    let text = '';
    for (let i = 0; i < words; i++) text += (this.#generator.next() >>> 0).toString(16).padStart(8, '0');
    return text;
  }
}
