import type { Sample } from '../../../application/propose/sample.ts';

/** What was read of a table, and what is known of it. */
export interface Sampled extends Sample {
  /** Where from, for people: `the table orders`, or names of files. */
  readonly source: string;
  /** Undefined where it is not known. */
  readonly table: string | undefined;
  readonly streamArn: string | undefined;
  /** Undefined where there is no stream, or nothing is known of it. */
  readonly viewType: string | undefined;
  /** Whether the table has a stream; undefined where that is not known. */
  readonly hasStream: boolean | undefined;
  /** How many rows or images of rows were read; the sample may be of fewer. */
  readonly read: number;
  /** What is not certain, in sentences. */
  readonly doubts: readonly string[];
  /** What could not be read, each with its place. */
  readonly problems: readonly string[];
}
