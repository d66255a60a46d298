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

const TIME = /^\d{4}-\d\d-\d\d(?:T\d\d:\d\d(?::\d\d(?:\.\d{1,9})?)?(?:Z|[+-]\d\d:\d\d))?$/;

/** For commander: a moment in milliseconds since 1970, which is the same wherever the command runs. */
export function time(text: string): number {
  const at = TIME.test(text) ? Date.parse(text) : NaN;
  if (!Number.isNaN(at)) return at;
  throw new InvalidArgumentError('Expected a time like 2026-11-29T09:00:00Z, with its zone.');
}
