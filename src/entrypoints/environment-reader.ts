import { Fault } from '../domain/fault.ts';

export type Environment = Readonly<Record<string, string | undefined>>;

/** What a variable's value must look like. Values are not quoted: they may hold a password. */
export interface Format {
  readonly fits: (value: string) => boolean;
  readonly expected: string;
}

/** Reads variables and collects every problem, each naming its variable. Empty variables count as unset. */
export class EnvironmentReader {
  readonly problems: string[] = [];
  readonly #environment: Environment;

  constructor(environment: Environment) {
    this.#environment = environment;
  }

  /** @throws Fault `configuration` that names all problems. */
  finish<T>(result: T): T {
    if (this.problems.length > 0) throw new Fault('configuration', this.problems.join('\n'));
    return result;
  }

  isSet(name: string): boolean {
    return Boolean(this.#environment[name]);
  }

  optional(name: string): string | undefined {
    return this.#environment[name]?.trim() || undefined;
  }

  required(name: string, meaning: string): string {
    const value = this.optional(name);
    if (value === undefined) this.problems.push(`${name} is not set; it must be ${meaning}`);
    return value ?? '';
  }

  enum<T extends string>(name: string, allowed: readonly T[], fallback: T): T {
    const value = this.#environment[name] || fallback;
    const known = allowed.find((each) => each === value);
    return known ?? this.#wrong(name, allowed.join(', '), fallback);
  }

  integer(name: string, { min, max, fallback }: { min: number; max: number; fallback: number }): number {
    const value = this.#environment[name] || String(fallback);
    const number = /^\d{1,15}$/.test(value) ? Number(value) : NaN;
    if (number >= min && number <= max) return number;
    return this.#wrong(name, `an integer from ${min} to ${max}`, fallback);
  }

  /** Above 0, up to 1. */
  share(name: string, fallback: number): number {
    const value = this.#environment[name] || String(fallback);
    const number = /^[01](?:\.\d{1,9})?$/.test(value) ? Number(value) : NaN;
    if (number > 0 && number <= 1) return number;
    return this.#wrong(name, 'a number above 0, up to 1, like 0.5', fallback);
  }

  /** Collects a problem where the variable is set and its value does not fit. */
  check(name: string, { fits, expected }: Format): void {
    const value = this.optional(name);
    if (value !== undefined && !fits(value)) this.problems.push(`${name} is not ${expected}`);
  }

  /** Whether the check passes; the message of the Fault that it throws otherwise is collected. */
  passes(check: () => unknown): boolean {
    try {
      check();
      return true;
    } catch (error) {
      this.problems.push(Fault.from(error).message);
      return false;
    }
  }

  #wrong<T>(name: string, expected: string, fallback: T): T {
    this.problems.push(`${name} is ${JSON.stringify(this.#environment[name])}; expected ${expected}`);
    return fallback;
  }
}
