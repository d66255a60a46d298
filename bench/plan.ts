import type { WorkloadName } from './workloads/catalogue.ts';

/** How much is measured. */
export interface Plan {
  readonly pairs: number;
  /** Processes in which the engine is measured. */
  readonly processes: number;
  /** Pairs of measurements without latency. */
  readonly enginePairs: number;
  /** Pairs of slow measurements: whole batches, one request at a time. */
  readonly slowPairs: number;
  readonly sizes: readonly number[];
  readonly memorySizes: readonly number[];
  /** Records of the fleet that were handled before the batch. */
  readonly history: number;
  readonly latenciesMs: readonly number[];
  /** Records in a batch by default. */
  readonly records: number;
  readonly workloads: readonly WorkloadName[];
  /** Fewer of the large items: Lambda's 6 MB would hold ten of them, with both images. */
  readonly largeRecords: number;
  /** Minimum milliseconds of processor time per measurement. */
  readonly leastMs: number;
  /** A peer that sends one request at a time is measured on a sample: at most this many records with effects. */
  readonly mostSequentialRecords: number;
  readonly localRecords: number;
  /** New processes of each kind. */
  readonly coldStarts: number;
}

const WORKLOAD_NAMES = [
  'mixed',
  'irrelevant',
  'hot tuple',
  'hot document',
  'image bursts',
  'distinct documents',
  'large items',
] as const;

export const FULL: Plan = {
  pairs: 7,
  processes: 9,
  enginePairs: 15,
  slowPairs: 5,
  sizes: [100, 1_000, 10_000],
  memorySizes: [100, 1_000, 10_000],
  history: 3_000,
  latenciesMs: [1, 5, 20],
  records: 1_000,
  workloads: WORKLOAD_NAMES,
  largeRecords: 100,
  leastMs: 150,
  mostSequentialRecords: 100,
  localRecords: 300,
  coldStarts: 21,
};

/** Everything once, to see that it runs. Its figures are meaningless. */
export const SMOKE: Plan = {
  pairs: 1,
  processes: 1,
  enginePairs: 1,
  slowPairs: 1,
  sizes: [10, 40],
  memorySizes: [40],
  history: 100,
  latenciesMs: [1],
  records: 40,
  workloads: WORKLOAD_NAMES,
  largeRecords: 2,
  leastMs: 1,
  mostSequentialRecords: 20,
  localRecords: 20,
  coldStarts: 1,
};
