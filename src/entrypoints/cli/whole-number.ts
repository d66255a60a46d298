import { InvalidArgumentError } from 'commander';

/** For commander: an option that is a whole number within bounds. */
export function wholeNumber(least: number, most?: number): (text: string) => number {
  return (text) => {
    const number = /^\d{1,15}$/.test(text) ? Number(text) : NaN;
    if (number >= least && (most === undefined || number <= most)) return number;
    throw new InvalidArgumentError(
      `Expected a whole number from ${least}${most === undefined ? '' : ` to ${most}`}.`,
    );
  };
}
