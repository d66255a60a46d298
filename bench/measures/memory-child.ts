import { NO_LATENCY, RandomLatency } from '../model/latency.ts';
import type { DynamoDBStreamEvent } from 'aws-lambda';
import { ModelledAws } from '../model/modelled-aws.ts';
import { type SubjectName, SUBJECTS } from '../workers/subjects.ts';
import type { MemoryRun } from './memory.ts';
import { readScene } from './scene.ts';

const [file = '', subject = '', mode = ''] = process.argv.slice(2);
/** About how many collections of garbage per run: each stops everything. */
const SAMPLES = 40;
const WARM_UPS = 3;
/** Less than this would not stand out. */
const LEAST_BYTES = 16 * 2 ** 20;
const collect = (globalThis as unknown as { gc: () => void }).gc;
const isLive = mode === 'live';

const { text, tables, every } = await warmedUp();
const eventBytes = bytesOfEvent();
const aws = new ModelledAws();
const worker = SUBJECTS[subject as SubjectName](aws);
aws.reset(tables, { latency: new RandomLatency(1, 1) });
const base = used(true);
const event = JSON.parse(text) as DynamoDBStreamEvent;

let peak = used(true);
let requests = 0;
const sample = () => {
  if (isLive && requests++ % every !== 0) return;
  peak = Math.max(peak, used(isLive));
};
aws.onRequest(sample);
const timer = isLive ? undefined : setInterval(sample, 1);
await worker.handle(event.Records);
clearInterval(timer);

const result: MemoryRun = { eventBytes, peakBytes: peak - base };
process.stdout.write(JSON.stringify(result));
process.exit(0);

/** Everything compiled, and nothing left of it. */
async function warmedUp() {
  const scene = readScene(file);
  const warm = new ModelledAws();
  const warmed = SUBJECTS[subject as SubjectName](warm);
  for (let n = 0; n < WARM_UPS; n++) {
    warm.reset(scene.tables.clone(), { latency: NO_LATENCY });
    await warmed.handle(scene.batch);
  }
  const step = Math.max(1, Math.floor(warm.requestCount / SAMPLES));
  return { text: JSON.stringify({ Records: scene.batch }), tables: scene.tables, every: step };
}

/** Of one event, measured on as many as give a measurable difference. */
function bytesOfEvent(): number {
  const before = used(true);
  const events = Array.from(
    { length: Math.ceil(LEAST_BYTES / text.length) },
    () => JSON.parse(text) as unknown,
  );
  return (used(true) - before) / events.length;
}

/** Bytes on the heap and beside it; only what is reachable, where garbage is collected first. */
function used(collected: boolean): number {
  if (collected) collect();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}
