import type { FillPlan } from './measures/fill.ts';
import type { IndexerPlan } from './measures/indexer.ts';
import type { PostgresPlan } from './measures/postgres.ts';
import type { ReaderPlan } from './measures/reader.ts';
import type { WarmUp } from './measures/warm-up.ts';
import { WORKLOADS, type WorkloadName } from './workloads/catalogue.ts';

/** A batch that everyone handles. */
export interface PlannedBatch {
  readonly workload: WorkloadName;
  readonly records: number;
}

/** How much is measured. */
export interface Plan {
  readonly batches: readonly PlannedBatch[];
  /** Milliseconds that a single request takes: of `batches` the middle one, of the usual batch all of them. */
  readonly latenciesMs: readonly [fast: number, middle: number, slow: number];
  /** Records in the usual batch, which the goals are about: a mixed one. */
  readonly records: number;
  /** The most records of a mixed batch that Lambda delivers at once: 6 MB. */
  readonly mostRecords: number;
  /** Records of the fleet that were handled before the batch. */
  readonly history: number;
  readonly warmUp: WarmUp;
  /** Batches in each series. */
  readonly rounds: number;
  /** Series of the usual batch, each in a process of its own. */
  readonly processes: number;
  /** Who sends one request at a time is measured on a sample: about this many records. */
  readonly sample: number;
  /** Batches of which the slowest are looked at. */
  readonly tailRounds: number;
  /** Processes in which the engine is measured. */
  readonly engineProcesses: number;
  /** Minimum milliseconds of processor time per measurement of the engine. */
  readonly leastMs: number;
  /** Fewer of the large items: Lambda's 6 MB hold eight of them, with both images. */
  readonly largeRecords: number;
  /** How many derivations of one kind of row. */
  readonly derivations: readonly number[];
  readonly derivedRecords: number;
  readonly indexer: IndexerPlan;
  readonly postgres: PostgresPlan;
  readonly reader: ReaderPlan;
  readonly fill: FillPlan;
  readonly memoryRuns: number;
  readonly localRecords: number;
  readonly localRounds: number;
  /** New processes of each kind. */
  readonly coldStarts: number;
}

const LARGE_RECORDS = 8;

export const FULL: Plan = {
  batches: [
    ...[10, 100, 1_000, 5_000].map((records) => ({ workload: 'mixed' as const, records })),
    ...WORKLOADS.filter((name) => name !== 'mixed').map((workload) => ({
      workload,
      records: workload === 'large items' ? LARGE_RECORDS : 1_000,
    })),
  ],
  latenciesMs: [1, 5, 20],
  records: 1_000,
  mostRecords: 5_000,
  history: 3_000,
  warmUp: { batches: 20, records: 40_000, milliseconds: 3_000 },
  rounds: 5,
  processes: 3,
  sample: 60,
  tailRounds: 100,
  engineProcesses: 5,
  leastMs: 150,
  largeRecords: LARGE_RECORDS,
  derivations: [1, 3, 10, 30],
  derivedRecords: 300,
  indexer: {
    documents: 12_000,
    sample: 300,
    largerSample: 2_000,
    latencyMs: 5,
    rounds: 3,
    processes: 3,
    memory: { documents: 10_000, actions: 1_000_000 },
  },
  postgres: { records: 100_000, batchSize: 1_000, sample: 2_000, rows: [1_000, 1_000_000], rounds: 8 },
  reader: {
    records: 10_000,
    rounds: 3,
    processes: 3,
    writing: { writes: 1_000, everyMs: 50 },
    quiet: { writes: 20, everyMs: 5_000 },
    idleMinutes: 60,
    shards: 1_000,
    pageSize: 1_000,
  },
  fill: { rows: [10_000, 1_000_000], rounds: 3 },
  memoryRuns: 2,
  localRecords: 300,
  localRounds: 3,
  coldStarts: 21,
};

/** Everything once, to see that it runs. Its figures are meaningless. */
export const SMOKE: Plan = {
  // What everyone does to the tables in every workload, a test sees to.
  batches: [
    { workload: 'mixed', records: 10 },
    { workload: 'mixed', records: 40 },
    { workload: 'large items', records: 2 },
  ],
  latenciesMs: [1, 1, 1],
  records: 40,
  mostRecords: 40,
  history: 100,
  warmUp: { batches: 1, records: 0, milliseconds: 0 },
  rounds: 1,
  processes: 1,
  sample: 20,
  tailRounds: 2,
  engineProcesses: 1,
  leastMs: 1,
  largeRecords: 2,
  derivations: [1, 3],
  derivedRecords: 30,
  indexer: {
    documents: 30,
    sample: 10,
    largerSample: 30,
    latencyMs: 1,
    rounds: 1,
    processes: 1,
    memory: { documents: 20, actions: 1_000 },
  },
  postgres: { records: 60, batchSize: 20, sample: 30, rows: [20, 100], rounds: 1 },
  reader: {
    records: 60,
    rounds: 1,
    processes: 1,
    writing: { writes: 10, everyMs: 10 },
    quiet: { writes: 2, everyMs: 300 },
    idleMinutes: 1,
    shards: 3,
    pageSize: 10,
  },
  fill: { rows: [100, 200], rounds: 1 },
  memoryRuns: 1,
  localRecords: 20,
  localRounds: 1,
  coldStarts: 1,
};
