import type { Version } from '../../../domain/version.ts';
import { readText, storedText } from './text.ts';

/**
 * A version in columns. `(generation, epoch, sequence, fill)` stand in the order of versions, by SQL's own comparison of rows: `epoch`
 * is `collate "C"`, and `sequence` a `numeric`, which holds any number of digits.
 */
export interface VersionColumns {
  readonly generation: number;
  readonly epoch: string;
  /** Digits. */
  readonly sequence: string;
  /** Of the sequence number: they mean nothing, and are kept. */
  readonly leading_zeros: number;
  /** 0 for changes. */
  readonly fill: number;
}

/** The same as statements give them: ask for numbers as texts. */
export interface VersionRow {
  readonly generation: string;
  readonly epoch: string;
  readonly sequence: string;
  readonly leading_zeros: number;
  readonly fill: string;
}

export function versionColumns({ generation, epoch, sequence, fill = 0 }: Version): VersionColumns {
  const digits = sequence.replace(/^0+(?=\d)/, '');
  return {
    generation,
    epoch: storedText(epoch),
    sequence: digits,
    leading_zeros: sequence.length - digits.length,
    fill,
  };
}

export function versionOf({ generation, epoch, sequence, leading_zeros: zeros, fill }: VersionRow): Version {
  const change = {
    generation: Number(generation),
    epoch: readText(epoch),
    sequence: '0'.repeat(zeros) + sequence,
  };
  return fill === '0' ? change : { ...change, fill: Number(fill) };
}
