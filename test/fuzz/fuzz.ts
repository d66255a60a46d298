import { Random } from '../../src/random/random.ts';
import { type Batch, batches, type Entry } from './batches.ts';
import { FuzzWorker, type Handled, type WorkerOptions } from './fuzz-worker.ts';
import { liveHeap } from './heap.ts';
import { type Violation, violationOf } from './oracle.ts';
import { shrink } from './shrink.ts';
import { StrayErrors } from './stray-errors.ts';

export interface FuzzOptions {
  readonly seed: number;
  /** How many records, at least: the last batch is not cut. */
  readonly records: number;
  /** After how many records a new worker takes over; half of them have a quarantine, and half log. */
  readonly round?: number;
  readonly onBatch?: (tally: Tally) => void;
}

export interface Tally {
  records: number;
  altered: number;
  events: number;
  /** Batches answered with no failure, with one identifier, thrown back, and events refused. */
  readonly answers: Record<string, number>;
  readonly outcomes: Record<string, number>;
  /** The live heap in bytes: before all workers, after the first was dropped, the most after any, the most with one. */
  readonly heap: { readonly before: number; first: number; idle: number; busy: number };
}

export interface Finding extends Violation {
  readonly round: number;
  readonly batch: number;
  readonly worker: WorkerOptions;
  /** The smallest batch that breaks the rule on a new worker; the whole one where it does not do so alone. */
  readonly entries: readonly Entry[];
  readonly alone: boolean;
}

export interface FuzzResult {
  readonly tally: Tally;
  readonly finding: Finding | undefined;
}

const ROUND = 20_000;
/** Live heap that may come to stay, in bytes: caches and compiled code, not what workers held. */
export const HEAP_SLACK = 24 * 2 ** 20;
/** Live heap of one worker at the end of its round: its table, its quarantine and the batch's records. */
export const HEAP_IN_USE = 256 * 2 ** 20;
/** How long one batch may take, in milliseconds, on a machine that is busy; the usual one takes some twenty. */
const BATCH_MS = 30_000;

/** Runs batch after batch through the Lambda handler, until enough records are through or a rule is broken. */
export async function fuzz({
  seed,
  records,
  round: roundSize = ROUND,
  onBatch,
}: FuzzOptions): Promise<FuzzResult> {
  const tally: Tally = {
    records: 0,
    altered: 0,
    events: 0,
    answers: {},
    outcomes: {},
    heap: { before: await liveHeap(), first: 0, idle: 0, busy: 0 },
  };
  const chance = Random.of(seed);
  const stray = new StrayErrors();
  try {
    for (let round = 0; tally.records < records; round++) {
      const end = Math.min(records, tally.records + roundSize);
      const finding =
        (await runRound({ round, end, seed, random: chance.fork(), stray, tally, onBatch })) ??
        (await heapFinding(round, seed, tally));
      if (finding !== undefined) return { tally, finding };
    }
    return { tally, finding: undefined };
  } finally {
    stray.stop();
  }
}

interface Round {
  readonly round: number;
  /** How many records are through when it ends. */
  readonly end: number;
  readonly seed: number;
  readonly random: Random;
  readonly stray: StrayErrors;
  readonly tally: Tally;
  readonly onBatch: FuzzOptions['onBatch'];
}

async function runRound({
  round,
  end,
  seed,
  random,
  stray,
  tally,
  onBatch,
}: Round): Promise<Finding | undefined> {
  const options = workerOptions(seed, round);
  const worker = new FuzzWorker(options);
  let index = 0;
  for (const batch of batches(random)) {
    const { violation, handled } = await deliver(worker, batch, stray);
    count(batch, handled, tally);
    if (violation !== undefined) {
      const place = { round, batch: index, worker: options };
      return { ...place, ...(await smallest(batch, violation, options, stray)) };
    }
    onBatch?.(tally);
    index++;
    if (tally.records >= end) break;
  }
  const held = await liveHeap();
  tally.heap.busy = Math.max(tally.heap.busy, held);
  // Tests that ran before in the same process hold some too.
  const own = held - tally.heap.before;
  const detail = `${own} bytes are in use, more than ${HEAP_IN_USE}`;
  if (own < HEAP_IN_USE || worker.options !== options) return undefined;
  return {
    round,
    batch: index,
    worker: options,
    rule: 'memory is bounded',
    detail,
    entries: [],
    alone: false,
  };
}

/** The seed's last bit decides which workers come first, so that either kind is the first of half the seeds. */
function workerOptions(seed: number, round: number): WorkerOptions {
  return { quarantine: ((seed + round) & 1) === 0, logs: round % 4 === 1 || round % 4 === 2 };
}

async function deliver(
  worker: FuzzWorker,
  batch: Batch,
  stray: StrayErrors,
): Promise<{ readonly handled: Handled; readonly violation: Violation | undefined }> {
  const started = performance.now();
  const handled = await worker.handle(batch.event);
  const milliseconds = performance.now() - started;
  const errors = await stray.found();
  const violation: Violation | undefined =
    errors.length > 0
      ? { rule: 'nothing is left uncaught', detail: String(errors.at(-1)) }
      : milliseconds > BATCH_MS
        ? { rule: 'no batch takes for ever', detail: `${milliseconds} ms` }
        : violationOf(batch, handled);
  return { handled, violation };
}

async function smallest(
  { entries = [] }: Batch,
  violation: Violation,
  options: WorkerOptions,
  stray: StrayErrors,
): Promise<Violation & Pick<Finding, 'entries' | 'alone'>> {
  let found: Violation | undefined;
  const fails = async (some: readonly Entry[]) => {
    const event = { Records: some.map(({ record }) => record) };
    const { violation: again } = await deliver(new FuzzWorker(options), { event, entries: some }, stray);
    if (again?.rule !== violation.rule) return false;
    found = again;
    return true;
  };
  if (entries.length === 0 || !(await fails(entries))) return { ...violation, entries, alone: false };
  const shrunk = await shrink(entries, fails);
  return { ...violation, ...found, entries: shrunk, alone: true };
}

async function heapFinding(round: number, seed: number, { heap }: Tally): Promise<Finding | undefined> {
  const idle = await liveHeap();
  if (round === 0) heap.first = idle;
  heap.idle = Math.max(heap.idle, idle);
  if (idle <= heap.first + HEAP_SLACK) return undefined;
  const detail = `${idle} bytes are in use between workers, ${heap.first} after the first`;
  const worker = workerOptions(seed, round);
  return { round, batch: 0, worker, rule: 'memory is bounded', detail, entries: [], alone: false };
}

function count({ entries }: Batch, { result, batch }: Handled, tally: Tally): void {
  tally.events++;
  const response = 'response' in result ? JSON.stringify(result.response) : undefined;
  const reported = response?.includes('itemIdentifier') ? 'one identifier reported' : 'nothing to report';
  const thrown = entries === undefined ? 'event refused' : 'thrown back';
  increase(tally.answers, response === undefined ? thrown : reported);
  tally.records += entries?.length ?? 0;
  tally.altered += entries?.filter(({ touched }) => touched).length ?? 0;
  for (const outcome of batch?.outcomes ?? []) {
    if (outcome.status !== 'failed') increase(tally.outcomes, outcome.status);
    else increase(tally.outcomes, outcome.heldBack ? 'held back' : `failed (${outcome.fault.kind})`);
  }
}

function increase(counts: Record<string, number>, name: string): void {
  counts[name] = (counts[name] ?? 0) + 1;
}
