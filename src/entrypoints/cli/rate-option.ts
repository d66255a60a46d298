import { InvalidArgumentError } from 'commander';
import type { Rate } from '../../application/scan/pace.ts';

/** For commander: `500` or `25%`. */
export function readRate(text: string): Rate {
  const [, digits, percent] = /^(\d{1,9})(%?)$/.exec(text) ?? [];
  const number = Number(digits);
  if (percent === '%' && number >= 1 && number <= 100) return { share: number / 100 };
  if (percent === '' && number >= 1) return { units: number };
  throw new InvalidArgumentError('Expected units a second ≥ 1, or a percentage from 1% to 100%.');
}
