import { InvalidArgumentError } from 'commander';

/** For commander: an option that is an integer within bounds. */
export function integer(min: number, max?: number): (text: string) => number {
  return (text) => {
    const number = /^\d{1,15}$/.test(text) ? Number(text) : NaN;
    if (number >= min && (max === undefined || number <= max)) return number;
    throw new InvalidArgumentError(
      max === undefined ? `Expected an integer ≥ ${min}.` : `Expected an integer from ${min} to ${max}.`,
    );
  };
}

/** For commander: an option that may be given several times. */
export function several(text: string, before: readonly string[]): readonly string[] {
  return [...before, text];
}
